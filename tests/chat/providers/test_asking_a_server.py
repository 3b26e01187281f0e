"""A reply that goes well, over real sockets."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import httpcore
import httpx
import pytest

from chat.providers.contract import Prompt, ProviderConfig, Text, Turn, Usage
from chat.providers.openai import OpenAIProvider
from tests.chat.providers.asking import ask, prompt
from tests.upstream import Upstream
from tests.upstream_replies import UNICODE, replies


async def soon(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(2):
        while not is_so():  # noqa: ASYNC110  # what is waited for happens in a server that has no event for it
            await asyncio.sleep(0.005)


@pytest.mark.parametrize("model", ["n200-r0", "md2000-r0", "n20-r200"])
async def test_every_token_arrives_in_order(provider: OpenAIProvider, model: str) -> None:
    answer = await ask(provider, prompt(model))
    assert [d.text for d in answer.deltas if isinstance(d, Text)] == replies(model)
    assert answer.finish.reason == "stop"
    assert answer.finish.usage == Usage(7, len(replies(model)))
    assert answer.finish.model == model


async def test_characters_cut_across_packets_arrive_whole(provider: OpenAIProvider) -> None:
    assert (await ask(provider, prompt("utf8split"))).text == UNICODE


async def test_reasoning_is_told_apart(provider: OpenAIProvider) -> None:
    answer = await ask(provider, prompt("reason5"))
    assert answer.reasoning == answer.text == "t0 t1 t2 t3 t4 "


async def test_a_reply_at_its_limit_is_a_reply(provider: OpenAIProvider) -> None:
    assert (await ask(provider, prompt("length5"))).finish.reason == "length"


async def test_the_server_gets_the_turns_and_settings(provider: OpenAIProvider, up: Upstream) -> None:
    turns = (Turn("system", "Be brief."), Turn("user", "half \ud83d pair"), Turn("tool", "42"))
    answer = await ask(provider, Prompt("echo", turns, temperature=0.5, max_tokens=9))
    assert answer.text == "42\n\n(3 turns)"
    assert up.last.body["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "half ? pair"},
        {"role": "user", "content": "42"},
    ]
    assert (up.last.body["temperature"], up.last.body["max_tokens"]) == (0.5, 9)
    assert up.last.headers["authorization"] == "Bearer sk-secret"
    assert up.last.headers["accept-encoding"] == "identity"


async def test_no_key_sends_no_authorization(up: Upstream) -> None:
    provider = OpenAIProvider(ProviderConfig("Acme", "openai", up.url))
    await ask(provider, prompt("n1"))
    assert "authorization" not in up.last.headers
    await provider.aclose()


async def test_one_connection_serves_one_reply_after_another(provider: OpenAIProvider, up: Upstream) -> None:
    for _ in range(3):
        await ask(provider, prompt("n5"))
    assert (up.connections, len(up.requests)) == (1, 3)


async def test_two_hundred_replies_run_at_once(provider: OpenAIProvider) -> None:
    answers = await asyncio.gather(*(ask(provider, prompt("n10-r100")) for _ in range(200)))
    assert {answer.error for answer in answers} == {None}
    assert {answer.text for answer in answers} == {"".join(replies("n10-r100"))}


async def test_a_slow_reader_holds_the_server_up_and_loses_nothing(
    provider: OpenAIProvider, up: Upstream
) -> None:
    stream = provider.stream(prompt("n100000-r0"))
    pieces = [await anext(stream)]
    sent = 0
    while sent < up.last.tokens:
        sent = up.last.tokens
        await asyncio.sleep(0.2)
    assert sent < 100_000
    pieces += [delta async for delta in stream]
    assert [d.text for d in pieces if isinstance(d, Text)] == replies("n100000-r0")


async def test_a_server_without_the_usage_option_is_asked_once_more_only(
    provider: OpenAIProvider, up: Upstream
) -> None:
    assert (await ask(provider, prompt("nousage"))).text == "t0 t1 t2 t3 t4 "
    assert len(up.requests) == 2
    assert (await ask(provider, prompt("nousage"))).text == "t0 t1 t2 t3 t4 "
    assert len(up.requests) == 3


async def test_stopping_closes_the_request_upstream(provider: OpenAIProvider, up: Upstream) -> None:
    stream = provider.stream(prompt("n2000-r50"))
    await anext(stream)
    await stream.aclose()
    await soon(lambda: up.last.gone_at is not None)
    assert up.last.tokens < 20


@pytest.mark.parametrize("model", ["hang", "hang5", "n2000-r50"])
async def test_cancelling_closes_the_request_upstream(up: Upstream, model: str) -> None:
    provider = OpenAIProvider(ProviderConfig("Acme", "openai", up.url))
    task = asyncio.create_task(ask(provider, prompt(model)))
    await soon(lambda: bool(up.requests))
    await asyncio.sleep(0.05)
    task.cancel()
    await soon(lambda: up.last.gone_at is not None)
    assert up.last.done_at is None
    await provider.aclose()


async def test_the_models_are_those_of_the_configuration_or_of_the_server(up: Upstream) -> None:
    named = OpenAIProvider(ProviderConfig("Acme", "openai", up.url, models=("a", "b")))
    asked = OpenAIProvider(ProviderConfig("Acme", "openai", up.url))
    assert await named.models() == ("a", "b")
    assert "echo" in await asked.models()
    assert asked.context_window("echo") == 4096
    assert asked.context_window("unknown") is None
    await named.aclose()
    await asked.aclose()


def test_httpx_still_holds_its_connections_where_ours_go() -> None:
    """DirectTransport sets an attribute that httpx does not promise."""
    assert isinstance(httpx.AsyncHTTPTransport()._pool, httpcore.AsyncConnectionPool)


async def test_a_proxy_of_the_environment_is_for_the_world_only(
    up: Upstream, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", up.url)
    near = OpenAIProvider(ProviderConfig("Acme", "openai", up.url))
    far = OpenAIProvider(ProviderConfig("Acme", "openai", "http://far.invalid/v1"))
    assert (await ask(near, prompt("n3"))).text == "t0 t1 t2 "
    assert up.last.path == "/v1/chat/completions"
    assert (await ask(far, prompt("n2"))).text == "t0 t1 "
    assert up.last.path == "http://far.invalid/v1/chat/completions"
    await near.aclose()
    await far.aclose()
