"""The first page as a picture, to be seen before all of it is made: of the first messages alone."""

from __future__ import annotations

import io
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock

import pypdfium2

from chat.phrases import Phrase
from exports.content.articles import Articles
from exports.content.transcript import Transcript
from exports.formats.contract import CannotWrite
from exports.formats.pdf import documents
from exports.formats.pdf.documents import SHORT
from exports.formats.pdf.paper import paper
from exports.formats.pdf.parts import Piece, Printing, pieces_of
from exports.printing import spare
from exports.printing.binding import bind
from exports.printing.folders import Folder
from exports.printing.press import Press

ENOUGH = 8_000
"""Characters of HTML that fill a page, whatever they are."""
PATIENCE = 20.0
SCALE = 1.6
"""Pixels a point: as wide as a dialog shows it on a fine screen."""
# Made at once: half of the cores are for all else.
_ROOM = BoundedSemaphore(max(1, (os.cpu_count() or 2) // 2))
# PDFium knows no threads.
_ONE_AT_A_TIME = Lock()


def first_page(transcript: Transcript) -> bytes:
    """PNG. How many pages there are is not known yet.

    Raises:
        CannotWrite: the first messages cannot be laid out, or not as soon as a person waits for it.
    """
    with _room(), Folder() as folder:
        style = documents.style(paper())
        with Press(folder.path, style, _until(time.monotonic() + PATIENCE), hands=1) as press:
            printing = Printing(press, transcript.title)
            has_cover = transcript.count() > SHORT
            head = documents.head(transcript, is_cover=has_cover)
            printing.put([] if has_cover else _first(transcript), head)
            out = io.BytesIO()
            folio = documents.folio().replace("{pages}", "…")
            bind(printing.finish(), documents.described(transcript), out, folio=folio, tick=lambda: None)
        # Who has seen one will see another, or have the file made.
        spare.make_ready(style)
    return _picture(out.getvalue())


def _first(transcript: Transcript) -> list[Piece]:
    articles = Articles(transcript.options, is_print=True)
    pieces: list[Piece] = []
    length = 0
    for entry in transcript.entries():
        pieces.append(next(pieces_of(entry, articles)))
        length += len(pieces[-1].html)
        if length > ENOUGH:
            break
    return pieces


@contextmanager
def _room() -> Iterator[None]:
    """One who turns the switches of the dialog asks for many, and each takes a core for a second or more."""
    if not _ROOM.acquire(timeout=PATIENCE / 2):
        raise CannotWrite(Phrase("The server is busy with other first pages. Try again in a moment."))
    try:
        yield
    finally:
        _ROOM.release()


def _until(end: float) -> Callable[[], None]:
    def tick() -> None:
        if time.monotonic() > end:
            raise CannotWrite(Phrase("The first page takes too long to be shown. It may still be written."))

    return tick


def _picture(content: bytes) -> bytes:
    out = io.BytesIO()
    with _ONE_AT_A_TIME, pypdfium2.PdfDocument(content) as document:
        page = document[0]
        page.render(scale=SCALE).to_pil().save(out, "PNG")
        page.close()
    return out.getvalue()
