"""PDF: the text of each page, in the order in which it was set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import pypdfium2

from chat.extracting.contract import Told, Unreadable
from chat.extracting.markup import heading

# What PDFium gives for the hyphen at a line's end.
HYPHEN = "\ufffe"


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    try:
        document = pypdfium2.PdfDocument(file.read())
    except pypdfium2.PdfiumError as error:
        raise Unreadable("protected" if "assword" in str(error) else "damaged") from None
    told.unit, told.count = "page", len(document)
    has_words = False
    for number in range(told.count):
        words = _words(document, number)
        has_words = has_words or bool(words)
        yield (heading(2, f"Page {number + 1}") + words + "\n\n") if words else ""
    if not has_words:
        raise Unreadable("scanned")


def _words(document: pypdfium2.PdfDocument, number: int) -> str:
    """Nothing where a page is damaged: the others are of use."""
    try:
        page = document[number]
        text: str = page.get_textpage().get_text_bounded()
        page.close()
    except pypdfium2.PdfiumError:
        return ""
    return text.replace(f"{HYPHEN}\r\n", "").replace(HYPHEN, "").replace("\r\n", "\n").strip()
