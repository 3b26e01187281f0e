"""One live provider for each configuration and loop, made anew when the configuration changes."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import replace

import pytest

from chat.providers.contract import ProviderConfig, ProviderError
from chat.providers.openai import OpenAIProvider
from chat.providers.registry import KINDS, ProviderPool, build, preload
from tests.chat.providers.asking import ask, prompt
from tests.upstream import Upstream

SCRIPTED = ProviderConfig("Script", "scripted")


async def test_it_keeps_a_provider_until_its_configuration_changes(up: Upstream) -> None:
    pool, config = ProviderPool(), ProviderConfig("Acme", "openai", up.url)
    provider = pool.get(config)
    assert pool.get(replace(config)) is provider
    running = asyncio.create_task(ask(provider, prompt("n20-r100")))
    await asyncio.sleep(0.05)
    changed = pool.get(replace(config, api_key="new"))
    assert changed is not provider
    assert (await running).finish.reason == "stop"
    assert (await ask(changed, prompt("n1"))).finish.reason == "stop"
    assert up.last.headers["authorization"] == "Bearer new"
    await pool.aclose()
    await asyncio.sleep(0.05)
    assert up.open == 0


def test_each_loop_has_its_own_connections() -> None:
    pool = ProviderPool()

    async def one_reply() -> OpenAIProvider:
        async with Upstream() as up:
            provider = pool.get(ProviderConfig("Acme", "openai", up.url))
            assert (await ask(provider, prompt("n3"))).finish.reason == "stop"
            await pool.aclose()
        assert isinstance(provider, OpenAIProvider)
        return provider

    assert asyncio.run(one_reply()) is not asyncio.run(one_reply())


def test_the_scripted_provider_needs_leave() -> None:
    assert build(SCRIPTED, allow_scripted=True).config == SCRIPTED
    with pytest.raises(ProviderError, match="scripted"):
        build(SCRIPTED)


def test_an_unknown_kind_is_an_error_in_words() -> None:
    with pytest.raises(ProviderError, match="no provider of the kind “telepathy”"):
        build(ProviderConfig("Acme", "telepathy"))


def test_every_kind_can_be_built() -> None:
    preload(KINDS)
    for kind in KINDS:
        assert build(ProviderConfig("Acme", kind), allow_scripted=True).config.kind == kind


def test_the_registry_alone_imports_nothing_heavy() -> None:
    code = "import sys, chat.providers.registry; print({'httpx', 'xllamacpp', 'django'} & {*sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "set()"
