"""Whether a process of this machine still lives: it holds a lock on a file till it dies, however it dies."""

from __future__ import annotations

import fcntl
import platform
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings


def hostname() -> str:
    return platform.node()[:255]


def _path(worker_id: UUID) -> Path:
    folder = Path(settings.PARLEY_DATA) / "run"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{worker_id}.lock"


def hold(worker_id: UUID) -> IO[bytes]:
    """Take the lock of `worker_id`; it is held while the file object lives."""
    file = _path(worker_id).open("wb")
    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return file


def is_surely_dead(host: str, worker_id: UUID) -> bool:
    """True when the process ran here and its lock is free; False also when we cannot tell."""
    path = _path(worker_id)
    if host != hostname() or not path.exists():
        return False
    with path.open("rb") as file:
        try:
            # Shared, so that two who look at once do not take each other for the living.
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


def forget(worker_id: UUID) -> None:
    """Remove the file of a process that has left nothing behind."""
    _path(worker_id).unlink(missing_ok=True)
