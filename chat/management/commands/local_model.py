"""`manage.py local_model [FILE]`: the local model's server by hand, to try a file before it is configured."""

from __future__ import annotations

import signal
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from chat.providers.contract import ProviderError
from chat.providers.local_file import find_model, spare_threads
from chat.providers.local_model import Served, serve


class Command(BaseCommand):
    help = "Serves a GGUF file (the bundled one unless named) on loopback, speaking OpenAI's protocol."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", nargs="?", default="")
        parser.add_argument("--port", type=int, default=0, help="a free one unless given")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = find_model(options["file"])
            address = serve(
                Served(str(found.path), found.name, threads=spare_threads(), port=options["port"])
            )
        except (ProviderError, RuntimeError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"READY {address}/v1")
        self.stdout.flush()
        signal.sigwait({signal.SIGINT, signal.SIGTERM})
