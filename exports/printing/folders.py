"""The folders in which pages are made, with people's words in them: each goes with its owner.

An owner removes it. Of one that was killed together with its workers, whoever makes the next folder does.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

PREFIX = "parley-pages-"


class Folder:
    """One that is this process's for as long as the process lives, or until it is removed."""

    def __init__(self) -> None:
        _sweep()
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX))
        # Let go of by the system, however a process ends; those that it starts do not hold it.
        self._held = os.open(self.path, os.O_RDONLY)
        with suppress(OSError):  # not every file system can; there nobody can sweep either
            fcntl.flock(self._held, fcntl.LOCK_EX)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.remove()

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        os.close(self._held)


def _sweep() -> None:
    """Removes what nobody holds any more."""
    for one in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):  # it has just been removed, or is not ours to open
            _remove_unheld(one)


def _remove_unheld(path: Path) -> None:
    # A link may lead anywhere: everybody on the machine can put one there.
    held = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        if os.fstat(held).st_uid != os.geteuid():
            return
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # One that is empty may be about to be held by who has just made it.
        if os.listdir(held):
            shutil.rmtree(path, ignore_errors=True)
    finally:
        os.close(held)
