"""What runs beside the requests in a process: hub, bus, worker, jobs, watch. Started and drained as one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from django.conf import settings
from django.utils.module_loading import import_string

from chat.background.runner import Runner
from chat.generation.asides import Line, open_line
from chat.generation.extractor import Extractor
from chat.generation.worker import Worker
from chat.hub import hub
from chat.providers.registry import ProviderPool, preload
from chat.rendering import render


class Engine:
    """`background` are loops of the layers above, which this one does not know."""

    def __init__(self, *background: Callable[[], Awaitable[None]]) -> None:
        self._background = background
        self._tasks: list[asyncio.Future[None]] = []

    async def start(self) -> None:
        hub.start()
        if settings.REDIS_URL:
            # By name: the library takes half a second to import, and a single process needs none.
            hub.bus = import_string("chat.bus.RedisBus")(hub, settings.REDIS_URL)
            hub.bus.start()
        providers = ProviderPool(allow_scripted=settings.PARLEY_SCRIPTED_PROVIDER)
        self._worker = Worker(providers)
        await self._worker.start()
        open_line(Line(providers, asyncio.get_running_loop()))
        self._runner = Runner(self._worker.id)
        self._runner.start()
        self._extractor = Extractor(self._worker.id)
        self._extractor.start()
        self._tasks = [asyncio.ensure_future(run()) for run in (*self._background, _preload)]

    async def stop(self) -> None:
        """Let running replies end, within the time that the settings give them."""
        await self._runner.stop()
        open_line(None)
        await self._extractor.stop()
        await self._worker.drain()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if hub.bus is not None:
            await hub.bus.stop()
        hub.bus = None
        hub.stop()


async def _preload() -> None:
    """Import now what the first question would have to wait for."""
    await asyncio.to_thread(preload, ["openai", "local"])
    await asyncio.to_thread(render, "")
