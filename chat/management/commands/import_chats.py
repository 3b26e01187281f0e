"""`manage.py import_chats FILE --user USERNAME`: brings in what an account's export, or ours, holds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from chat import audit
from chat.importers import Archive, UnreadableFile, label_of
from chat.models import ImportLine, User
from chat.services.arrivals import Arrival
from chat.services.importing import import_archive

Outcome = ImportLine.Outcome


class Printed:
    """A report on the screen: a line for each conversation."""

    def __init__(self, write: Any) -> None:
        self.counts: Counter[str] = Counter()
        self._write = write

    def has(self, number: int) -> bool:
        return False

    def add(self, number: int, arrival: Arrival) -> None:
        self.counts[arrival.outcome] += 1
        said = f"{arrival.messages} messages" if arrival.messages else ""
        rest = "; ".join(filter(None, (said, *arrival.notes)))
        self._write(f"{arrival.outcome.value:9} {arrival.name or number}{': ' if rest else ''}{rest}")


class Command(BaseCommand):
    help = "Import conversations: an export of ChatGPT, Claude or Open WebUI, or Parley's own JSON."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--user", required=True, help="whose they become")

    def handle(self, *_args: Any, **options: Any) -> None:
        owner = User.objects.filter(username=options["user"]).first()
        if owner is None:
            raise CommandError(f"There is no user called {options['user']}.")
        report = Printed(self.stderr.write)
        audit.note(audit.Action.IMPORT_BEGUN, owner)
        try:
            with options["file"].open("rb") as file, Archive(file) as archive:
                source = import_archive(owner=owner, archive=archive, report=report)
        except (OSError, UnreadableFile) as trouble:
            raise CommandError(str(trouble)) from trouble
        counts = report.counts
        came = counts[Outcome.IMPORTED] + counts[Outcome.UPDATED]
        self.stdout.write(
            f"{label_of(source)}: {counts[Outcome.IMPORTED]} imported, {counts[Outcome.UPDATED]} updated, "
            f"{counts[Outcome.SKIPPED]} skipped, {counts[Outcome.FAILED]} failed."
        )
        if not came:
            raise CommandError("Nothing came in.")
