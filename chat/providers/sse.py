"""Server-sent events, as far as model servers use them: bytes in whatever pieces, `data` lines out."""

from __future__ import annotations

from collections.abc import Iterator

# A token's event has a few hundred bytes, a whole reply in one event some 100 kB.
MAX_LINE = 1 << 20


class LineTooLong(Exception):
    """A line without an end would otherwise be held in memory until there is none left."""


class DataLines:
    """Every `data:` line counts as one event: JSON needs no second, and some servers forget the blank one."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self._held = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        head, newline, rest = chunk.rpartition(b"\n")
        if newline:
            lines = b"".join((*self._pieces, head)) if self._pieces else head
            self._pieces, self._held = [], 0
            for line in lines.split(b"\n"):
                if line.startswith(b"data:"):
                    yield line[5:].strip()
        self._hold(rest)

    def close(self) -> Iterator[bytes]:
        """The last line, where the server ended without a newline."""
        yield from self.feed(b"\n")

    def _hold(self, rest: bytes) -> None:
        """Pieces are joined once, when their line ends, so a trickle of bytes stays linear."""
        if rest:
            self._pieces.append(rest)
            self._held += len(rest)
            if self._held > MAX_LINE:
                raise LineTooLong
