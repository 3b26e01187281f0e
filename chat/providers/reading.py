"""One reply as server-sent JSON: bytes in, deltas out. Knows no network, so tests can cut it anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from chat.providers.contract import Delta, Finish, Usage
from chat.providers.failures import Failures
from chat.providers.sse import DataLines, LineTooLong

_decode = json.JSONDecoder().decode
# More tokens than any reply has; what a server says beyond is no count.
MAX_COUNT = 2**31 - 1


class Reading:
    """What all wires share; each says in `deltas` what its events mean."""

    def __init__(self, failures: Failures) -> None:
        self.failures = failures
        self.has_said = False
        self.reason: str | None = None
        self.usage: Usage | None = None
        self.model: str | None = None
        self.echo: Any = None
        self.is_done = False
        self._lines = DataLines()
        self._saw_bytes = self._saw_event = False

    @property
    def is_whole(self) -> bool:
        """The model is finished, whatever becomes of the connection now."""
        return self.is_done or self.reason is not None

    def feed(self, chunk: bytes) -> Iterator[Delta]:
        """Raises ProviderError in its place: after the deltas that came before what is wrong."""
        self._saw_bytes = True
        try:
            for data in self._lines.feed(chunk):
                yield from self._event(data)
        except LineTooLong:
            raise self.failures.malformed() from None

    def close(self) -> Iterator[Delta]:
        """What the end of the stream means: the last deltas, or the error that it was."""
        for data in self._lines.close():
            yield from self._event(data)
        if self._saw_bytes and not self._saw_event:
            raise self.failures.not_a_stream()
        if not self.is_whole:
            raise self.failures.cut_off()
        yield from self.last()
        if not self.has_said:
            raise self.failures.empty(self.reason)
        yield Finish(self.reason, self.usage, self.model, self.echo)

    def deltas(self, event: dict[str, Any]) -> Iterator[Delta]:
        """What an event says; what it has of the end goes into the attributes."""
        raise NotImplementedError

    def last(self) -> Iterator[Delta]:
        """What was held until the model had ended."""
        return iter(())

    def _event(self, data: bytes) -> Iterator[Delta]:
        if not data or self.is_done:
            return
        self._saw_event = True
        if data == b"[DONE]":
            self.is_done = True
            return
        try:
            event = _decode(data.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            raise self.failures.malformed() from None
        if isinstance(event, dict):
            yield from self.deltas(event)


def part(value: object, name: str) -> dict[str, Any]:
    """The object of that name within another, whatever a server has put there."""
    inner = value.get(name) if isinstance(value, dict) else None
    return inner if isinstance(inner, dict) else {}


def words(value: object) -> str:
    return value if isinstance(value, str) else ""


def count(value: object) -> int | None:
    is_count = isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_COUNT
    return value if is_count and isinstance(value, int) else None
