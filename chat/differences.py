"""How two texts differ, in words: what stayed, what went, what came. What stayed far away is folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "gone", "new", "folded"]
# Matching costs up to the product of both lengths: beyond these, lines or the whole stand for words.
MAX_LINES = 4000
MAX_WORDS = 1500
# Lines kept on either side of a change.
AROUND = 2
_WORD = re.compile(r"\s+|\w+|[^\w\s]")


@dataclass(frozen=True)
class Piece:
    """A stretch of text; of a folded one, `lines` says how many lines are not shown."""

    kind: Kind
    text: str
    lines: int = 0


def difference(old: str, new: str) -> list[Piece]:
    """The pieces of `new`, with what is gone from `old` before what came in its place."""
    before, after = old.splitlines(keepends=True), new.splitlines(keepends=True)
    if len(before) + len(after) > MAX_LINES:
        return list(_replaced(old, new)) if old != new else _folded([Piece("same", new)])
    pieces: list[Piece] = []
    for kind, a, b in _matched(before, after):
        if kind == "equal":
            pieces.append(Piece("same", "".join(b)))
        else:
            pieces += _joined(_words("".join(a), "".join(b)))
    return _folded(pieces)


def cut(pieces: Sequence[Piece], room: int) -> tuple[list[Piece], bool]:
    """So much of them as is in so many characters, and whether that is not all."""
    kept: list[Piece] = []
    for piece in pieces:
        if len(piece.text) > room:
            return [*kept, Piece(piece.kind, piece.text[:room], piece.lines)], True
        kept.append(piece)
        room -= len(piece.text)
    return kept, False


def _words(old: str, new: str) -> Iterator[Piece]:
    before, after = _WORD.findall(old), _WORD.findall(new)
    if len(before) + len(after) > MAX_WORDS:
        yield from _replaced(old, new)
        return
    for kind, a, b in _matched(before, after):
        if kind == "equal":
            yield Piece("same", "".join(b))
        else:
            yield from _replaced("".join(a), "".join(b))


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Changes with nothing but space between them are one: else two sentences would be read in turns."""
    gone = new = space = ""
    for piece in pieces:
        if piece.kind == "gone":
            gone, new, space = gone + space + piece.text, new + space, ""
        elif piece.kind == "new":
            gone, new, space = gone + space, new + space + piece.text, ""
        elif (gone or new) and piece.text.isspace() and "\n" not in piece.text:
            space += piece.text
        else:
            yield from _replaced(gone, new)
            yield Piece("same", space + piece.text)
            gone = new = space = ""
    yield from _replaced(gone, new)
    if space:
        yield Piece("same", space)


def _matched(
    before: Sequence[str], after: Sequence[str]
) -> Iterator[tuple[str, Sequence[str], Sequence[str]]]:
    for kind, a, b, c, d in SequenceMatcher(None, before, after).get_opcodes():
        yield kind, before[a:b], after[c:d]


def _replaced(old: str, new: str) -> Iterator[Piece]:
    if old:
        yield Piece("gone", old)
    if new:
        yield Piece("new", new)


def _folded(pieces: Sequence[Piece]) -> list[Piece]:
    """Of what stayed, the lines near a change; the rest only counted."""
    folded: list[Piece] = []
    last = len(pieces) - 1
    for at, piece in enumerate(pieces):
        lines = piece.text.splitlines(keepends=True)
        head, tail = (AROUND if at > 0 else 0), (AROUND if at < last else 0)
        hidden = len(lines) - head - tail
        if piece.kind != "same" or hidden < 2:
            folded.append(piece)
            continue
        parts = [
            Piece("same", "".join(lines[:head])),
            Piece("folded", "", hidden),
            Piece("same", "".join(lines[len(lines) - tail :])),
        ]
        folded += [part for part in parts if part.text or part.lines]
    return folded
