"""Serves: Daphne, the engine and background jobs in one process, drained on SIGTERM."""

from __future__ import annotations

import gc
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils.module_loading import import_string


class Command(BaseCommand):
    help = "Serve Parley: pages, API, WebSockets and the making of replies."
    # They take a second, and `make lint` runs them.
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--migrate", action="store_true", help="bring the database up to date first")

    def handle(self, *, host: str, port: int, migrate: bool, **_: Any) -> None:
        settings.PARLEY_DATA.mkdir(parents=True, exist_ok=True)
        if migrate:
            call_command("migrate", interactive=False, verbosity=0)
        gc.disable()  # as in manage.py, until all is imported
        # By name: importing it installs Twisted's reactor, which no other command wants.
        import_string("config.server.serve")(
            host, port, on_listening=lambda: self._tell(f"http://{host}:{port}/")
        )

    def _tell(self, url: str) -> None:
        gc.freeze()
        gc.enable()
        self.stdout.write(f"Parley is at {url}")
