"""The typed blocks of a message as lines of plain text, as a person would type them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from exports.content.blocks import (
    Block,
    Break,
    Code,
    Definitions,
    Formula,
    Heading,
    Inline,
    Item,
    Link,
    Listing,
    Maths,
    NoteMark,
    Notes,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
)
from exports.formats.columns import TAB, close, fit, width_of, wrapped
from exports.formats.grids import grid

NARROWEST = 20
"""Columns that a text keeps however deep it is nested."""
_UNDERLINES = {1: "~", 2: "."}
_MARKS = (("code", "`"), ("del", "~~"))


def lines_of(blocks: Iterable[Block], width: int) -> list[str]:
    """With a blank line between two blocks."""
    made: list[str] = []
    width = max(width, NARROWEST)
    for number, block in enumerate(blocks):
        if number:
            made.append("")
        make: Callable[[Any, int], list[str]] = _MAKERS[type(block)]
        made += make(block, width)
    return made


def code_lines(source: str) -> list[str]:
    """Set in, and never wrapped."""
    lines = fit(source).removesuffix("\n").expandtabs(TAB).split("\n")
    return [f"    {line}" if line.strip() else "" for line in lines]


def quoted(lines: Iterable[str]) -> list[str]:
    return [f"> {line}".rstrip(" ") for line in lines]


def words_of(line: Sequence[Inline]) -> str:
    """A line's words; it has line ends where they are meant."""
    said = "".join(map(_inline, line))
    return "\n".join([part.strip(" ") for part in said.split("\n")])


def _inline(piece: Inline) -> str:
    if isinstance(piece, Run):
        text = close(fit(piece.text))
        return _marked(text, piece.marks) if piece.marks else text
    match piece:
        case Break():
            return "\n"
        case Link(url, runs, is_picture):
            return _link(words_of(runs), close(fit(url)), is_picture=is_picture)
        case Formula(source):
            return f"${close(fit(source))}$"
        case NoteMark(number):
            return f"[{number}]"


def _marked(text: str, marks: Iterable[str]) -> str:
    """What was only stressed reads as well without signs; what was struck out does not."""
    for mark, sign in _MARKS:
        if mark in marks:
            text = f"{sign}{text}{sign}"
    return text


def _link(words: str, url: str, *, is_picture: bool) -> str:
    if is_picture:
        return f"[{_('Picture: %(words)s') % {'words': words}}] <{url}>" if words != url else f"<{url}>"
    if words in (url, url.removeprefix("mailto:"), url.removeprefix("https://")):
        return words
    return f"{words} <{url}>"


def _paragraph(block: Paragraph, width: int) -> list[str]:
    return wrapped(words_of(block.line), width)


def _heading(block: Heading, width: int) -> list[str]:
    lines = wrapped(words_of(block.line).replace("\n", " "), width)
    return [*lines, _UNDERLINES.get(block.level, ".") * max(map(width_of, lines))]


def _code(block: Code, _width: int) -> list[str]:
    return code_lines(block.source)


def _maths(block: Maths, _width: int) -> list[str]:
    return code_lines(block.formula.source)


def _quote(block: Quote, width: int) -> list[str]:
    return quoted(lines_of(block.blocks, width - 2))


def _list(block: Listing, width: int) -> list[str]:
    made: list[str] = []
    last = 0 if block.start is None else block.start + len(block.items) - 1
    indent = 2 if block.start is None else len(f"{last}. ")
    for number, item in enumerate(block.items):
        mark = "- " if block.start is None else f"{block.start + number}. "
        if number and block.is_loose:
            made.append("")
        made += _hung(mark.ljust(indent), _item(item, width - indent, is_loose=block.is_loose))
    return made


def _item(item: Item, width: int, *, is_loose: bool) -> list[str]:
    box = "" if item.is_done is None else "[x] " if item.is_done else "[ ] "
    first, rest = item.blocks[:1], item.blocks[1:]
    made = _hung(box, lines_of(first, width - len(box)))
    for block in rest:
        if is_loose or not isinstance(block, Listing):
            made.append("")
        made += lines_of([block], width)
    return made


def _hung(mark: str, lines: list[str]) -> list[str]:
    """The first line behind the mark, the others below it."""
    if not mark:
        return lines
    below = " " * len(mark)
    first, *others = lines or [""]
    return [f"{mark}{first}".rstrip(" "), *[f"{below}{line}".rstrip(" ") for line in others]]


def _table(block: Table, width: int) -> list[str]:
    rows = [[words_of(cell) for cell in row] for row in block.rows]
    return grid([words_of(cell) for cell in block.head], rows, block.aligns, width)


def _definitions(block: Definitions, width: int) -> list[str]:
    made: list[str] = []
    for number, (terms, meanings) in enumerate(block.entries):
        if number:
            made.append("")
        for term in terms:
            made += wrapped(words_of(term), width)
        made += _hung("    ", lines_of(meanings, width - 4))
    return made


def _notes(block: Notes, width: int) -> list[str]:
    made: list[str] = []
    indent = len(f"[{len(block.notes)}] ")
    for number, note in enumerate(block.notes, 1):
        made += _hung(f"[{number}] ".ljust(indent), lines_of(note, width - indent))
    return made


def _rule(_block: Rule, width: int) -> list[str]:
    return ["─" * width]


_MAKERS: dict[type[Block], Callable[..., list[str]]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Code: _code,
    Maths: _maths,
    Quote: _quote,
    Listing: _list,
    Table: _table,
    Definitions: _definitions,
    Notes: _notes,
    Rule: _rule,
}
