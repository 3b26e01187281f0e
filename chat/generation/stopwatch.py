"""How long a reply takes, and how fast it comes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager


class Stopwatch:
    """Seconds since a reply was begun, but for those in which it waited for a person: `put_by` and go on."""

    def __init__(self, before: Mapping[str, float | None] | None = None) -> None:
        before = before or {}
        self.started = time.monotonic() - (before.get("taken") or 0.0)
        self.first_token = before.get("first_token")
        self._in_tools = before.get("in_tools") or 0.0

    @property
    def taken(self) -> float:
        return time.monotonic() - self.started

    def note_token(self) -> None:
        if self.first_token is None:
            self.first_token = self.taken

    @contextmanager
    def tools(self) -> Iterator[None]:
        """They work, and no token can come."""
        begun = time.monotonic()
        try:
            yield
        finally:
            self._in_tools += time.monotonic() - begun

    def speed(self, tokens: int, taken: float) -> float | None:
        """Tokens a second from the first to the last, `taken` seconds in; the work of tools is left out."""
        seconds = taken - (self.first_token or 0.0) - self._in_tools
        return round(tokens / seconds, 1) if tokens and seconds > 0 else None

    def put_by(self) -> dict[str, float | None]:
        return {"taken": self.taken, "first_token": self.first_token, "in_tools": self._in_tools}
