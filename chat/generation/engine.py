"""All that runs beside the requests in a process: hub, bus, worker, watch. Started and drained as one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from django.conf import settings

from chat.bus import RedisBus
from chat.generation.worker import Worker
from chat.hub import hub
from chat.providers.registry import ProviderPool


class Engine:
    """`background` are loops of the layers above, which this one does not know."""

    def __init__(self, *background: Callable[[], Awaitable[None]]) -> None:
        self._background = background
        self._tasks: list[asyncio.Future[None]] = []

    async def start(self) -> None:
        hub.start()
        self._bus = RedisBus(hub, settings.REDIS_URL) if settings.REDIS_URL else None
        if self._bus is not None:
            hub.bus = self._bus
            self._bus.start()
        self._worker = Worker(ProviderPool(allow_scripted=settings.PARLEY_SCRIPTED_PROVIDER))
        await self._worker.start()
        self._tasks = [asyncio.ensure_future(run()) for run in self._background]

    async def stop(self) -> None:
        """Let running replies end, within the time that the settings give them."""
        await self._worker.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._bus is not None:
            await self._bus.stop()
        hub.bus = None
        hub.stop()
