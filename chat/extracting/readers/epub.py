"""EPUB: its chapters in the order in which the book has them."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO
from urllib.parse import unquote

from lxml import etree

from chat.extracting.contract import Told, Unreadable
from chat.extracting.readers.page import markdown_of

_CONTAINER = "META-INF/container.xml"


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    with zipfile.ZipFile(file) as archive:
        if "META-INF/rights.xml" in archive.namelist():
            raise Unreadable("protected")
        chapters = _chapters(archive)
        told.unit, told.count = "chapter", len(chapters)
        for name in chapters:
            yield from markdown_of(archive.read(name))
            yield "\n"


def _chapters(archive: zipfile.ZipFile) -> list[str]:
    rootfile = next(_parsed(archive.read(_CONTAINER)).iter("{*}rootfile"), None)
    if rootfile is None:
        raise Unreadable("damaged")
    place = rootfile.get("full-path") or ""
    package = _parsed(archive.read(place))
    addresses = {one.get("id"): one.get("href") or "" for one in package.iter("{*}item")}
    folder, there = posixpath.dirname(place), set(archive.namelist())
    found = [addresses.get(one.get("idref"), "") for one in package.iter("{*}itemref")]
    names = [posixpath.normpath(posixpath.join(folder, unquote(address))) for address in found if address]
    return [name for name in names if name in there]


def _parsed(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    return etree.fromstring(content, parser)
