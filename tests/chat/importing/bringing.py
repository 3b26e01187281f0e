"""Bringing files in, from a test: at once, and with the report in hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils import timezone

from chat.background import queue
from chat.background.control import Control
from chat.background.runner import do
from chat.models import ImportJob, Session, User, WorkerProcess
from chat.services.arrivals import Arrival
from chat.services.importing import import_archive
from tests.chat.importing.exports import archive_of


class Noted:
    """A report that is only remembered."""

    def __init__(self) -> None:
        self.arrivals: dict[int, Arrival] = {}

    def has(self, number: int) -> bool:
        return number in self.arrivals

    def add(self, number: int, arrival: Arrival) -> None:
        self.arrivals[number] = arrival

    @property
    def outcomes(self) -> list[str]:
        return [arrival.outcome.value for _number, arrival in sorted(self.arrivals.items())]

    @property
    def notes(self) -> list[str]:
        return [str(note) for arrival in self.arrivals.values() for note in arrival.notes]

    def session(self, number: int = 1) -> Session:
        session = self.arrivals[number].session
        assert session is not None
        return Session.objects.get(pk=session.pk)


def bring(owner: User, content: bytes | Any) -> Noted:
    report = Noted()
    import_archive(owner=owner, archive=archive_of(content), report=report)
    return report


def ids_of(session: Session) -> set[UUID]:
    return set(session.messages.values_list("pk", flat=True))


def done(job: ImportJob) -> ImportJob:
    """Do a job that waits, here and now, as a runner would."""
    worker = WorkerProcess.objects.create(host="here", pid=1, beat_at=timezone.now())
    for kind, found in queue.claim(worker_id=worker.pk, room=9):
        control = Control(found, worker_id=worker.pk, is_draining=lambda: False)
        do(kind, found, control, worker.pk)
    job.refresh_from_db()
    return job
