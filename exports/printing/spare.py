"""A hand that is ready before anybody needs it, since starting one takes longer than laying out a page.

Each works for one press and ends with it, so that no process ever holds the words of two conversations. One
that nobody needs ends by itself after some minutes, and with the server, however that ends: its input does.
"""

from __future__ import annotations

import atexit
import os
import shutil
from pathlib import Path
from tempfile import mkdtemp
from threading import Lock

from exports.printing.hands import Hand, equip


class _Spare(Hand):
    def __init__(self, style: str) -> None:
        self.style = style
        self.folder = Path(mkdtemp(prefix="parley-pdf-"))
        equip(self.folder, style)
        super().__init__(self.folder, "spare")
        self._owner = os.getpid()

    def is_fit(self, style: str) -> bool:
        return self.style == style and self._owner == os.getpid() and self.process.poll() is None

    def dismiss(self) -> None:
        super().dismiss()
        shutil.rmtree(self.folder, ignore_errors=True)


_lock = Lock()
_kept: list[_Spare] = []


def take(style: str) -> Hand | None:
    """The spare hand, which is the caller's from here on; None if there is none for this style."""
    with _lock:
        hand = _kept.pop() if _kept else None
    if hand is None or hand.is_fit(style):
        return hand
    hand.dismiss()
    return None


def make_ready(style: str) -> None:
    """Starts one for the next who asks, unless there is one. It takes no time of the caller's."""
    if os.name != "posix":  # only there can it wait for its input no longer than some time
        return
    with _lock:
        if not any(hand.is_fit(style) for hand in _kept):
            _dismiss()
            _kept.append(_Spare(style))


@atexit.register
def dismiss() -> None:
    with _lock:
        _dismiss()


def _dismiss() -> None:
    while _kept:
        _kept.pop().dismiss()
