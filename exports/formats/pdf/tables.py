"""Tables on paper: a wide one is set smaller, and one that fits on no page is told row by row."""

from __future__ import annotations

import re
from html import unescape

from wcwidth import wcswidth

WIDTH = 92
"""Letters that stand beside one another on a page in a table's size."""
WIDE = 135
"""The same in the small size."""
MOST_COLUMNS = 14
PADDING = 3
"""Letters that the space around a cell takes."""
LONGEST_WORD = 24
"""A longer one is broken."""
_TABLE = re.compile(r'<div class="table">(<table\b[^>]*>)(.*?)</table></div>', re.DOTALL)
_ROW = re.compile(r"<tr>(.*?)</tr>", re.DOTALL)
_CELL = re.compile(r"<t[hd]\b[^>]*>(.*?)</t[hd]>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_UNBROKEN = re.compile(rf"[^\s<>&]{{{LONGEST_WORD}}}(?=[^\s<>&])(?![^<]*>)")
SAMPLE = 200
"""Rows by which it is judged."""


def fitted(html: str) -> str:
    return _TABLE.sub(_table, html) if "<table" in html else html


def _table(match: re.Match[str]) -> str:
    tag, inner = match.groups()
    rows = [_CELL.findall(row) for row, _number in zip(_ROW.findall(inner), range(SAMPLE), strict=False)]
    needed = _needed(rows)
    if not rows or len(rows[0]) > MOST_COLUMNS or needed > WIDE:
        return _records(inner)
    if needed > WIDTH:
        tag = tag.replace("<table", '<table class="wide"')
    broken = _UNBROKEN.sub(r"\g<0><wbr/>", inner)
    return f'<div class="table">{tag}{broken}</table></div>'


def _needed(rows: list[list[str]]) -> int:
    """Letters that the longest words of all columns take."""
    longest: dict[int, int] = {}
    for row in rows:
        for place, cell in enumerate(row):
            longest[place] = max(longest.get(place, 0), _longest(cell))
    return sum(longest.values()) + PADDING * len(longest)


def _longest(cell: str) -> int:
    words = unescape(_TAG.sub("", cell)).split()
    return max((min(LONGEST_WORD, max(0, wcswidth(word))) for word in words), default=1)


def _records(inner: str) -> str:
    """Each row as a paragraph, every cell with its column's name."""
    heads, *rows = (_CELL.findall(row) for row in _ROW.findall(inner))
    said = [
        " · ".join(f"<b>{head}:</b> {cell}" for head, cell in zip(heads, row, strict=False) if cell)
        for row in rows
    ] or [" · ".join(f"<b>{head}</b>" for head in heads)]
    return "".join(f'<p class="record">{one}</p>' for one in said)
