"""Reads the blocks of a message from the HTML that is kept with it, not from its source.

So a table, a note or a formula is in every format what it is on the page, and nothing is parsed or
highlighted twice.
"""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from exports.content.blocks import (
    Align,
    Block,
    Code,
    Definitions,
    Formula,
    Heading,
    Inline,
    Item,
    Line,
    Listing,
    Maths,
    Notes,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
)
from exports.content.inlines import add_inline, formula_of, has_class, line_of, trimmed, words_in

# `lxml.html` has a class for each element, which takes twice as long.
_PARSER = etree.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
_ALIGNS: dict[str, Align] = {"left": "left", "right": "right", "center": "center"}
_TOP = 3
"""The level of heading with which the text of a message begins."""


def blocks_of(source: str) -> tuple[Block, ...]:
    """The blocks of HTML that `chat.rendering` made."""
    if not source.strip():
        return ()
    [body] = etree.fromstring(f"<html><body>{source}", _PARSER)
    return _blocks(body)


def _blocks(parent: etree._Element) -> tuple[Block, ...]:
    """Of what is in `parent`; words that are in no block are a paragraph."""
    made: list[Block] = []
    loose: list[Inline] = []
    if text := parent.text:
        loose.append(Run(text))
    for element in parent:
        if make := _MAKERS.get(element.tag):
            if loose:
                _end_paragraph(loose, made)
                loose = []
            make(element, made)
        else:
            add_inline(loose, element)
        if (text := element.tail) and (loose or not text.isspace()):
            loose.append(Run(text))
    if loose:
        _end_paragraph(loose, made)
    return tuple(made)


def _end_paragraph(line: list[Inline], made: list[Block]) -> None:
    if words := trimmed(line):
        made.append(Paragraph(words))


def _add_paragraph(element: etree._Element, made: list[Block]) -> None:
    if line := line_of(element):
        made.append(Paragraph(line))


def _add_heading(element: etree._Element, made: list[Block]) -> None:
    made.append(Heading(int(element.tag[1]) - _TOP + 1, line_of(element)))


def _add_plain(element: etree._Element, made: list[Block]) -> None:
    """What could not be read as Markdown."""
    made.append(Code("text", "", (("", words_in(element)),)))


def _add_figure(element: etree._Element, made: list[Block]) -> None:
    caption, pre = element
    [code] = pre
    pieces: list[tuple[str, str]] = []
    if text := code.text:
        pieces.append(("", text))
    for span in code:
        pieces.append((span.get("class", ""), span.text or ""))
        if text := span.tail:
            pieces.append(("", text))
    made.append(Code(element.get("data-lang", ""), caption[0].text or "", tuple(pieces)))


def _add_division(element: etree._Element, made: list[Block]) -> None:
    if has_class(element, "maths"):
        formula = element.find("math")
        found = formula_of(formula) if formula is not None else Formula(words_in(element), "")
        made.append(Maths(Formula(found.source, found.mathml, is_display=True)))
    elif (table := element.find("table")) is not None:
        made.append(_table(table))
    else:
        made.extend(_blocks(element))


def _table(element: etree._Element) -> Table:
    head, *rows = element.iter("tr")
    heads = tuple(map(line_of, head))
    aligns = tuple(_ALIGNS.get(cell.get("align", ""), "") for cell in head)
    missing: Line = ()
    made = []
    for row in rows:
        cells = [line_of(cell) for cell in row][: len(heads)]
        made.append((*cells, *[missing] * (len(heads) - len(cells))))
    return Table(aligns, heads, tuple(made))


def _add_quote(element: etree._Element, made: list[Block]) -> None:
    made.append(Quote(_blocks(element)))


def _add_list(element: etree._Element, made: list[Block]) -> None:
    start = int(element.get("start", 1)) if element.tag == "ol" else None
    items = list(element)
    is_loose = any(next(item.iterchildren("p"), None) is not None for item in items)
    made.append(Listing(tuple(map(_item, items)), start, is_loose))


def _item(element: etree._Element) -> Item:
    box = next(element.iterchildren("input"), None)
    is_done = None if box is None else box.get("checked") is not None
    return Item(_blocks(element), is_done)


def _add_definitions(element: etree._Element, made: list[Block]) -> None:
    entries: list[tuple[list[Line], list[Block]]] = []
    for child in element:
        if child.tag == "dt":
            if not entries or entries[-1][1]:
                entries.append(([], []))
            entries[-1][0].append(line_of(child))
        elif entries:
            entries[-1][1].extend(_blocks(child))
    made.append(Definitions(tuple((tuple(terms), tuple(blocks)) for terms, blocks in entries)))


def _add_notes(element: etree._Element, made: list[Block]) -> None:
    made.append(Notes(tuple(_blocks(note) for note in element.iterfind("ol/li"))))


def _add_rule(_element: etree._Element, made: list[Block]) -> None:
    made.append(Rule())


_MAKERS: dict[str, Callable[[etree._Element, list[Block]], None]] = {
    "p": _add_paragraph,
    **dict.fromkeys(("h3", "h4", "h5", "h6"), _add_heading),
    "pre": _add_plain,
    "figure": _add_figure,
    "div": _add_division,
    "blockquote": _add_quote,
    **dict.fromkeys(("ul", "ol"), _add_list),
    "dl": _add_definitions,
    "section": _add_notes,
    "hr": _add_rule,
}
