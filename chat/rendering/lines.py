"""Text as lines: what a browser may show of it, and a cursor that takes container markers off one line."""

from __future__ import annotations

import re

# Control characters and lone surrogates cannot be shown;
# \x02 and \x03 are marks of Python-Markdown.
_UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def clean(text: str) -> str:
    """The text with one kind of line end, and a visible sign for each character that cannot be shown."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNSHOWABLE.sub("\ufffd", text)


def to_lines(text: str) -> list[str]:
    """The text's lines; what follows the last line end is one only if it is not empty."""
    *lines, last = clean(text).split("\n")
    return [*lines, last] if last else lines


class Cursor:
    """What is left of a line, and the column at which it stands (tab stops are every four columns)."""

    __slots__ = ("column", "rest")

    def __init__(self, rest: str) -> None:
        self.rest = rest
        self.column = 0

    @property
    def is_blank(self) -> bool:
        return not self.rest or self.rest.isspace()

    def indent(self) -> int:
        """How many columns of white space come first."""
        column = self.column
        for char in self.rest:
            if char == " ":
                column += 1
            elif char == "\t":
                column += 4 - column % 4
            else:
                break
        return column - self.column

    def take(self, count: int) -> None:
        """Passes `count` characters, none of them a tab."""
        self.rest = self.rest[count:]
        self.column += count

    def drop(self, columns: int) -> None:
        """Passes at most `columns` columns of white space; of a tab that straddles the end, spaces stay."""
        end = self.column + columns
        index = 0
        while self.column < end and index < len(self.rest):
            char = self.rest[index]
            if char == " ":
                self.column += 1
            elif char == "\t":
                self.column += 4 - self.column % 4
            else:
                break
            index += 1
        overshoot = max(0, self.column - end)
        self.column -= overshoot
        self.rest = " " * overshoot + self.rest[index:]
