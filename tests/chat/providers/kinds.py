"""Every kind of provider beside a server that speaks its wire, for what all of them are held to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from chat.providers.contract import Provider, ProviderConfig
from chat.providers.registry import build
from tests.upstream import Upstream
from tests.upstream_anthropic import AnthropicUpstream
from tests.upstream_google import GoogleUpstream

KEY = "sk-secret-1234567890"
SERVERS: dict[str, type[Upstream]] = {
    "openai": Upstream,
    "anthropic": AnthropicUpstream,
    "google": GoogleUpstream,
}


@dataclass
class Bed:
    """A server, and providers of its kind that ask it."""

    kind: str
    up: Upstream
    make: Callable[..., Provider]

    @property
    def provider(self) -> Provider:
        return self.make()


@asynccontextmanager
async def bed_of(kind: str) -> AsyncIterator[Bed]:
    made: list[Provider] = []
    async with SERVERS[kind]() as up:

        def make(key: str = KEY, *, timeout: float = 60.0, url: str = "") -> Provider:
            made.append(build(ProviderConfig("Acme", kind, url or up.url, key, timeout=timeout)))
            return made[-1]

        yield Bed(kind, up, make)
        for provider in made:
            await provider.aclose()


async def soon(is_so: Callable[[], bool], within: float = 2.0) -> None:
    async with asyncio.timeout(within):
        while not is_so():  # noqa: ASYNC110  # what is waited for happens in a server that has no event for it
            await asyncio.sleep(0.002)
