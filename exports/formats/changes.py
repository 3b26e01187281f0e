"""Changes of a text's lines, collected in any order and made at once: each is told where it was found."""

from __future__ import annotations

import re

_CLOSING = re.compile(r"(?:^|(?<=[ \t]))#+$")
_BACKSLASHES = re.compile(r"\\*$")


class Changes:
    """Of `lines`, which are known by their numbers from 0 and stay as they are."""

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        # Column, how many characters go, what comes instead.
        self._changes: dict[int, list[tuple[int, int, str]]] = {}
        # Of each heading that is underlined: its first line, the column of its text in each line, its signs.
        self._underlined: list[tuple[int, list[int], str]] = []

    def add(self, line: int, column: int, gone: int, new: str) -> None:
        self._changes.setdefault(line, []).append((column, gone, new))

    def trim(self, line: int) -> None:
        bare = self._lines[line].rstrip(" \t")
        self.add(line, len(bare), len(self._lines[line]) - len(bare), "")

    def join(self, first: int, columns: list[int], signs: str) -> None:
        """An underlined heading, whose text has a column in each of its lines, gets signs and one line."""
        self._underlined.append((first, columns, signs))

    def made(self) -> str:
        lines: list[str | None] = [*map(self._changed, range(len(self._lines)))]
        for first, columns, signs in self._underlined:
            pieces = [(lines[first + place] or "")[column:].lstrip() for place, column in enumerate(columns)]
            head = (lines[first] or "")[: columns[0]]
            lines[first : first + len(columns) + 1] = [None] * (len(columns) + 1)
            lines[first] = f"{head}{signs} {_one_line(pieces)}"
        return "\n".join(line for line in lines if line is not None)

    def _changed(self, number: int) -> str:
        line = self._lines[number]
        changes = self._changes.get(number)
        if not changes:
            return line
        pieces, done = [], 0
        for column, gone, new in sorted(changes):
            pieces += [line[done:column], new]
            done = column + gone
        return "".join([*pieces, line[done:]])


def _one_line(pieces: list[str]) -> str:
    """The lines of an underlined heading as the text of one that has its signs before it."""
    *others, last = pieces
    made = []
    for piece in others:
        backslashes = _BACKSLASHES.search(piece)
        if backslashes and len(backslashes[0]) % 2:
            made.append(f"{piece[:-1]}<br>")
        else:
            made.append(f"{piece.rstrip(' ')}<br>" if piece.endswith("  ") else f"{piece} ")
    text = "".join([*made, last.rstrip(" \t")])
    return _CLOSING.sub(lambda signs: f"\\{signs[0]}", text)
