"""Thoughts that OpenRouter wants back as they were, put together from the pieces that a stream has."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

# A signature holds for the whole of a block, so its pieces are joined; all else is said once.
JOINED = ("text", "summary", "data")
SHOWN = ("text", "summary")
MOST = 1 << 20


class Details:
    def __init__(self) -> None:
        self._blocks: list[dict[str, Any]] = []
        self._by_index: dict[tuple[str, int], dict[str, Any]] = {}
        self._length = 0

    def add(self, pieces: object) -> str:
        """What of them a person may read."""
        known = [piece for piece in pieces if isinstance(piece, dict)] if isinstance(pieces, list) else []
        for piece in known:
            self._length += sum(len(text) for text in piece.values() if isinstance(text, str))
            if self._length <= MOST:
                self._join(piece)
        return "".join(_read(known))

    def whole(self) -> list[dict[str, Any]]:
        """Nothing where there was more than any model thinks: a part of it would be refused."""
        return self._blocks if self._length <= MOST else []

    def _join(self, piece: dict[str, Any]) -> None:
        """Pieces of one block have one index; what has none is whole."""
        index = piece.get("index")
        key = (str(piece.get("type")), index) if isinstance(index, int) else None
        block = self._by_index.get(key) if key else None
        if block is None:
            block = {}
            self._blocks.append(block)
            if key:
                self._by_index[key] = block
        for name, value in piece.items():
            if name in JOINED and isinstance(value, str) and isinstance(block.get(name), str):
                block[name] += value
            elif value is not None or name not in block:
                block[name] = value


def _read(pieces: list[dict[str, Any]]) -> Iterator[str]:
    for piece in pieces:
        for name in SHOWN:
            if isinstance(text := piece.get(name), str):
                yield text
