"""How long a reply takes, and how fast it comes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Stopwatch:
    """Seconds since a reply was begun, but for those in which it waited for a person.

    `before` is what was `put_by` then; empty where nothing was noted, so that only the rest can be told.
    """

    def __init__(self, before: Mapping[str, float | None] | None = None) -> None:
        self._knows_all = before is None or bool(before)
        before = before or {}
        self.started = time.monotonic() - (before.get("taken") or 0.0)
        self.first_token = before.get("first_token")
        self._deltas = before.get("deltas") or 0
        self._in_tools = before.get("in_tools") or 0.0

    @property
    def taken(self) -> float:
        return time.monotonic() - self.started

    def note_token(self) -> None:
        self._deltas += 1
        if self.first_token is None and self._knows_all:
            self.first_token = self.taken

    def forget_tokens(self) -> None:
        """None of them can be seen, and they come once more."""
        self._deltas, self.first_token = 0, None

    @contextmanager
    def tools(self) -> Iterator[None]:
        """They work, and no token can come."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._in_tools += time.monotonic() - begun

    def speed(self, tokens: int | None, taken: float) -> float | None:
        """Tokens a second from the first to the last, `taken` seconds in; the work of tools is left out.

        Where it is not known how many there were, a delta counts as one.
        """
        if self.first_token is None:
            return None
        seconds = taken - self.first_token - self._in_tools
        count = tokens or self._deltas
        return round(count / seconds, 1) if count and seconds > 0 else None

    def put_by(self) -> dict[str, float | None]:
        return {
            "taken": self.taken,
            "first_token": self.first_token,
            "deltas": self._deltas,
            "in_tools": self._in_tools,
        }
