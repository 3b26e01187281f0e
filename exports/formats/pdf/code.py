"""Code on paper: a line that does not fit goes on below, indented and with a sign before it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from wcwidth import wcswidth

COLUMNS = 84
"""Beyond which a line may not fit; a line that does fit after all shows no sign."""
LONGEST = 2000
"""Columns after which a line is cut, since its breaking takes time that grows with the square."""
_CODE = re.compile(r"(<pre\b[^>]*>(?:<code>)?)(.*?)((?:</code>)?</pre>)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_PIECE = re.compile(r"<[^>]*>|&[^;]*;|[^<&]")


def wrapped(html: str) -> str:
    """With the long lines of its code marked as such."""
    return _CODE.sub(lambda match: match[1] + _lines(match[2]) + match[3], html) if "<pre" in html else html


def _lines(code: str) -> str:
    lines = code.split("\n")
    if max(map(len, lines)) <= COLUMNS:
        return code
    made: list[str] = []
    span = ""
    for line in lines:
        before, span = span, _open_span(line, span)
        if (
            len(line) <= COLUMNS
            or (text := unescape(_TAG.sub("", line)))
            and wcswidth(text) in range(COLUMNS + 1)
        ):
            made.append(f"{line}\n")
            continue
        close, again = "</span>" if before else "", "</span>" if span else ""
        made += (f'{close}<span class="long">{before}{piece}{again}</span>{span}' for piece in _cut(line))
    return "".join(made).removesuffix("\n")


def _open_span(line: str, span: str) -> str:
    """The tag of the span that is open at the line's end; none holds another."""
    begins = line.rfind("<span")
    if begins < 0:
        return "" if "</span" in line else span
    return "" if line.rfind("</span") > begins else line[begins : line.index(">", begins) + 1]


def _cut(line: str) -> Iterator[str]:
    """A line in pieces that can be laid out; only plain ones are as long as that."""
    if len(line) <= LONGEST or "<" in line:
        yield line
        return
    letters = _PIECE.findall(line)
    for start in range(0, len(letters), LONGEST):
        yield "".join(letters[start : start + LONGEST])
