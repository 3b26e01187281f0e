"""Text in columns: how many it takes, and its lines where they may take no more. It knows no documents."""

from __future__ import annotations

import re
from collections.abc import Iterator

from wcwidth import iter_graphemes, wcswidth

# What drives a terminal, ends a line where none should end, or is no text: controls, half characters.
_UNFIT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_SPACE = re.compile("[ \t\n]+")
# Longer addresses are broken like any other word.
LONGEST_ADDRESS = 500
TAB = 4


def fit(text: str) -> str:
    """With one kind of line end, and a visible sign for each character that a terminal should not get."""
    if text.isprintable():
        return text
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _UNFIT.sub("\ufffd", text)


def close(text: str) -> str:
    """On one line, and without more than one space in a row."""
    is_close = "  " not in text and "\n" not in text and "\t" not in text
    return text if is_close else _SPACE.sub(" ", text)


def width_of(text: str) -> int:
    return len(text) if text.isascii() else max(0, wcswidth(text))


def wrapped(text: str, width: int, *, keeps_addresses: bool = True) -> list[str]:
    """The lines of a text of which the lines end where it says, or before `width` columns are full.

    They break at spaces, and within Chinese, Japanese and Korean; an address stays whole even where longer.
    """
    longest = LONGEST_ADDRESS if keeps_addresses else 0
    made: list[str] = []
    for line in text.split("\n"):
        if len(line) <= width and (line.isascii() or len(line) * 2 <= width):
            made.append(line)
        elif line.isascii():
            _cut(line, width, longest, made)
        else:
            filled = _Lines(width, longest, made)
            for word in line.split(" "):
                filled.add(word)
            filled.end()
    return made


def _cut(line: str, width: int, longest: int, made: list[str]) -> None:
    """What `_Lines` does, where every sign takes one column: so are most lines, and this reads no word."""
    at = 0
    while len(line) - at > width:
        end = line.rfind(" ", at, at + width + 1)
        if end < 0:
            end = len(line) if (found := line.find(" ", at)) < 0 else found
            if end - at > longest or "://" not in line[at:end]:
                while end - at > width:
                    made.append(line[at : at + width])
                    at += width
                continue
        made.append(line[at:end])
        at = end + 1
    if at <= len(line):
        made.append(line[at:])


def padded(text: str, width: int, align: str = "") -> str:
    room = width - width_of(text)
    before = {"right": room, "center": room // 2}.get(align, 0)
    return f"{' ' * before}{text}{' ' * (room - before)}"


class _Lines:
    """Fills one line after the other, word by word."""

    def __init__(self, width: int, longest: int, made: list[str]) -> None:
        """`longest`: an address up to which stays whole; `made`: where the lines go."""
        self._width = width
        self._longest = longest
        self._made = made
        self._line: list[str] = []
        self._used = 0

    def add(self, word: str) -> None:
        """A word, which has no space in it."""
        width = width_of(word)
        gap = 1 if self._line else 0
        if self._used + gap + width <= self._width:
            self._put(word, width, gap)
        elif word.isascii():
            self._add_long(word)
        else:
            for piece in _pieces(word):
                self._add_piece(piece, width_of(piece), gap)
                gap = 0

    def end(self) -> None:
        """The line ends here, also an empty one."""
        self._made.append("".join(self._line))
        self._line, self._used = [], 0

    def _put(self, text: str, width: int, gap: int) -> None:
        self._line += (" ", text) if gap else (text,)
        self._used += gap + width

    def _add_long(self, word: str) -> None:
        if self._line:
            self.end()
        _cut(word, self._width, self._longest, self._made)
        last = self._made.pop()
        self._put(last, len(last), 0)

    def _add_piece(self, piece: str, width: int, gap: int) -> None:
        """A part of a word between two places where a line may break."""
        if self._used + gap + width <= self._width:
            self._put(piece, width, gap)
            return
        if self._line:
            self.end()
        if width <= self._width or ("://" in piece and width <= self._longest):
            self._put(piece, width, 0)
            return
        for cluster in iter_graphemes(piece):
            size = width_of(cluster)
            if self._used + size > self._width and self._line:
                self.end()
            self._put(cluster, size, 0)


def _pieces(word: str) -> Iterator[str]:
    """Each wide sign by itself, since a line may break on either side; all else as it hangs together."""
    run: list[str] = []
    for cluster in iter_graphemes(word):
        if cluster.isascii() or wcswidth(cluster) < 2:
            run.append(cluster)
            continue
        if run:
            yield "".join(run)
            run = []
        yield cluster
    if run:
        yield "".join(run)
