"""Importing: a file is walked through, and what can come in does, whatever is with the rest."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol
from uuid import UUID

import structlog
from django.db import Error

from chat import events
from chat.hub import hub
from chat.importers import Archive, Conversation, Damaged, Reading, UnreadableFile
from chat.importers.reading import FAULT
from chat.models import ImportLine, Session, User
from chat.services.arrivals import Arrival, bring_in_conversation
from chat.services.imported_branches import Branches

# Lists are told of what came in so often, not of each: there may be thousands.
TELL_SECONDS = 1.0
Outcome = ImportLine.Outcome
log = structlog.get_logger(__name__)


class Report(Protocol):
    """Where it is written down what came of each conversation, by its place in the file, from 1."""

    def has(self, number: int) -> bool: ...

    def add(self, number: int, arrival: Arrival) -> None: ...


def import_archive(
    *, owner: User, archive: Archive, report: Report, go_on: Callable[[int], None] = lambda _percent: None
) -> str:
    """Bring in all conversations of an archive; the name of the importer that read it.

    `go_on` is told the percentage now and then, and may raise to end it; what came in till then is
    in the report, and what the report has is not looked at again.

    Raises:
        UnreadableFile: nothing of the file can be read. If it is so from some place on, the report says so.
    """
    reading = Reading(archive)
    walk = _Walk(owner, reading, report)
    try:
        for number, found in enumerate(reading.conversations(), 1):
            walk.last = number
            go_on(archive.progress)
            if not report.has(number):
                walk.bring_in(number, found)
            walk.branches.note(found)
    except UnreadableFile as trouble:
        if walk.last == 0:
            raise
        walk.end_at(trouble)
    finally:
        walk.tell_lists()
    walk.branches.link()
    return reading.source


class _Walk:
    def __init__(self, owner: User, reading: Reading, report: Report) -> None:
        self.last = 0
        self.branches = Branches(owner)
        self._owner = owner
        self._reading = reading
        self._report = report
        self._arrived: list[UUID] = []
        self._told_at = time.monotonic()

    def bring_in(self, number: int, found: Conversation | Damaged) -> None:
        if isinstance(found, Damaged):
            self._report.add(number, Arrival(Outcome.FAILED, found.name[:200], notes=(found.words,)))
            return
        arrival = self._brought_in(number, found)
        if arrival.session is not None and arrival.outcome in (Outcome.IMPORTED, Outcome.UPDATED):
            self._arrived.append(arrival.session.pk)
        if time.monotonic() - self._told_at > TELL_SECONDS:
            self.tell_lists()

    def _brought_in(self, number: int, found: Conversation) -> Arrival:
        try:
            return bring_in_conversation(
                owner=self._owner,
                source=self._reading.source,
                found=found,
                keep=lambda arrival: self._report.add(number, arrival),
            )
        except Damaged as damaged:
            words = damaged.words
        except (Error, Session.DoesNotExist, ArithmeticError, LookupError, TypeError, ValueError):
            # Each conversation is a stranger's, and has found a way round all checks before.
            log.exception("import.conversation_failed", source=self._reading.source)
            words = FAULT
        failed = Arrival(Outcome.FAILED, found.name, notes=(words,))
        self._report.add(number, failed)
        return failed

    def end_at(self, trouble: UnreadableFile) -> None:
        number = self.last + 1
        if not self._report.has(number):
            self._report.add(number, Arrival(Outcome.FAILED, "", notes=(trouble.words,)))

    def tell_lists(self) -> None:
        """Let the person's lists show what came in; committed it is already."""
        arrived, self._arrived = self._arrived, []
        self._told_at = time.monotonic()
        if arrived:
            hub.publish([events.listed(self._owner.pk, key) for key in arrived])
