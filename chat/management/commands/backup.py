"""`manage.py backup FILE`: everything in one file, also while the server is at work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.template.defaultfilters import filesizeformat

from chat.backups import BackupError, make_backup
from chat.management.progress import Progress


class Command(BaseCommand):
    help = "Write all there is (database, uploaded files, the secret key if Parley made it) to one file."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="a file that is there already is replaced")
        parser.add_argument(
            "--without-key",
            action="store_true",
            help="leave the secret key out, for a file that goes where others may read it",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        path: Path = options["file"].absolute()
        try:
            with Progress(self.stderr) as tell:
                manifest = make_backup(path=path, tell=tell, with_key=not options["without_key"])
        except BackupError as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"Saved {manifest} to {path} ({filesizeformat(path.stat().st_size)}).")
        if not manifest.has_key:
            which = "secret key" if options["without_key"] else "SECRET_KEY of the environment"
            self.stdout.write(
                f"Not in it is the {which}: without it all must log in anew, "
                "and keys of providers are to be entered again."
            )
