"""The typed blocks of a message as lines of plain text, as a person would type them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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


def lines_of(blocks: Iterable[Block], width: int) -> Iterator[str]:
    """With a blank line between two blocks."""
    for number, block in enumerate(blocks):
        if number:
            yield ""
        make: Callable[[Any, int], Iterator[str]] = _MAKERS[type(block)]
        yield from make(block, max(width, NARROWEST))


def code_lines(source: str) -> Iterator[str]:
    """Set in, and never wrapped."""
    for line in fit(source).removesuffix("\n").split("\n"):
        yield f"    {line.expandtabs(TAB)}" if line.strip() else ""


def quoted(lines: Iterable[str]) -> Iterator[str]:
    return (f"> {line}".rstrip(" ") for line in lines)


def words_of(line: Sequence[Inline]) -> str:
    """A line's words; it has line ends where they are meant."""
    said = "".join(map(_inline, line))
    return "\n".join(part.strip(" ") for part in said.split("\n"))


def _inline(piece: Inline) -> str:
    match piece:
        case Run(text, marks):
            return _marked(close(fit(text)), marks)
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


def _paragraph(block: Paragraph, width: int) -> Iterator[str]:
    yield from wrapped(words_of(block.line), width)


def _heading(block: Heading, width: int) -> Iterator[str]:
    lines = wrapped(words_of(block.line).replace("\n", " "), width)
    yield from lines
    yield _UNDERLINES.get(block.level, ".") * max(map(width_of, lines))


def _code(block: Code, _width: int) -> Iterator[str]:
    yield from code_lines(block.source)


def _maths(block: Maths, _width: int) -> Iterator[str]:
    yield from code_lines(block.formula.source)


def _quote(block: Quote, width: int) -> Iterator[str]:
    yield from quoted(lines_of(block.blocks, width - 2))


def _list(block: Listing, width: int) -> Iterator[str]:
    last = 0 if block.start is None else block.start + len(block.items) - 1
    indent = 2 if block.start is None else len(f"{last}. ")
    for number, item in enumerate(block.items):
        mark = "- " if block.start is None else f"{block.start + number}. "
        if number and block.is_loose:
            yield ""
        yield from _hung(mark.ljust(indent), _item(item, width - indent, is_loose=block.is_loose))


def _item(item: Item, width: int, *, is_loose: bool) -> Iterator[str]:
    box = "" if item.is_done is None else "[x] " if item.is_done else "[ ] "
    first, rest = item.blocks[:1], item.blocks[1:]
    yield from _hung(box, lines_of(first, width - len(box)))
    for block in rest:
        if is_loose or not isinstance(block, Listing):
            yield ""
        yield from lines_of([block], width)


def _hung(mark: str, lines: Iterable[str]) -> Iterator[str]:
    """The first line behind the mark, the others below it."""
    begin = mark
    for line in lines:
        yield f"{begin}{line}".rstrip(" ")
        begin = " " * len(mark)
    if begin is mark and mark:
        yield mark.rstrip(" ")


def _table(block: Table, width: int) -> Iterator[str]:
    rows = [[words_of(cell) for cell in row] for row in block.rows]
    yield from grid([words_of(cell) for cell in block.head], rows, block.aligns, width)


def _definitions(block: Definitions, width: int) -> Iterator[str]:
    for number, (terms, meanings) in enumerate(block.entries):
        if number:
            yield ""
        for term in terms:
            yield from wrapped(words_of(term), width)
        yield from _hung("    ", lines_of(meanings, width - 4))


def _notes(block: Notes, width: int) -> Iterator[str]:
    indent = len(f"[{len(block.notes)}] ")
    for number, note in enumerate(block.notes, 1):
        yield from _hung(f"[{number}] ".ljust(indent), lines_of(note, width - indent))


def _rule(_block: Rule, width: int) -> Iterator[str]:
    yield "─" * width


_MAKERS: dict[type[Block], Callable[..., Iterator[str]]] = {
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
