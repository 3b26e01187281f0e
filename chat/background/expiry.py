"""Jobs that ended long ago: their rows go, and what lies outside of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import QuerySet
from django.utils import timezone

from chat.background.kinds import Kind, kinds
from chat.models.jobs import Job

# Jobs of a kind that are removed at a time.
BATCH = 200


def is_due() -> bool:
    """Whether a job ended so long ago that it is kept no longer."""
    return any(jobs.exists() for _kind, jobs in _over())


def sweep() -> int:
    """Remove jobs that ended longer ago than their kind is kept; how many."""
    count = 0
    for kind, jobs in _over():
        for job in jobs[:BATCH]:
            kind.forget(job)
            job.delete()
            count += 1
    return count


def _over() -> Iterator[tuple[Kind, QuerySet[Job]]]:
    for kind in kinds():
        yield kind, kind.model._default_manager.filter(ended_at__lte=timezone.now() - kind.keep)
