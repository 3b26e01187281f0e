"""`manage.py restore FILE`: all as it was when that backup was made."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat.backups import BackupError, Restored, restore_backup
from chat.backups.restoring import conversations_here
from chat.management.progress import Progress
from chat.text import number


class Command(BaseCommand):
    help = "Make all as it was when a backup was made. What is here is kept in a backup of its own first."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--noinput", "--no-input", action="store_false", dest="interactive", help="do not ask"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["interactive"] and sys.stdin.isatty():
            self._ask()
        try:
            with Progress(self.stderr) as tell:
                restored = restore_backup(path=options["file"].absolute(), tell=tell)
        except BackupError as trouble:
            raise CommandError(str(trouble)) from trouble
        self._report(restored)

    def _ask(self) -> None:
        if count := conversations_here():
            self.stdout.write(f"The conversations that are here ({number(count)}) will be replaced.")
            if input("Type “yes” to go on: ") != "yes":
                raise CommandError("Nothing was changed.")

    def _report(self, restored: Restored) -> None:
        if restored.before:
            self.stdout.write(f"What was here is in {restored.before}.")
        manifest = restored.manifest
        self.stdout.write(f"Restored {manifest}, as they were at {manifest.made_at:%Y-%m-%d %H:%M} UTC.")
        if restored.lacks_key:
            self.stdout.write(
                "It was made with another SECRET_KEY than this Parley has: set that, or all "
                "must log in anew, and enter keys of providers again."
            )
        for server in restored.servers:
            self.stdout.write(self.style.WARNING(f"The server {server} is running: restart it now."))
