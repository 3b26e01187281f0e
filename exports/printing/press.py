"""A press: processes that lay out HTML, one document each at a time, for as long as it is open."""

from __future__ import annotations

import os
import selectors
import time
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from exports.printing import spare
from exports.printing.hands import Hand, equip
from exports.printing.sheaves import Job

TICK = 0.2
"""Seconds after which whoever waits is told, so that they can end it within one."""
PATIENCE = 90.0
"""Seconds for one document: one of 100 messages takes 5 on an idle machine."""


class Press:
    """Lays out documents in the order in which they are put, as many at once as there are cores.

    `tick` is called several times a second while somebody waits, and may raise to end it. Leaving the press
    ends all its processes.
    """

    def __init__(
        self, folder: Path, style: str, tick: Callable[[], None], *, hands: int | None = None
    ) -> None:
        self.folder = folder
        self._style = style
        self._tick = tick
        self._most = hands or _cores()
        self._hands: list[Hand] = []
        self._waiting: deque[Job] = deque()
        self._answers = selectors.DefaultSelector()
        self._named = 0
        equip(folder, style)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with ExitStack() as ends:  # each comes, also where another fails
            ends.callback(self._answers.close)
            for hand in self._hands:
                ends.callback(hand.dismiss)

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

    def _give(self, hand: Hand, job: Job) -> None:
        hand.give(job, self.folder, until=time.monotonic() + PATIENCE)

    def _hire(self) -> Hand:
        hand = None if self._hands else spare.take(self._style)
        return self._employ(hand or Hand(self.folder))

    def _employ(self, hand: Hand) -> Hand:
        self._hands.append(hand)
        self._answers.register(hand.answers, selectors.EVENT_READ, hand)
        return hand

    def _wait(self) -> None:
        self._tick()
        for key, _events in self._answers.select(TICK):
            self._take(key.data)
        for hand in [*self._hands]:
            if hand.job and time.monotonic() > hand.until:
                hand.job.trouble = "It took too long."
                self._dismiss(hand)
        self._hand_out()

    def _take(self, hand: Hand) -> None:
        told, job = hand.answer(), hand.job
        if job is None or told is None:
            self._dismiss(hand)
            if job:
                self._try_again(hand, job)
            return
        hand.job = None
        (self.folder / f"{job.name}.html").unlink()
        job.take(told, self.folder)

    def _try_again(self, hand: Hand, job: Job) -> None:
        """A fresh hand does it, once, unless it may be the job that ended this one."""
        if hand.has_worked or job.is_again:
            job.trouble = "It took too much memory, or could not be begun."
            return
        job.is_again = True
        self._give(self._employ(Hand(self.folder)), job)

    def _dismiss(self, hand: Hand) -> None:
        self._hands.remove(hand)
        self._answers.unregister(hand.answers)
        hand.dismiss()


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
