"""HTML: its words with headings, lists, tables and the addresses of links; no scripts, no styles."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from lxml import etree

from chat.extracting.contract import Told, Unreadable
from chat.extracting.markup import heading, item, table

_SILENT = re.compile("script|style|noscript|template|head|svg|math|iframe|object|select|button").fullmatch
_BLOCK = re.compile(
    "p|div|section|article|header|footer|main|aside|nav|blockquote|figure|figcaption|pre|dl|dt|dd|ul|ol|li|form|"
    "address|details|summary|hr|table|caption|body"
).fullmatch
_HEADINGS = {f"h{level}": level for level in range(1, 7)}


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    return markdown_of(file.read())


def markdown_of(content: bytes | str) -> Iterator[str]:
    """The words of a document; without recursion, since it may be as deep as it likes."""
    parser = etree.HTMLParser(no_network=True, remove_comments=True, remove_pis=True, huge_tree=False)
    if isinstance(content, str):
        content = b"\xef\xbb\xbf" + content.encode("utf-8", "replace")
    root = etree.fromstring(content, parser)
    if root is None:
        raise Unreadable("damaged")
    title = root.findtext(".//title")
    if title and title.strip():
        yield heading(1, title)
    yield from _Walk().over(root)


class _Walk:
    """Gathers the words of a block and gives them away where it ends."""

    def __init__(self) -> None:
        self._words: list[str] = []
        self._lists: list[str] = []
        self._rows: list[list[str]] | None = None
        self._tables = self._pres = 0
        self._is_item = False

    def over(self, root: Any) -> Iterator[str]:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag if isinstance(element.tag, str) else ""
            if event == "start" and _SILENT(tag):
                walk.skip_subtree()
            elif event == "start":
                yield from self._begin(tag)
                self._say(element.text)
            else:
                if not _SILENT(tag):
                    yield from self._end(tag, element)
                self._say(element.tail)
        yield from self._paragraph()

    def _say(self, words: str | None) -> None:
        if words:
            self._words.append(words if self._pres else words.replace("\n", " "))

    def _taken(self) -> str:
        words, self._words = "".join(self._words), []
        return words if self._pres else " ".join(words.split()) if "\v" not in words else _broken(words)

    def _begin(self, tag: str) -> Iterator[str]:
        if tag == "br":
            self._words.append("\n" if self._pres else "\v")
        elif tag in _HEADINGS or _BLOCK(tag):
            yield from self._paragraph()
        if tag in ("ul", "ol"):
            self._lists.append(tag)
        self._is_item = tag == "li" or (self._is_item and (tag == "p" or not _BLOCK(tag)))
        self._pres += tag == "pre"
        if tag == "table":
            self._tables += 1
            self._rows = [] if self._rows is None else self._rows
        elif tag == "tr" and self._rows is not None:
            self._rows.append([])

    def _end(self, tag: str, element: Any) -> Iterator[str]:
        if tag in _HEADINGS and self._rows is None:
            if words := self._taken():
                yield heading(_HEADINGS[tag], words)
        elif tag in ("td", "th") and self._rows:
            self._rows[-1].append(self._taken())
        elif tag == "pre":
            yield f"```\n{self._taken().strip(chr(10))}\n```\n\n"
            self._pres -= 1
        elif tag == "table":
            yield from self._table()
        elif _BLOCK(tag):
            yield from self._paragraph()
        elif tag == "a":
            self._link(element.get("href") or "")
        elif tag == "img" and element.get("alt"):
            self._words.append(f" [Picture: {element.get('alt')}] ")
        if tag in ("ul", "ol"):
            self._lists.pop()
            if not self._lists and self._rows is None:
                yield "\n"

    def _link(self, address: str) -> None:
        if address.startswith(("http://", "https://", "mailto:")) and address not in "".join(
            self._words[-1:]
        ):
            self._words.append(f" ({address[:500]})")

    def _paragraph(self) -> Iterator[str]:
        """In a table words wait for the end of their cell."""
        if self._rows is not None:
            self._words.append(" ")
        elif (words := self._taken()).strip():
            mark = "1." if self._lists[-1:] == ["ol"] else "-"
            yield item(max(0, len(self._lists) - 1), words, mark) if self._is_item else f"{words}\n\n"
            self._is_item = False

    def _table(self) -> Iterator[str]:
        self._tables -= 1
        if not self._tables:
            rows, self._rows, self._words = [one for one in self._rows or [] if one], None, []
            yield table(rows)


def _broken(words: str) -> str:
    return "\n".join(" ".join(one.split()) for one in words.split("\v"))
