"""From a configuration to a live provider, kept while the configuration lasts.

A kind is one file. To add one, copy a sibling and name it in KINDS.
"""

from __future__ import annotations

import asyncio
import pkgutil
import weakref
from collections.abc import Iterable
from typing import Any
from uuid import UUID

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
# They have one address, or a file: only the others keep to the outside by themselves.
SETTLED = {"anthropic", "google", "local"}
# A reply that runs on a replaced configuration may end in peace.
RETIREMENT = 15 * 60.0
# Beyond these, the one that nobody has asked for longest is closed.
MOST_LIVE = 200


def build(config: ProviderConfig, *, allow_scripted: bool = False) -> Provider:
    """Raises ProviderError for a kind that there is not. The scripted one is for tests alone."""
    if config.kind not in KINDS or (config.kind == "scripted" and not allow_scripted):
        raise ProviderError(
            Phrase("%(name)s cannot be used", name=config.name),
            Phrase("There is no provider of the kind “%(kind)s”.", kind=config.kind),
        )
    if config.stays_outside and config.kind in SETTLED and config.base_url:
        # Who set it up was an administrator then.
        raise ProviderError(
            Phrase("%(name)s may not be asked", name=config.name),
            Phrase("Only administrators may say where a provider of this kind is."),
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
    """One live provider a name, owner and event loop: a connection belongs to the loop that opened it."""

    def __init__(self, *, allow_scripted: bool = False) -> None:
        self._allow_scripted = allow_scripted
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, Live] = weakref.WeakKeyDictionary()

    def get(self, config: ProviderConfig) -> Provider:
        """From within a running loop."""
        live = self._loops.setdefault(asyncio.get_running_loop(), Live())
        key = (config.owner, config.name)
        provider = live.providers.get(key)
        if provider is None or provider.config != config:
            fresh = build(config, allow_scripted=self._allow_scripted)
            if provider is not None:
                live.retire(provider)
            provider = fresh
        live.providers.pop(key, None)
        live.providers[key] = provider
        live.retire_idle()
        return provider

    async def aclose(self) -> None:
        """Those of the running loop."""
        live = self._loops.pop(asyncio.get_running_loop(), None)
        if live is not None:
            await live.aclose()


class Live:
    def __init__(self) -> None:
        # The one that was asked last is last.
        self.providers: dict[tuple[UUID | None, str], Provider] = {}
        self._retired: dict[asyncio.Task[None], Provider] = {}

    def retire_idle(self) -> None:
        """Everybody may have providers of their own, each with connections that are kept open."""
        while len(self.providers) > MOST_LIVE:
            self.retire(self.providers.pop(next(iter(self.providers))))

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
