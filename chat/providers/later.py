"""A provider whose library takes long to import, or is not there: fetched beside the loop, on first use."""

from __future__ import annotations

import asyncio
import pkgutil
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from chat.phrases import Phrase
from chat.providers.contract import Delta, Listed, Prompt, Provider, ProviderConfig, ProviderError


class Later:
    """`factory` is where the provider is, as pkgutil.resolve_name takes it."""

    def __init__(self, config: ProviderConfig, factory: str) -> None:
        self.config = config
        self._factory = factory
        self._provider: Provider | None = None
        self._fetching = asyncio.Lock()

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        provider = await self._fetched()
        async with aclosing(provider.stream(prompt)) as deltas:
            async for delta in deltas:
                yield delta

    async def models(self) -> tuple[str, ...]:
        return await (await self._fetched()).models()

    async def listed(self) -> tuple[Listed, ...]:
        return await (await self._fetched()).listed()

    def context_window(self, model: str) -> int | None:
        return self._provider.context_window(model) if self._provider else None

    async def aclose(self) -> None:
        if self._provider is not None:
            await self._provider.aclose()

    async def _fetched(self) -> Provider:
        async with self._fetching:
            if self._provider is None:
                try:
                    factory: Any = await asyncio.to_thread(pkgutil.resolve_name, self._factory)
                except ModuleNotFoundError as missing:
                    raise not_installed(self.config, missing.name or "") from missing
                self._provider = factory(self.config)
        return self._provider


def not_installed(config: ProviderConfig, package: str) -> ProviderError:
    detail = Phrase(
        "The package %(package)s is not installed. On the server: %(command)s",
        package=package,
        command="pip install '.[providers]'",
    )
    return ProviderError(Phrase("%(name)s cannot be used", name=config.name), detail)
