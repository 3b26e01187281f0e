"""Reads a line of a message from its HTML: its words with their looks, links, formulas, marks of notes.

Every line of a long conversation comes by here, so it is read into one list, by as few calls as will do.
"""

from __future__ import annotations

from copy import deepcopy

from lxml import etree

from exports.content.blocks import PLAIN, Break, Formula, Inline, Line, Link, Mark, NoteMark, Run

_MARKS: dict[str, frozenset[Mark]] = {
    "strong": frozenset({"strong"}),
    "em": frozenset({"em"}),
    "del": frozenset({"del"}),
    "code": frozenset({"code"}),
}
_UNSAID = frozenset(["input", "button"])


def line_of(element: etree._Element) -> Line:
    """All that is in the element."""
    if not len(element):
        words = (element.text or "").strip()
        return (Run(words),) if words else ()
    line: list[Inline] = []
    _add_all(line, element, PLAIN)
    return trimmed(line)


def add_inline(line: list[Inline], element: etree._Element, marks: frozenset[Mark] = PLAIN) -> None:
    """What the element itself is, without what comes after it."""
    tag = element.tag
    if mark := _MARKS.get(tag):
        _add_all(line, element, marks | mark)
    elif tag == "a":
        _add_link(line, element, marks)
    elif tag == "br":
        line.append(Break())
    elif tag == "math":
        line.append(formula_of(element))
    elif tag not in _UNSAID:
        _add_all(line, element, marks)


def _add_all(line: list[Inline], element: etree._Element, marks: frozenset[Mark]) -> None:
    if text := element.text:
        line.append(Run(text, marks))
    for child in element:
        add_inline(line, child, marks)
        if text := child.tail:
            line.append(Run(text, marks))


def _add_link(line: list[Inline], element: etree._Element, marks: frozenset[Mark]) -> None:
    role = element.get("role")
    if role == "doc-noteref":
        line.append(NoteMark(int(words_in(element))))
    elif role != "doc-backlink":
        within: list[Inline] = []
        _add_all(within, element, marks)
        runs = tuple(piece for piece in within if isinstance(piece, Run | Break | Formula))
        line.append(Link(element.get("href", ""), runs, has_class(element, "remote")))


def trimmed(line: list[Inline]) -> Line:
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


def formula_of(element: etree._Element) -> Formula:
    source = element.findtext(".//annotation", "")
    kept = deepcopy(element)
    etree.strip_elements(kept, "annotation", with_tail=False)
    mathml = etree.tostring(kept, encoding="unicode", with_tail=False)
    return Formula(source, mathml, element.get("display") == "block")


def words_in(element: etree._Element) -> str:
    """All its text, whatever it is in."""
    return "".join(map(str, element.itertext()))


def has_class(element: etree._Element, name: str) -> bool:
    return name in element.get("class", "").split()
