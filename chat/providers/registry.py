"""From a configuration to a live provider, kept while the configuration lasts.

A kind is one file. To add one, copy a sibling and name it in KINDS.
"""

from __future__ import annotations

import asyncio
import pkgutil
import weakref
from collections.abc import Iterable
from typing import Any

from chat.phrases import Phrase
from chat.providers.contract import Provider, ProviderConfig, ProviderError
from chat.providers.later import Later

# By name, because their libraries take long to import and a server needs few of them.
KINDS: dict[str, str] = {
    "openai": "chat.providers.openai:OpenAIProvider",
    "anthropic": "chat.providers.anthropic:AnthropicProvider",
    "google": "chat.providers.google:GoogleProvider",
    "local": "chat.providers.local:LocalModel",
    "scripted": "chat.providers.scripted:ScriptedProvider",
}
# Half a second of the loop's time, which is everybody's; and a small installation has them not at all.
HEAVY = {"anthropic", "google"}
# A reply that runs on a replaced configuration may end in peace.
RETIREMENT = 15 * 60.0


def build(config: ProviderConfig, *, allow_scripted: bool = False) -> Provider:
    """Raises ProviderError for a kind that there is not. The scripted one is for tests alone."""
    if config.kind not in KINDS or (config.kind == "scripted" and not allow_scripted):
        raise ProviderError(
            Phrase("%(name)s cannot be used", name=config.name),
            Phrase("There is no provider of the kind “%(kind)s”.", kind=config.kind),
        )
    if config.kind in HEAVY:
        return Later(config, KINDS[config.kind])
    factory: Any = pkgutil.resolve_name(KINDS[config.kind])
    provider: Provider = factory(config)
    return provider


def preload(kinds: Iterable[str]) -> None:
    """Imports them ahead of the first question; in a thread, as it takes some tenths of a second."""
    for kind in kinds:
        pkgutil.resolve_name(KINDS[kind])


class ProviderPool:
    """One live provider for each name and event loop: a connection belongs to the loop that opened it."""

    def __init__(self, *, allow_scripted: bool = False) -> None:
        self._allow_scripted = allow_scripted
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Live] = weakref.WeakKeyDictionary()

    def get(self, config: ProviderConfig) -> Provider:
        """From within a running loop."""
        live = self._loops.setdefault(asyncio.get_running_loop(), Live())
        provider = live.providers.get(config.name)
        if provider is None or provider.config != config:
            fresh = build(config, allow_scripted=self._allow_scripted)
            if provider is not None:
                live.retire(provider)
            provider = live.providers[config.name] = fresh
        return provider

    async def aclose(self) -> None:
        """Those of the running loop."""
        live = self._loops.pop(asyncio.get_running_loop(), None)
        if live is not None:
            await live.aclose()


class Live:
    def __init__(self) -> None:
        self.providers: dict[str, Provider] = {}
        self._retired: dict[asyncio.Task[None], Provider] = {}

    def retire(self, provider: Provider) -> None:
        task = asyncio.create_task(close_later(provider))
        self._retired[task] = provider
        task.add_done_callback(lambda done: self._retired.pop(done, None))

    async def aclose(self) -> None:
        retired = dict(self._retired)
        for task in retired:
            task.cancel()
        closing = (provider.aclose() for provider in (*self.providers.values(), *retired.values()))
        await asyncio.gather(*retired, *closing, return_exceptions=True)


async def close_later(provider: Provider) -> None:
    await asyncio.sleep(RETIREMENT)
    await provider.aclose()
