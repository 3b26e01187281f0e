"""What a process takes while something goes on."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from pathlib import Path

LOOK_SECONDS = 0.02


class Memory:
    """Anonymous memory in megabytes: what a process made itself, without the files that it maps."""

    def __init__(self, pid: int) -> None:
        self._status = Path(f"/proc/{pid}/status")
        self.before = self.most = self._now()

    @property
    def grown(self) -> float:
        return self.most - self.before

    def look(self) -> None:
        self.most = max(self.most, self._now())

    def _now(self) -> float:
        line = next(one for one in self._status.read_text().splitlines() if one.startswith("RssAnon"))
        return int(line.split()[1]) / 1024


@contextlib.contextmanager
def most_anonymous_mb(pid: int) -> Iterator[Memory]:
    """Looks all the time, until the block ends."""
    memory, has_ended = Memory(pid), threading.Event()

    def watch() -> None:
        while not has_ended.wait(LOOK_SECONDS):
            memory.look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield memory
    finally:
        has_ended.set()
        watcher.join()
