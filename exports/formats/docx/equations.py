"""Formulas as Word's own: MathML, as `chat.rendering` makes it, to OMML."""

from __future__ import annotations

import re
from functools import lru_cache

from lxml import etree

from exports.formats.docx.matrices import matrix
from exports.formats.docx.scripts import scripted, summed
from exports.formats.docx.signs import NOTHING, SUMMED, literal, sign, tag_of, text_of, valued
from exports.formats.docx.spans import SCRIPTED, bare, closes, closing, core_of, opens, operand_end, term_end

# Word gives up on what is nested deeper, and so do people.
_DEEPEST = 60
_ROWS = frozenset(["math", "semantics", "mrow", "mstyle", "mpadded", "merror", "mtd"])
_STRIKES = {
    "updiagonalstrike": "strikeBLTR",
    "downdiagonalstrike": "strikeTLBR",
    "horizontalstrike": "strikeH",
}


class TooDeep(Exception):
    """Nobody wrote this formula to be read."""


def equation(mathml: str) -> str:
    """The formula within a line; empty where it cannot be told."""
    made = _converted(mathml, is_display=False) if mathml else ""
    return f"<m:oMath>{made}</m:oMath>" if made else ""


def displayed(mathml: str) -> str:
    """The formula that stands by itself; empty where it cannot be told."""
    made = _converted(mathml, is_display=True) if mathml else ""
    centred = f"<m:oMathParaPr>{valued('jc', 'center')}</m:oMathParaPr>"
    return f"<m:oMathPara>{centred}<m:oMath>{made}</m:oMath></m:oMathPara>" if made else ""


@lru_cache(maxsize=512)
def _converted(mathml: str, *, is_display: bool) -> str:
    try:
        root = etree.fromstring(mathml, etree.XMLParser(resolve_entities=False, no_network=True))
        return Equation(is_display=is_display).of(root)
    except (etree.XMLSyntaxError, TooDeep):
        return ""


class Equation:
    """Converts one formula."""

    def __init__(self, *, is_display: bool) -> None:
        self.is_display = is_display
        self._depth = 0

    def of(self, element: etree._Element) -> str:
        name, children = tag_of(element), list(element)
        if name in _ROWS:
            return self._lined(element)
        if name in SCRIPTED and len(children) >= 2:
            return scripted(self, element)
        match name:
            case "mfrac" if len(children) == 2:
                return self._fraction(element, *children)
            case "msqrt":
                hidden = f"<m:radPr>{valued('degHide', '1')}</m:radPr><m:deg/>"
                return f"<m:rad>{hidden}{self.argument('e', children)}</m:rad>"
            case "mroot" if len(children) == 2:
                base, degree = children
                return f"<m:rad>{self.argument('deg', [degree])}{self.argument('e', [base])}</m:rad>"
            case "mtable":
                return matrix(self, element)
            case "menclose":
                return self._enclosed(element)
            case "mphantom":
                unseen = f"<m:phantPr>{valued('show', '0')}</m:phantPr>"
                return f"<m:phant>{unseen}{self.argument('e', children)}</m:phant>"
            case "mmultiscripts":
                return self._before(children)
            case _:
                return self.row(children) if children else sign(element)

    def _fraction(self, element: etree._Element, above: etree._Element, below: etree._Element) -> str:
        """One above the other; with a line between, but for binomials."""
        has_line = not re.fullmatch(r"0(em|ex|px|pt)?", element.get("linethickness", ""))
        kind = "" if has_line else f"<m:fPr>{valued('type', 'noBar')}</m:fPr>"
        return f"<m:f>{kind}{self.argument('num', [above])}{self.argument('den', [below])}</m:f>"

    def argument(self, name: str, elements: list[etree._Element]) -> str:
        """Elements as a part of a structure."""
        return f"<m:{name}>{self.row(elements) or literal(NOTHING)}</m:{name}>"

    def row(self, elements: list[etree._Element]) -> str:
        """Elements beside each other: brackets that grow with what they hold, sums with their terms."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise TooDeep
        made, at = [], 0
        while at < len(elements):
            element = bare(elements[at])
            if opens(element):
                end = closing(elements, at)
                made.append(self._delimited(elements[at : end + 1]))
                at = end + 1
            elif (core := core_of(element)) is not None and text_of(core) in SUMMED:
                end = term_end(elements, at + 1)
                made.append(summed(self, element, core, elements[at + 1 : end]))
                at = end
            elif core is not None and text_of(core).isalpha() and (end := operand_end(elements, at + 1)):
                name, operand = self.argument("fName", [element]), elements[at + 1 : end]
                made.append(f"<m:func>{name}{self.argument('e', operand)}</m:func>")
                at = end
            else:
                made.append(self.of(element))
                at += 1
        self._depth -= 1
        return "".join(made)

    def _lined(self, element: etree._Element) -> str:
        """A row, with the line above or below it that it may have."""
        side = {"overlined": "top", "underlined": "bot"}.get(element.get("class", ""))
        if not side:
            return self.row(list(element))
        return f"<m:bar><m:barPr>{valued('pos', side)}</m:barPr>{self.argument('e', list(element))}</m:bar>"

    def _delimited(self, elements: list[etree._Element]) -> str:
        """From an opening bracket to its closing one, which may be missing."""
        is_closed = len(elements) > 1 and closes(elements[-1])
        ends = text_of(elements[0]), text_of(elements[-1]) if is_closed else ""
        held = elements[1 : -1 if is_closed else None]
        signs = valued("begChr", ends[0]) + valued("endChr", ends[1])
        return f"<m:d><m:dPr>{signs}</m:dPr>{self.argument('e', held)}</m:d>"

    def _enclosed(self, element: etree._Element) -> str:
        notation = element.get("notation", "")
        held = self.argument("e", list(element))
        strikes = [_STRIKES[one] for one in notation.split() if one in _STRIKES]
        if "box" in notation.split():
            return f"<m:borderBox>{held}</m:borderBox>"
        if not strikes:
            return self.row(list(element))
        order = ("strikeH", "strikeBLTR", "strikeTLBR")
        hidden = "".join(valued(f"hide{side}", "1") for side in ("Top", "Bot", "Left", "Right"))
        lines = "".join(valued(one, "1") for one in order if one in strikes)
        return f"<m:borderBox><m:borderBoxPr>{hidden}{lines}</m:borderBoxPr>{held}</m:borderBox>"

    def _before(self, children: list[etree._Element]) -> str:
        """Scripts before their base."""
        names = [tag_of(child) for child in children]
        if "mprescripts" not in names or names.index("mprescripts") + 2 >= len(children):
            return self.row([child for child in children if tag_of(child) != "mprescripts"])
        at = names.index("mprescripts")
        sub, sup = self.argument("sub", [children[at + 1]]), self.argument("sup", [children[at + 2]])
        return f"<m:sPre>{sub}{sup}{self.argument('e', children[:at])}</m:sPre>"
