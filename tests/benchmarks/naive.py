"""How one would export without a second thought, to be measured beside how it is done: see `exporting`."""

from __future__ import annotations

import io
from collections.abc import Iterable
from html import escape
from itertools import chain
from typing import Any

from docx import Document

from chat.rendering import render
from exports.content import blocks
from exports.content.blocks import Block, plain_of
from exports.content.transcript import Entry


def render_anew(entries: Iterable[Entry]) -> None:
    """HTML: nothing is kept."""
    for entry in entries:
        render(entry.text)


def call_for_each_paragraph(entries: Iterable[Entry]) -> None:
    """Word: by the calls that python-docx offers, style names and all. No code is highlighted."""
    document = Document()
    for entry in entries:
        document.add_heading(entry.speaker, 2)
        _add(document, chain.from_iterable(entry.blocks))
    document.save(io.BytesIO())


def _add(document: Any, found: Iterable[Block], style: str = "Normal") -> None:
    for block in found:
        match block:
            case blocks.Paragraph(line):
                paragraph = document.add_paragraph(style=style)
                for piece in line:
                    run = paragraph.add_run(plain_of([piece]))
                    run.bold = isinstance(piece, blocks.Run) and "strong" in piece.marks
            case blocks.Heading(_level, line):
                document.add_heading(plain_of(line), 3)
            case blocks.Code():
                for text in block.source.splitlines():
                    document.add_paragraph(style="No Spacing").add_run(text).font.name = "Courier New"
            case blocks.Quote(within):
                _add(document, within, "Quote")
            case blocks.Listing(items, start):
                for item in items:
                    _add(document, item.blocks, "List Bullet" if start is None else "List Number")
            case blocks.Table(_aligns, head, rows):
                table = document.add_table(len(rows) + 1, len(head), "Table Grid")
                for number, row in enumerate((head, *rows)):
                    for column, line in enumerate(row):
                        table.cell(number, column).text = plain_of(line)


def plain_pages(entries: Iterable[Entry]) -> int:
    """PDF: the least that WeasyPrint can do, the bare texts in one font. How many pages."""
    return _pages(f"<h2>{escape(entry.speaker)}</h2><pre>{escape(entry.text)}</pre>" for entry in entries)


def one_document(entries: Iterable[Entry]) -> int:
    """PDF: what is kept, as it is, in one document with the look of the page's code."""
    return _pages(f"<h2>{escape(entry.speaker)}</h2>{''.join(entry.htmls)}" for entry in entries)


def _pages(pieces: Iterable[str]) -> int:
    # Pango is needed here alone.
    from weasyprint import CSS, HTML

    sheet = CSS(
        string="body, pre { font: 10pt sans-serif } pre { white-space: pre-wrap } @page { margin: 18mm }"
    )
    laid_out = HTML(string="".join(pieces)).render(stylesheets=[sheet])
    laid_out.write_pdf(io.BytesIO())
    return len(laid_out.pages)
