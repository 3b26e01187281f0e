"""A line of text as runs: its looks, links, formulas and marks of notes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from exports.content.blocks import Break, Formula, Inline, Link, Mark, NoteMark, Run, plain_of
from exports.formats.docx.equations import equation
from exports.formats.docx.markup import BREAK, run
from exports.formats.docx.relations import Relations
from exports.formats.docx.text import direction_of

_SOURCE: frozenset[Mark] = frozenset({"code"})


class Marks(Protocol):
    """Who knows the footnotes."""

    def mark(self, number: int) -> str:
        """The run that refers to a note."""


class Inlines:
    """The lines of one part of the document, whose relations their links are among."""

    def __init__(self, relations: Relations, marks: Marks) -> None:
        self.relations = relations
        self._marks = marks

    def of(self, line: Iterable[Inline], *, style: str = "", is_rtl: bool = False) -> str:
        made = []
        is_after_break = False
        for piece in line:
            if isinstance(piece, Run):
                # The line end in the source is part of the one that is shown.
                text = piece.text.lstrip() if is_after_break else piece.text
                made.append(run(text, style, piece.marks, is_rtl=is_rtl))
                is_after_break = False
            else:
                made.append(self._other(piece, style, is_rtl=is_rtl))
                is_after_break = isinstance(piece, Break)
        return "".join(made)

    def _other(self, piece: Break | Link | Formula | NoteMark, style: str, *, is_rtl: bool) -> str:
        match piece:
            case Break():
                return BREAK
            case Link():
                return self._link(piece, style, is_rtl=is_rtl)
            case Formula(source, mathml):
                return equation(mathml) or run(source, style, _SOURCE)
            case NoteMark(number):
                return self._marks.mark(number)

    def _link(self, link: Link, style: str, *, is_rtl: bool) -> str:
        words = link.runs if plain_of(link.runs).strip() else (Run(link.url),)
        key = self.relations.link(link.url)
        if not key:
            return self.of(words, style=style, is_rtl=is_rtl)
        content = self.of(words, style="Hyperlink", is_rtl=is_rtl)
        return f'<w:hyperlink r:id="{key}" w:history="1">{content}</w:hyperlink>'


def is_rtl(line: Iterable[Inline]) -> bool:
    """Whether a line runs from right to left, as its first letter does."""
    for piece in line:
        found = direction_of(piece.text if isinstance(piece, Run) else plain_of((piece,)))
        if found is not None:
            return found
    return False
