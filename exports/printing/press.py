"""A press: processes that lay out HTML, one document each at a time, for as long as it is open.

They are programs of their own rather than forks, since a server with threads cannot be forked safely, and
since a program that a document drives mad can be ended without harm.
"""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from exports.printing import fonts

TICK = 0.2
"""Seconds after which whoever waits is told, so that they can end it within one."""
PATIENCE = 90.0
"""Seconds for one document: one of 100 messages takes 5 on an idle machine."""
_ROOT = Path(__file__).resolve().parents[2]
_WORKER = (sys.executable, "-m", "exports.printing.worker")


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the outline: where it leads is a page of its sheaf from 0, and how high above its bottom."""

    label: str
    page: int
    height: float
    marks: tuple[Mark, ...] = ()

    @classmethod
    def of(cls, told: Any) -> Self:
        label, page, height, inner = told
        return cls(label, page, height, tuple(map(cls.of, inner)))


@dataclass(frozen=True, slots=True)
class Sheaf:
    """Pages that were laid out together, in a PDF of their own. By its name where each anchor is."""

    file: Path
    pages: int
    anchors: dict[str, tuple[int, float]]
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class Job:
    """One document: laid out once `sheaf` is there, or `trouble` says why it cannot be."""

    name: str
    # What the caller knows it by.
    about: Any = None
    sheaf: Sheaf | None = None
    trouble: str = ""

    @property
    def is_done(self) -> bool:
        return self.sheaf is not None or bool(self.trouble)


@dataclass(slots=True)
class _Hand:
    """A process, and what it is at."""

    process: subprocess.Popen[bytes]
    job: Job | None = None
    until: float = field(default=0.0)


class Press:
    """Lays out documents in the order in which they are put, as many at once as there are cores.

    `tick` is called several times a second while somebody waits, and may raise to end it. Leaving the press
    ends all its processes.
    """

    def __init__(
        self, folder: Path, style: str, tick: Callable[[], None], *, hands: int | None = None
    ) -> None:
        self.folder = folder
        self._tick = tick
        self._most = hands or _cores()
        self._hands: list[_Hand] = []
        self._waiting: deque[Job] = deque()
        self._answers = selectors.DefaultSelector()
        self._named = 0
        (folder / "style.css").write_text(style, encoding="utf-8")
        (folder / "fonts.conf").write_text(fonts.settings(), encoding="utf-8")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for hand in [*self._hands]:
            self._dismiss(hand)
        self._answers.close()

    def put(self, html: str, about: Any = None) -> Job:
        """Has it laid out; waits while as many documents wait as there are processes."""
        while len(self._waiting) >= self._most:
            self._wait()
        job = Job(self._name(), about)
        (self.folder / f"{job.name}.html").write_text(html, encoding="utf-8")
        self._waiting.append(job)
        self._hand_out()
        return job

    def finish(self) -> None:
        """Waits until all that was put is laid out, or cannot be."""
        while self._waiting or any(hand.job for hand in self._hands):
            self._wait()

    def _name(self) -> str:
        self._named += 1
        return str(self._named)

    def _hand_out(self) -> None:
        while self._waiting:
            hand = next((hand for hand in self._hands if hand.job is None), None)
            if hand is None and len(self._hands) >= self._most:
                return
            self._give(hand or self._hire(), self._waiting.popleft())

    def _hire(self) -> _Hand:
        process = subprocess.Popen(  # noqa: S603  # our own module
            [*_WORKER, str(self.folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**_environment(), "FONTCONFIG_FILE": str(self.folder / "fonts.conf")},
        )
        hand = _Hand(process)
        self._hands.append(hand)
        assert process.stdout
        self._answers.register(process.stdout, selectors.EVENT_READ, hand)
        return hand

    def _give(self, hand: _Hand, job: Job) -> None:
        hand.job, hand.until = job, time.monotonic() + PATIENCE
        order = {"source": f"{job.name}.html", "target": f"{job.name}.pdf"}
        assert hand.process.stdin
        try:
            hand.process.stdin.write(json.dumps(order).encode() + b"\n")
            hand.process.stdin.flush()
        except BrokenPipeError:  # it has ended; `_wait` sees why
            return

    def _wait(self) -> None:
        self._tick()
        for key, _events in self._answers.select(TICK):
            self._take(key.data)
        for hand in [*self._hands]:
            if hand.job and time.monotonic() > hand.until:
                hand.job.trouble = "It took too long."
                self._dismiss(hand)
        self._hand_out()

    def _take(self, hand: _Hand) -> None:
        assert hand.process.stdout
        line = hand.process.stdout.readline()
        job = hand.job
        if job is None or not line:
            if job:
                job.trouble = "It took too much memory, or could not be begun."
            self._dismiss(hand)
            return
        answer = json.loads(line)
        hand.job = None
        (self.folder / f"{job.name}.html").unlink()
        if trouble := answer.get("error"):
            job.trouble = trouble
            return
        marks = tuple(map(Mark.of, answer["marks"]))
        anchors = {name: (page, height) for name, (page, height) in answer["anchors"].items()}
        job.sheaf = Sheaf(self.folder / f"{job.name}.pdf", answer["pages"], anchors, marks)

    def _dismiss(self, hand: _Hand) -> None:
        self._hands.remove(hand)
        process = hand.process
        assert process.stdin
        assert process.stdout
        self._answers.unregister(process.stdout)
        process.kill()
        process.stdin.close()
        process.stdout.close()
        process.wait()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


# What a program needs to run at all, and what names libraries and fonts.
_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT", "LD_LIBRARY_PATH"),
    *("DYLD_FALLBACK_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME", "FONTCONFIG_PATH"),
)


def _environment() -> dict[str, str]:
    """In which a worker finds this package, its libraries and its fonts: no key of ours is."""
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(_ROOT))))
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": path}


@lru_cache(maxsize=1)
def can_print() -> bool:
    """Whether what lays out pages is installed. Only a worker that starts can tell, which takes a second."""
    silent = subprocess.DEVNULL
    try:
        subprocess.run(  # noqa: S603  # our own module
            _WORKER, stdin=silent, stdout=silent, stderr=silent, env=_environment(), timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True
