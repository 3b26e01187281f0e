"""How far a command has come, on a terminal; a program that calls it is not told."""

from __future__ import annotations

import time
from types import TracebackType

from django.core.management.base import OutputWrapper

from chat.text import number

EVERY_SECONDS = 0.2


class Progress:
    """Called with what is done, and how much of how much (0: nobody knows); a line that goes at the end."""

    def __init__(self, out: OutputWrapper) -> None:
        self._out = out
        self._told_at = 0.0
        self._width = 0

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._show("")

    def __call__(self, what: str, done: int, total: int) -> None:
        if self._out.isatty() and time.monotonic() - self._told_at >= EVERY_SECONDS:
            self._told_at = time.monotonic()
            self._show(f"{what}: {100 * done // total} %" if total else f"{what}: {number(done)}")

    def _show(self, text: str) -> None:
        if text or self._width:
            line = f"\r{text:{self._width}}" + ("" if text else "\r")
            self._out.write(line, style_func=str, ending="")  # it is no error
            self._out.flush()
        self._width = len(text)
