"""A message's text as typed blocks, for formats that are neither Markdown nor HTML; `reading` makes them.

Nobody changes one. They are not frozen, though: those take three times as long to make, and a long
conversation has a million.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Align = Literal["left", "right", "center", ""]
Mark = Literal["strong", "em", "del", "code"]
PLAIN: frozenset[Mark] = frozenset()


@dataclass(slots=True)
class Run:
    """Text of one look; it may have line ends, which are spaces."""

    text: str
    marks: frozenset[Mark] = PLAIN


@dataclass(slots=True)
class Break:
    """A line that ends here."""


@dataclass(slots=True)
class Link:
    """`is_picture`: it stands for a picture elsewhere, of which the text is the description."""

    url: str
    runs: tuple[Run | Break | Formula, ...]
    is_picture: bool = False


@dataclass(slots=True)
class Formula:
    """LaTeX, and the same as MathML; `mathml` is empty where nobody could read the LaTeX."""

    source: str
    mathml: str
    is_display: bool = False


@dataclass(slots=True)
class NoteMark:
    """Refers to a footnote."""

    number: int


Inline = Run | Break | Link | Formula | NoteMark
Line = tuple[Inline, ...]


@dataclass(slots=True)
class Paragraph:
    line: Line


@dataclass(slots=True)
class Heading:
    """`level` counts from 1 within the message."""

    level: int
    line: Line


@dataclass(slots=True)
class Code:
    """`pieces` are the source with the style of each piece (`chat.rendering.code.STYLES`), or none."""

    language: str
    name: str
    pieces: tuple[tuple[str, str], ...]

    @property
    def source(self) -> str:
        return "".join(text for _style, text in self.pieces)


@dataclass(slots=True)
class Maths:
    formula: Formula


@dataclass(slots=True)
class Quote:
    blocks: tuple[Block, ...]


@dataclass(slots=True)
class Item:
    """`is_done` is None but for tasks."""

    blocks: tuple[Block, ...]
    is_done: bool | None = None


@dataclass(slots=True)
class Listing:
    """A list; its first number where it is ordered, else None."""

    items: tuple[Item, ...]
    start: int | None = None
    is_loose: bool = False


@dataclass(slots=True)
class Table:
    """Every row has as many cells as the head."""

    aligns: tuple[Align, ...]
    head: tuple[Line, ...]
    rows: tuple[tuple[Line, ...], ...]


@dataclass(slots=True)
class Definitions:
    """Terms, each with what it means."""

    entries: tuple[tuple[tuple[Line, ...], tuple[Block, ...]], ...]


@dataclass(slots=True)
class Notes:
    """Footnotes, from number 1 on."""

    notes: tuple[tuple[Block, ...], ...]


@dataclass(slots=True)
class Rule:
    """A line across."""


Block = Paragraph | Heading | Code | Maths | Quote | Listing | Table | Definitions | Notes | Rule


def plain_of(line: Iterable[Inline]) -> str:
    """The words of a line without their looks."""
    return "".join(map(_plain_piece, line))


def _plain_piece(piece: Inline) -> str:
    if isinstance(piece, Run):
        return piece.text
    match piece:
        case Break():
            return "\n"
        case Link(_url, runs):
            return plain_of(runs)
        case Formula(source):
            return source
        case NoteMark(number):
            return f"[{number}]"
