"""A hand that is ready before anybody needs it, since starting one takes longer than laying out a page.

Each works for one press and ends with it, so that no process ever holds the words of two conversations. One
that nobody needs ends by itself after some minutes, and with the server, however that ends: its input does.
"""

from __future__ import annotations

import atexit
import logging
import os
import time
from threading import Lock, Timer

from exports.printing.folders import Folder
from exports.printing.hands import Hand, equip

KEPT = 240.0
"""Seconds for which it is kept."""
IDLE = KEPT + 60
"""Seconds after which one ends by itself, so late that none is taken that is about to."""

logger = logging.getLogger(__name__)


class _Spare(Hand):
    def __init__(self, style: str) -> None:
        self.style = style
        self.folder = Folder()
        try:
            equip(self.folder.path, style)
            super().__init__(self.folder.path, "spare", str(IDLE))
        except BaseException:
            self.folder.remove()
            raise
        self._owner = os.getpid()
        self.kept_until = time.monotonic() + KEPT
        self.end = Timer(KEPT, _let_go, [self])
        self.end.daemon = True

    def is_fit(self, style: str) -> bool:
        is_ours = self.style == style and self._owner == os.getpid()
        return is_ours and time.monotonic() < self.kept_until and self.process.poll() is None

    def dismiss(self) -> None:
        self.end.cancel()
        try:
            super().dismiss()
        finally:
            self.folder.remove()


_lock = Lock()
_kept: list[_Spare] = []


def take(style: str) -> Hand | None:
    """The spare hand, which is the caller's from here on; None if there is none for this style."""
    with _lock:
        hand = _kept.pop() if _kept else None
    if hand is None:
        return None
    if not hand.is_fit(style):
        hand.dismiss()
        return None
    hand.end.cancel()
    return hand


def make_ready(style: str) -> None:
    """Starts one for the next who asks, unless there is one. It takes no time of the caller's.

    Where none can be started, that is logged: whoever asks next waits a second longer.
    """
    if os.name != "posix":  # only there can it wait for its input no longer than some time
        return
    with _lock:
        if any(hand.is_fit(style) for hand in _kept):
            return
        _dismiss()
        try:
            _kept.append(_Spare(style))
            _kept[-1].end.start()
        except (OSError, RuntimeError):  # no room for a file, a process or a thread
            logger.warning("No worker for the next PDF could be started", exc_info=True)


def _let_go(hand: _Spare) -> None:
    """Nobody has needed it. One that has ended would stay on the list of processes."""
    with _lock:
        if hand in _kept:
            _kept.remove(hand)
            hand.dismiss()


@atexit.register
def dismiss() -> None:
    with _lock:
        _dismiss()


def _dismiss() -> None:
    while _kept:
        _kept.pop().dismiss()
