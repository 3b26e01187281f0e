"""Files are read once: queued as they come, claimed by one process, begun again after a kill."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any
from uuid import UUID

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from chat.extracting.contract import Extracted
from chat.extracting.process import extract
from chat.hub import hub
from chat.models import Extract
from chat.models.extracts import prepared_path
from chat.text import clean_text

State = Extract.State
# A file that has taken so many processes down is left alone.
MAX_ATTEMPTS = 3


def begin(readers: Mapping[str, str]) -> None:
    """Have stored files read; `readers` are by their names. Those that are known stay as they are."""
    rows = [Extract(file=name, reader=reader) for name, reader in readers.items() if reader]
    if rows:
        Extract.objects.bulk_create(rows, ignore_conflicts=True)
        transaction.on_commit(lambda: hub.give_order("extract"))


def forget(names: Collection[str]) -> None:
    """The files are gone: so is what was read of them."""
    Extract.objects.filter(pk__in=names).delete()
    for name in names:
        default_storage.delete(prepared_path(Extract(file=name)))


def are_ready(names: Collection[str]) -> bool:
    return not Extract.objects.filter(pk__in=names, state__in=[State.PENDING, State.RUNNING]).exists()


def has_work(*, worker_id: UUID, busy_with: Collection[str]) -> bool:
    """Whether there is anything to claim or to take back."""
    return Extract.objects.filter(Q(state=State.PENDING) | _left(worker_id, busy_with)).exists()


def claim(*, worker_id: UUID, room: int, busy_with: Collection[str]) -> list[Extract]:
    """Claim up to `room` files, the oldest first, and those that dead processes left."""
    _take_back(worker_id, busy_with)
    claimed = []
    for row in Extract.objects.filter(state=State.PENDING).order_by("created_at").defer("text")[:room]:
        mine = Extract.objects.filter(pk=row.pk, state=State.PENDING)
        values = {"state": State.RUNNING, "worker": worker_id, "started_at": timezone.now()}
        if mine.update(**values, attempts=F("attempts") + 1):
            claimed.append(row)
    return claimed


def read_file(row: Extract) -> Extracted:
    """What is in it; no database is asked. It blocks until the process that reads it has ended."""
    try:
        file = default_storage.open(row.file, "rb")
    except OSError:
        return Extracted(problem="lost")
    with file:
        return extract(row.reader, file)


def end(row: Extract, found: Extracted, *, worker_id: UUID) -> bool:
    """Keep what was found, unless the file has gone or another process has it; whether it was kept."""
    values = _kept(row, found)
    with transaction.atomic():
        mine = Extract.objects.filter(pk=row.pk, state=State.RUNNING, worker=worker_id)
        is_kept = mine.update(**values, worker=None, ended_at=timezone.now()) == 1
    if not is_kept and not Extract.objects.filter(pk=row.pk).exists():
        default_storage.delete(prepared_path(row))
    return is_kept


def put_back(row: Extract, *, worker_id: UUID) -> None:
    """This process ends: another begins it again."""
    mine = Extract.objects.filter(pk=row.pk, state=State.RUNNING, worker=worker_id)
    mine.update(state=State.PENDING, worker=None, attempts=F("attempts") - 1)


def _kept(row: Extract, found: Extracted) -> dict[str, Any]:
    if found.problem:
        return {"state": State.ERROR, "problem": found.problem, "unit": found.unit, "count": found.count}
    if found.mime_type:
        name = prepared_path(row)
        default_storage.delete(name)  # of a process that was killed
        return {
            "state": State.COMPLETE,
            "picture": default_storage.save(name, ContentFile(found.body)),
            "picture_type": found.mime_type,
            "picture_bytes": len(found.body),
            "width": found.width,
            "height": found.height,
        }
    text = clean_text(found.body.decode())
    values = {"text": text, "chars": len(text), "is_cut": found.is_cut, "unit": found.unit}
    return {"state": State.COMPLETE, "count": found.count, **values}


def _left(worker_id: UUID, busy_with: Collection[str]) -> Q:
    mine = Q(worker=worker_id) & ~Q(pk__in=list(busy_with))
    return Q(state=State.RUNNING) & (Q(worker=None) | mine)


def _take_back(worker_id: UUID, busy_with: Collection[str]) -> None:
    left: QuerySet[Extract] = Extract.objects.filter(_left(worker_id, busy_with))
    tired = {"state": State.ERROR, "problem": "failed", "ended_at": timezone.now()}
    left.filter(attempts__gte=MAX_ATTEMPTS).update(worker=None, **tired)
    left.update(state=State.PENDING, worker=None)
