"""What a running job asks and tells as it goes: whether it is to go on, and how far it has come."""

from __future__ import annotations

import time
from collections.abc import Callable
from uuid import UUID

from chat.models.jobs import Job

# How often it looks at its row.
LOOK_SECONDS = 0.5


class Cancelled(Exception):
    """The person does not want it any more."""


class Interrupted(Exception):
    """The process ends, or another one has taken the job: what is left is another's to do."""


class Control:
    """Of one job in one process; used by the job's thread alone."""

    def __init__(self, job: Job, *, worker_id: UUID, is_draining: Callable[[], bool]) -> None:
        self._mine = type(job)._default_manager.filter(pk=job.pk, status=Job.Status.RUNNING, worker=worker_id)
        self._is_draining = is_draining
        self._told = job.progress
        self._looked_at = time.monotonic()

    def go_on(self, progress: int) -> None:
        """Say how far it has come, in percent. Cheap enough to be called every few milliseconds.

        Raises:
            Cancelled, Interrupted: it is to end here.
        """
        if self._is_draining():
            raise Interrupted
        now = time.monotonic()
        if now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        self._look()
        if (progress := min(99, progress)) > self._told:
            self._told = progress
            self._mine.update(progress=progress)

    def _look(self) -> None:
        rows = list(self._mine.values_list("cancel_requested_at", flat=True))
        if not rows:
            raise Interrupted
        if rows[0] is not None:
            raise Cancelled
