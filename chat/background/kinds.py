"""What a kind of job is, and which kinds there are. They are plugged in by the layers above."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from chat.background.control import Control
from chat.models.jobs import Job
from chat.phrases import Phrase
from chat.plugins import manager


class JobFailed(Exception):
    """The job cannot be done, for a reason that the person can understand."""

    def __init__(self, words: Phrase) -> None:
        super().__init__(words)
        self.words = words


@dataclass(frozen=True)
class Kind:
    """One kind of job.

    `run(job, control)` does it, in a thread; what was done stays done if it is cut off at any moment,
    and it may be called again then. It returns when all is done, and raises JobFailed where it cannot be,
    with what `control` raises let through. `clean_up(job)` removes what only a job that has not ended
    needs, `forget(job)` all that lies outside of its row; both may be called more than once.
    """

    name: str
    model: type[Job]
    run: Callable[[Any, Control], None]
    clean_up: Callable[[Any], None]
    forget: Callable[[Any], None]
    # How long a job that has ended is kept.
    keep: timedelta
    # Which threads do it: "job" where it takes the processor, "aside" where it mostly waits for a model.
    pool: str = "job"


@cache
def kinds() -> tuple[Kind, ...]:
    """All kinds that are plugged in."""
    found = [kind for plugged in manager().hook.job_kinds() for kind in plugged]
    assert all(isinstance(kind, Kind) for kind in found)
    return tuple(found)
