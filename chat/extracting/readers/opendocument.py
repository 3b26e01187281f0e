"""OpenDocument texts and presentations: headings, paragraphs, lists, tables, slides."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from chat.extracting.contract import Told, Unreadable
from chat.extracting.markup import heading, item, table

_NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE = f"{{{_NAMES}text:1.0}}", f"{{{_NAMES}table:1.0}}"
_SLIDE = f"{{{_NAMES}drawing:1.0}}page"
_MANIFEST = "META-INF/manifest.xml"
_ENCRYPTED = f"{{{_NAMES}manifest:1.0}}encryption-data"
# A table may say of one cell that it is there a thousand times.
MAX_REPEATED = 50


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    with zipfile.ZipFile(file) as archive:
        manifest = archive.read(_MANIFEST) if _MANIFEST in archive.namelist() else b"<none/>"
        if next(_parsed(manifest).iter(_ENCRYPTED), None) is not None:
            raise Unreadable("protected")
        root = _parsed(archive.read("content.xml"))
    slides = sum(1 for _ in root.iter(_SLIDE))
    if slides:
        told.unit, told.count = "slide", slides
    yield from _blocks(root)


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(content, parser)


def _blocks(root: Any) -> Iterator[str]:
    walk = etree.iterwalk(root, events=("start", "end"))
    depth = slide = 0
    for event, element in walk:
        is_start, tag = event == "start", element.tag
        if tag == f"{_TEXT}list":
            depth += 1 if is_start else -1
            if not is_start and not depth:
                yield "\n"
        elif is_start and tag == _SLIDE:
            slide += 1
            yield heading(2, f"Slide {slide}")
        elif is_start and tag == f"{_TABLE}table":
            yield table([_cells(one) for one in element.iter(f"{_TABLE}table-row")])
            walk.skip_subtree()
        elif is_start and tag in (f"{_TEXT}p", f"{_TEXT}h"):
            yield _paragraph(element, depth)
            walk.skip_subtree()


def _paragraph(element: Any, depth: int) -> str:
    words = _words(element)
    if not words.strip():
        return ""
    if element.tag == f"{_TEXT}h":
        return heading(int(element.get(f"{_TEXT}outline-level") or 1), words)
    return item(depth - 1, words) if depth else f"{words}\n\n"


def _cells(row: Any) -> list[str]:
    cells: list[str] = []
    for one in row.iter(f"{_TABLE}table-cell"):
        times = int(one.get(f"{_TABLE}number-columns-repeated") or 1)
        cells += [" ".join(_words(part) for part in one.iter(f"{_TEXT}p"))] * min(times, MAX_REPEATED)
    return cells


def _words(element: Any) -> str:
    """Spaces, tabs and line breaks are elements there."""
    found = []
    for event, one in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            found.append({f"{_TEXT}s": " ", f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}.get(one.tag, ""))
            found.append(one.text or "")
        elif one is not element:
            found.append(one.tail or "")
    return "".join(found)
