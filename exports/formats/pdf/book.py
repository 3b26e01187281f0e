"""A conversation as pages: other processes lay out its parts as it is walked; they are bound at the end."""

from __future__ import annotations

from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import BinaryIO

from exports.content.articles import Articles
from exports.content.transcript import GoOn, Transcript
from exports.formats.pdf import documents
from exports.formats.pdf.documents import LINES, SHORT, Line
from exports.formats.pdf.paper import paper
from exports.formats.pdf.parts import Piece, Printing, parts_of, pieces_of
from exports.printing.binding import bind
from exports.printing.folders import Folder
from exports.printing.press import Press
from exports.printing.sheaves import Sheaf

LAID_OUT = 0.9
"""The share of the work that laying out is."""
CONTENTS = 10
"""Pages of contents that are laid out together."""


def write(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
    with Folder() as folder:
        _Book(transcript, folder.path, go_on).write(out)
    go_on(1.0)


class _Book:
    def __init__(self, transcript: Transcript, folder: Path, go_on: GoOn) -> None:
        self._transcript = transcript
        self._go_on = go_on
        self._whole = max(1, transcript.count())
        self._has_cover = self._whole > SHORT
        self._lines: list[Line] = []
        self._questions: list[Line] = []
        self._press = Press(folder, documents.style(paper()), self._tick)
        self._printing = Printing(self._press, transcript.title)

    def write(self, out: BinaryIO) -> None:
        with self._press:
            self._put()
            sheaves = self._printing.finish()
            if self._has_cover:
                sheaves = [*self._front(sheaves), *sheaves]
            facts = documents.described(self._transcript)
            bind(sheaves, facts, out, folio=documents.folio(), tick=self._tick)

    def _tick(self) -> None:
        self._go_on(min(LAID_OUT, LAID_OUT * self._printing.done / self._whole))

    def _put(self) -> None:
        head = "" if self._has_cover else documents.head(self._transcript, is_cover=False)
        for part in parts_of(self._pieces()):
            self._printing.put(part, head)
            head = ""
        if head:
            self._printing.put([], head)

    def _pieces(self) -> Iterator[Piece]:
        articles = Articles(self._transcript.options, is_print=True)
        for entry in self._transcript.entries(lambda _share: self._tick()):
            for piece in pieces_of(entry, articles):
                if not piece.is_on:
                    self._lines.append(piece.line)
                    self._questions += [piece.line] * piece.is_question
                yield piece

    def _front(self, sheaves: list[Sheaf]) -> list[Sheaf]:
        """The cover and the contents: whose pages can be told beforehand, so that they are laid out once."""
        lines = self._questions or self._lines
        pages = ceil(len(lines) / LINES)
        found = _pages(sheaves, 1 + pages)
        told = [(line, found[line.anchor]) for line in lines]
        made = [
            documents.contents(told[start : start + LINES], is_first=start == 0)
            for start in range(0, len(told), LINES)
        ]
        title = self._transcript.title
        cover = documents.head(self._transcript, is_cover=True)
        jobs = [
            self._press.put(
                documents.document(title, cover * (start == 0) + "".join(made[start : start + CONTENTS]))
            )
            for start in range(0, max(1, len(made)), CONTENTS)
        ]
        self._press.finish()
        front = [job.sheaf for job in jobs if job.sheaf]
        assert sum(sheaf.pages for sheaf in front) == 1 + pages, [job.trouble for job in jobs]
        return front


def _pages(sheaves: list[Sheaf], before: int) -> dict[str, int]:
    """By its name the page, from 1, that each anchor is on."""
    found: dict[str, int] = {}
    for sheaf in sheaves:
        found |= {name: before + page + 1 for name, (page, _height) in sheaf.anchors.items()}
        before += sheaf.pages
    return found
