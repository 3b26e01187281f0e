"""How far in a row of a formula a bracket, a sum or a function reaches."""

from __future__ import annotations

from lxml import etree

from exports.formats.docx.signs import BARS, CLOSING, OPENING, RELATIONS, gap, tag_of, text_of

SCRIPTED = frozenset(["msub", "msup", "msubsup", "munder", "mover", "munderover"])
_PAIRS = {"(": ")", "[": "]", "{": "}"}


def bare(element: etree._Element) -> etree._Element:
    """The element within what only styles it."""
    while tag_of(element) == "mstyle" and len(element) == 1:
        element = element[0]
    return element


def core_of(element: etree._Element) -> etree._Element | None:
    """The sign that an element is, with or without scripts."""
    base = bare(element[0]) if tag_of(element) in SCRIPTED and len(element) else element
    return base if tag_of(base) == "mo" else None


def opens(element: etree._Element) -> bool:
    """Whether it is a bracket that grows, which a \\big one does not."""
    if tag_of(element) != "mo" or element.get("stretchy") != "true" or element.get("minsize"):
        return False
    form = element.get("form")
    return form == "prefix" or (form is None and text_of(element) in OPENING | BARS)


def closes(element: etree._Element) -> bool:
    if tag_of(element) != "mo" or element.get("stretchy") != "true" or element.get("minsize"):
        return False
    form = element.get("form")
    return form == "postfix" or (form is None and text_of(element) in CLOSING | BARS)


def closing(elements: list[etree._Element], start: int) -> int:
    """Where the bracket at `start` is closed, or the last place."""
    depth = 1
    for place in range(start + 1, len(elements)):
        if closes(elements[place]):
            depth -= 1
            if not depth:
                return place
        elif opens(elements[place]):
            depth += 1
    return len(elements) - 1


def term_end(elements: list[etree._Element], start: int) -> int:
    """Where the term of a sum ends: before the next sign that sets terms apart, or a wide gap."""
    for place in range(start, len(elements)):
        element = elements[place]
        is_apart = tag_of(element) == "mo" and text_of(element) in RELATIONS and place > start
        if is_apart or (tag_of(element) == "mspace" and len(gap(element.get("width", ""))) > 1):
            return place
    return len(elements)


def operand_end(elements: list[etree._Element], start: int) -> int:
    """Where that ends which a function is of: a bracket, one element, another function; 0: of nothing."""
    for place in range(start, len(elements)):
        element = elements[place]
        core = core_of(element)
        if opens(element):
            return closing(elements, place) + 1
        if core is None and tag_of(element) != "mspace":
            return place + 1
        if core is not None and not text_of(core).isalpha():
            return _bracket_end(elements, place) if element is core else 0
    return 0


def _bracket_end(elements: list[etree._Element], start: int) -> int:
    """Where the bracket at `start`, which does not grow, is closed; 0: it is none."""
    opening = text_of(elements[start])
    depth = 0
    for place in range(start, len(elements) if opening in _PAIRS else start):
        core = core_of(elements[place])
        text = text_of(core) if core is not None else ""
        depth += (text == opening) - (text == _PAIRS[opening])
        if not depth:
            return place + 1
    return 0
