"""Word: headings, paragraphs, lists and tables, in their order; then the footnotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn
from docx.table import Table
from docx.text.paragraph import Paragraph

from chat.extracting.contract import Told, Unreadable
from chat.extracting.markup import heading, item, table

_HEADING = re.compile(r"heading (\d)", re.IGNORECASE)
_NOTES = "/word/footnotes.xml"


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    try:
        document = docx.Document(file)
    except PackageNotFoundError:
        raise Unreadable("damaged") from None
    # Looked up for each paragraph they would take nearly all of the time.
    names = {style.style_id: style.name or "" for style in document.styles}
    for block in document.iter_inner_content():
        yield _table(block) if isinstance(block, Table) else _paragraph(block, names)
    yield from _footnotes(document)


def _paragraph(paragraph: Paragraph, names: Mapping[str, str]) -> str:
    words = paragraph.text.strip()
    if not words:
        return ""
    properties = paragraph._p.find(qn("w:pPr"))
    name = names.get(_value(properties, "w:pStyle"), "")
    if found := _HEADING.match(name):
        return heading(int(found[1]), words)
    if name == "Title":
        return heading(1, words)
    level = _value(properties, "w:numPr/w:ilvl")
    if level or name.startswith("List"):
        return item(min(int(level or 0), 9), words, "1." if "Number" in name else "-")
    return f"{words}\n\n"


def _value(properties: Any, path: str) -> str:
    found = None if properties is None else properties.find("/".join(qn(name) for name in path.split("/")))
    return "" if found is None else found.get(qn("w:val")) or ""


def _table(found: Table) -> str:
    """A cell that spans several comes once."""
    rows = []
    for one in found.rows:
        cells = [cell for cell, before in zip(one.cells, [None, *one.cells], strict=False) if cell != before]
        rows.append([cell.text for cell in cells])
    return "\n" + table(rows)


def _footnotes(document: Document) -> Iterator[str]:
    for part in document.part.package.iter_parts():
        if str(part.partname) == _NOTES:
            notes = parse_xml(part.blob).findall(qn("w:footnote"))
            for number, note in enumerate([one for one in notes if one.get(qn("w:type")) is None], 1):
                words = "".join(text.text or "" for text in note.iter(qn("w:t")))
                yield f"[^{number}]: {words}\n"
