"""Reads the blocks of a message from the HTML that is kept with it, not from its source.

So a table, a note or a formula is in every format what it is on the page, and nothing is parsed or
highlighted twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy

from lxml import etree, html

from exports.content.blocks import (
    PLAIN,
    Align,
    Block,
    Break,
    Code,
    Definitions,
    Formula,
    Heading,
    Inline,
    Item,
    Line,
    Link,
    Listing,
    Mark,
    Maths,
    NoteMark,
    Notes,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
)

_PARSER = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
_MARKS: dict[str, Mark] = {"strong": "strong", "em": "em", "del": "del", "code": "code"}
_TOP = 3
"""The level of heading with which the text of a message begins."""


def blocks_of(source: str) -> tuple[Block, ...]:
    """The blocks of HTML that `chat.rendering` made."""
    if not source.strip():
        return ()
    root = html.fragment_fromstring(source, create_parent="div", parser=_PARSER)
    return tuple(_blocks(root))


def _blocks(parent: html.HtmlElement) -> Iterator[Block]:
    """Of what is in `parent`; words that are in no block are a paragraph."""
    loose: list[Inline] = list(_text(parent.text, PLAIN))
    for element in parent:
        make = _MAKERS.get(element.tag)
        if make is None:
            loose += _inline(element, PLAIN)
        else:
            yield from _paragraph(loose)
            loose = []
            yield from make(element)
        loose += _text(element.tail, PLAIN)
    yield from _paragraph(loose)


def _paragraph(line: list[Inline]) -> Iterator[Paragraph]:
    trimmed = _trimmed(line)
    if trimmed:
        yield Paragraph(trimmed)


def _lines(element: html.HtmlElement) -> Line:
    return _trimmed(list(_within(element, PLAIN)))


def _within(element: html.HtmlElement, marks: frozenset[Mark]) -> Iterator[Inline]:
    yield from _text(element.text, marks)
    for child in element:
        yield from _inline(child, marks)
        yield from _text(child.tail, marks)


def _inline(element: html.HtmlElement, marks: frozenset[Mark]) -> Iterator[Inline]:
    tag = element.tag
    if tag == "br":
        yield Break()
    elif tag == "a":
        role = element.get("role")
        if role == "doc-noteref":
            yield NoteMark(int(element.text_content()))
        elif role != "doc-backlink":
            runs = tuple(one for one in _within(element, marks) if isinstance(one, Run | Break | Formula))
            yield Link(element.get("href", ""), runs, "remote" in element.classes)
    elif tag == "math":
        yield _formula(element)
    elif tag in _MARKS:
        yield from _within(element, marks | {_MARKS[tag]})
    elif tag not in ("input", "button"):
        yield from _within(element, marks)


def _text(text: str | None, marks: frozenset[Mark]) -> Iterator[Run]:
    if text:
        yield Run(text, marks)


def _trimmed(line: list[Inline]) -> Line:
    """Without the white space at either end."""
    while line and isinstance(first := line[0], Run) and "code" not in first.marks:
        text = first.text.lstrip()
        if text:
            line[0] = Run(text, first.marks)
            break
        del line[0]
    while line and isinstance(last := line[-1], Run) and "code" not in last.marks:
        text = last.text.rstrip()
        if text:
            line[-1] = Run(text, last.marks)
            break
        del line[-1]
    return tuple(line)


def _formula(element: html.HtmlElement) -> Formula:
    source = element.findtext(".//annotation", "")
    kept = deepcopy(element)
    for annotation in kept.findall(".//annotation"):
        annotation.drop_tree()
    mathml = etree.tostring(kept, encoding="unicode", with_tail=False)
    return Formula(source, mathml, element.get("display") == "block")


def _heading(element: html.HtmlElement) -> Iterator[Block]:
    yield Heading(int(element.tag[1]) - _TOP + 1, _lines(element))


def _make_paragraph(element: html.HtmlElement) -> Iterator[Block]:
    yield from _paragraph(list(_within(element, PLAIN)))


def _plain(element: html.HtmlElement) -> Iterator[Block]:
    """What could not be read as Markdown."""
    yield Code("text", "", (("", element.text_content()),))


def _figure(element: html.HtmlElement) -> Iterator[Block]:
    code = element.find("pre/code")
    pieces: list[tuple[str, str]] = []
    if code.text:
        pieces.append(("", code.text))
    for span in code:
        pieces.append((span.get("class", ""), span.text_content()))
        if span.tail:
            pieces.append(("", span.tail))
    name = element.findtext("figcaption/span") or ""
    yield Code(element.get("data-lang", ""), name, tuple(pieces))


def _division(element: html.HtmlElement) -> Iterator[Block]:
    if "maths" in element.classes:
        formula = element.find("math")
        found = _formula(formula) if formula is not None else Formula(element.text_content(), "")
        yield Maths(Formula(found.source, found.mathml, is_display=True))
    elif (table := element.find("table")) is not None:
        yield _table(table)
    else:
        yield from _blocks(element)


def _table(element: html.HtmlElement) -> Table:
    head, *rows = element.iter("tr")
    heads = tuple(_lines(cell) for cell in head)
    aligns: tuple[Align, ...] = tuple(cell.get("align", "") for cell in head)
    missing: Line = ()
    made = []
    for row in rows:
        cells = [_lines(cell) for cell in row][: len(heads)]
        made.append((*cells, *[missing] * (len(heads) - len(cells))))
    return Table(aligns, heads, tuple(made))


def _quote(element: html.HtmlElement) -> Iterator[Block]:
    yield Quote(tuple(_blocks(element)))


def _list(element: html.HtmlElement) -> Iterator[Block]:
    start = int(element.get("start", 1)) if element.tag == "ol" else None
    is_loose = any(child.tag == "p" for item in element for child in item)
    yield Listing(tuple(_item(item) for item in element), start, is_loose)


def _item(element: html.HtmlElement) -> Item:
    box = element.find("input")
    is_done = None if box is None else box.get("checked") is not None
    return Item(tuple(_blocks(element)), is_done)


def _definitions(element: html.HtmlElement) -> Iterator[Block]:
    entries: list[tuple[list[Line], list[Block]]] = []
    for child in element:
        if child.tag == "dt":
            if not entries or entries[-1][1]:
                entries.append(([], []))
            entries[-1][0].append(_lines(child))
        elif entries:
            entries[-1][1].extend(_blocks(child))
    yield Definitions(tuple((tuple(terms), tuple(blocks)) for terms, blocks in entries))


def _notes(element: html.HtmlElement) -> Iterator[Block]:
    yield Notes(tuple(tuple(_blocks(note)) for note in element.iterfind("ol/li")))


def _rule(_element: html.HtmlElement) -> Iterator[Block]:
    yield Rule()


_MAKERS = {
    "p": _make_paragraph,
    **dict.fromkeys(("h3", "h4", "h5", "h6"), _heading),
    "pre": _plain,
    "figure": _figure,
    "div": _division,
    "blockquote": _quote,
    **dict.fromkeys(("ul", "ol"), _list),
    "dl": _definitions,
    "section": _notes,
    "hr": _rule,
}
