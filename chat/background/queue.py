"""The queue of jobs: claimed by a conditional update, ended, cancelled, taken back from the dead."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from chat.background.kinds import Kind, kinds
from chat.hub import hub
from chat.models.jobs import Job
from chat.phrases import Phrase, kept
from chat.text import clean_text

Status = Job.Status
# One that has taken down so many processes is not begun again.
MAX_ATTEMPTS = 3
# Between a claim and its run lie milliseconds.
LOST_SECONDS = 30.0
GAVE_UP = Phrase(
    "The server stopped %(times)s times while this was being done. What had been done by then is kept.",
    times=MAX_ATTEMPTS,
)


def wake() -> None:
    """Tell the runners, when it is committed, that there is a job."""
    transaction.on_commit(lambda: hub.give_order("job"))


def claim(*, worker_id: UUID, room: int, pool: str = "job") -> list[tuple[Kind, Job]]:
    """Claim up to `room` jobs for that pool of threads, of each kind the oldest first and one a person."""
    claimed: list[tuple[Kind, Job]] = []
    for kind in (kind for kind in kinds() if kind.pool == pool):
        for job in _claimable(kind.model).order_by("created_at")[: room - len(claimed)]:
            if _claim_one(job, worker_id):
                claimed.append((kind, job))
    return claimed


def has_work(*, worker_id: UUID, busy_with: Collection[UUID]) -> bool:
    """Whether there is anything to claim or to take back."""
    return any(
        _claimable(kind.model).exists() or _left(kind.model, worker_id, busy_with).exists()
        for kind in kinds()
    )


def take_back(*, worker_id: UUID, busy_with: Collection[UUID]) -> None:
    """Queue again, or end, what dead processes left, and what `worker_id` has lost by a fault."""
    for kind in kinds():
        for job in _left(kind.model, worker_id, busy_with):
            if job.cancel_requested_at is not None:
                _end(job, job.worker_id, Status.CANCELLED)
            elif job.attempts >= MAX_ATTEMPTS:
                _end(job, job.worker_id, Status.ERROR, GAVE_UP)
            else:
                put_back(job, job.worker_id)
                continue
            kind.clean_up(job)


def put_back(job: Job, worker_id: UUID | None) -> bool:
    """Queue a job that `worker_id` had claimed again; whether it still was its."""
    return _mine(job, worker_id).update(status=Status.PENDING, worker=None) == 1


def end(job: Job, worker_id: UUID, status: Status, words: str = "") -> bool:
    """End a job that `worker_id` had claimed, with the reason if it failed; whether it still was its."""
    return _end(job, worker_id, status, words)


def request_cancel(job: Job) -> bool:
    """End a job that waits; have one that runs ended by its process. Whether it has ended now."""
    now = timezone.now()
    rows = _rows(type(job)).filter(pk=job.pk)
    waiting = rows.filter(status=Status.PENDING)
    if waiting.update(status=Status.CANCELLED, cancel_requested_at=now, ended_at=now):
        return True
    rows.filter(status=Status.RUNNING, cancel_requested_at=None).update(cancel_requested_at=now)
    return False


def failure(words: str) -> dict[str, Any]:
    """Why it failed, as the row keeps it."""
    return {"words": clean_text(words), "said": kept(words, clean_text)}


def _rows(model: type[Job]) -> QuerySet[Job]:
    return model._default_manager.all()


def _claimable(model: type[Job]) -> QuerySet[Job]:
    others = _rows(model).filter(owner=OuterRef("owner"))
    earlier = others.filter(status=Status.PENDING, created_at__lt=OuterRef("created_at"))
    running = others.filter(status=Status.RUNNING)
    return _rows(model).filter(~Exists(running), ~Exists(earlier), status=Status.PENDING)


def _claim_one(job: Job, worker_id: UUID) -> bool:
    """Of several workers one gets it: its update finds the row still queued."""
    job.status, job.worker_id, job.attempts = Status.RUNNING, worker_id, job.attempts + 1
    job.started_at = timezone.now()
    values = {name: getattr(job, name) for name in ("status", "worker_id", "attempts", "started_at")}
    try:
        with transaction.atomic():
            return _rows(type(job)).filter(pk=job.pk, status=Status.PENDING).update(**values) == 1
    except IntegrityError:  # another of this person's has just begun
        return False


def _left(model: type[Job], worker_id: UUID, busy_with: Collection[UUID]) -> QuerySet[Job]:
    forgotten = Q(worker=worker_id, started_at__lt=timezone.now() - timedelta(seconds=LOST_SECONDS))
    return (
        _rows(model).filter(Q(worker=None) | forgotten, status=Status.RUNNING).exclude(pk__in=list(busy_with))
    )


def _mine(job: Job, worker_id: UUID | None) -> QuerySet[Job]:
    return _rows(type(job)).filter(pk=job.pk, status=Status.RUNNING, worker=worker_id)


def _end(job: Job, worker_id: UUID | None, status: Status, words: str = "") -> bool:
    values: dict[str, Any] = {"status": status, "worker": None, "ended_at": timezone.now()}
    if words:
        values["error"] = failure(words)
    if status == Status.COMPLETE:
        values["progress"] = 100
    return _mine(job, worker_id).update(**values) == 1
