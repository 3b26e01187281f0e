"""Where somebody is typing a filter: which part of the text that is, and of which filter."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chat.query.pieces import PIECE, quoted, unquoted


@dataclass(frozen=True, slots=True)
class Partial:
    """`text[start:end]` is being typed: a value of the filter `key`, or without one the name of a filter."""

    text: str
    start: int
    end: int
    key: str
    typed: str
    minus: str = ""

    def filled(self, key: str, value: str = "") -> tuple[str, int]:
        """The text with a whole filter there, and the place behind it; without a value it is to be typed."""
        said = f"{self.minus}{filter_text(key, value)}{' ' if value else ''}"
        rest = self.text[self.end :]
        return self.text[: self.start] + said + (rest.lstrip() if value else rest), self.start + len(said)


def filter_text(key: str, value: str) -> str:
    """A filter as one types it."""
    return f"{key}:{quoted(value)}"


def partial_at(text: str, place: int) -> Partial | None:
    """What is being typed where the cursor stands; None where it is no filter and cannot become one."""
    for piece in PIECE.finditer(text):
        if piece.start() < place <= piece.end():
            return _read(text, piece)
    return Partial(text, place, place, "", "") if not text[place - 1 : place].strip() else None


def _read(text: str, piece: re.Match[str]) -> Partial | None:
    if piece["key"]:
        return Partial(text, *piece.span(), piece["key"].lower(), unquoted(piece["value"]), piece["minus"])
    word = piece["word"] or ""
    is_name = word.isascii() and word.isalpha()
    return Partial(text, *piece.span(), "", word, piece["minus"]) if is_name else None
