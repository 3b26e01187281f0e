"""Makes replies in a process of its own, beside any number of serving processes."""

from __future__ import annotations

import asyncio
import signal
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from chat import toolbox
from chat.generation.engine import Engine
from chat.services import relisting


class Command(BaseCommand):
    help = "Make replies in this process, until SIGTERM."
    requires_system_checks = ()

    def handle(self, **_: Any) -> None:
        if not settings.REDIS_URL:
            raise CommandError(
                "A worker tells the serving processes of each token through Redis: set REDIS_URL for all."
            )
        asyncio.run(self._work())

    async def _work(self) -> None:
        engine = Engine(relisting.run, toolbox.run)
        asked_to_end = asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(number, asked_to_end.set)
        await engine.start()
        self.stdout.write("Parley's worker is ready.")
        self.stdout.flush()
        await asked_to_end.wait()
        await engine.stop()
