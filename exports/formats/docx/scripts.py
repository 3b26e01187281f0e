"""What stands above, below and beside: scripts, limits, accents, braces, and sums with theirs."""

from __future__ import annotations

from typing import Protocol

from lxml import etree

from exports.formats.docx.signs import ACCENTS, BRACES, tag_of, text_of, valued

_PLACES = {
    "msub": ("sub",), "munder": ("sub",), "msup": ("sup",), "mover": ("sup",),
    "msubsup": ("sub", "sup"), "munderover": ("sub", "sup"),
}  # fmt: skip
_BESIDE = {("sub",): "sSub", ("sup",): "sSup", ("sub", "sup"): "sSubSup"}


class Converter(Protocol):
    is_display: bool

    def argument(self, name: str, elements: list[etree._Element]) -> str:
        """Elements as a part of a structure."""


def scripted(formula: Converter, element: etree._Element) -> str:
    """A base with its scripts or limits."""
    base, *others = element
    name = tag_of(element)
    mark = text_of(others[0])
    if name in ("mover", "munder") and tag_of(others[0]) == "mo":
        if mark in BRACES:
            return _braced(formula, base, mark)
        if mark in ACCENTS and name == "mover":
            held = formula.argument("e", [base])
            return f"<m:acc><m:accPr>{valued('chr', ACCENTS[mark])}</m:accPr>{held}</m:acc>"
    # Below "lim" also within a line, as Word itself sets it.
    is_limit = name.startswith(("mu", "mo"))
    return _limits(formula, name, base, others) if is_limit else _beside(formula, name, base, others)


def summed(
    formula: Converter, element: etree._Element, core: etree._Element, term: list[etree._Element]
) -> str:
    """A sum, an integral or the like with its limits and its term."""
    name = tag_of(element)
    limits = dict(zip(_PLACES.get(name, ()), list(element)[1:], strict=False))
    is_above = name.startswith(("mu", "mo")) and len(element) > 0 and formula.is_display
    properties = valued("chr", text_of(core)) + valued("limLoc", "undOvr" if is_above else "subSup")
    for place in ("sub", "sup"):
        properties += "" if place in limits else valued(f"{place}Hide", "1")
    parts = "".join(
        formula.argument(place, [limits[place]]) if place in limits else f"<m:{place}/>"
        for place in ("sub", "sup")
    )
    return f"<m:nary><m:naryPr>{properties}</m:naryPr>{parts}{formula.argument('e', term)}</m:nary>"


def _beside(formula: Converter, name: str, base: etree._Element, others: list[etree._Element]) -> str:
    places = _PLACES[name]
    parts = "".join(formula.argument(place, [one]) for place, one in zip(places, others, strict=False))
    kind = _BESIDE[places]
    return f"<m:{kind}>{formula.argument('e', [base])}{parts}</m:{kind}>"


def _limits(formula: Converter, name: str, base: etree._Element, others: list[etree._Element]) -> str:
    made = formula.argument("e", [base])
    for place, one in zip(_PLACES[name], others, strict=False):
        kind = "limLow" if place == "sub" else "limUpp"
        made = f"<m:{kind}>{made}{formula.argument('lim', [one])}</m:{kind}>"
        if place == "sub" and len(others) > 1:
            made = f"<m:e>{made}</m:e>"
    return made


def _braced(formula: Converter, base: etree._Element, mark: str) -> str:
    side = BRACES[mark]
    other = "bot" if side == "top" else "top"
    properties = valued("chr", mark) + valued("pos", side) + valued("vertJc", other)
    return (
        f"<m:groupChr><m:groupChrPr>{properties}</m:groupChrPr>{formula.argument('e', [base])}</m:groupChr>"
    )
