"""The blocks of a message as paragraphs and tables, wherever they stand: in text, list or note."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

from exports.content.blocks import (
    Block,
    Code,
    Definitions,
    Heading,
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
from exports.formats.docx.code import code
from exports.formats.docx.equations import displayed
from exports.formats.docx.inlines import Inlines, is_rtl
from exports.formats.docx.markup import BREAK, paragraph, run
from exports.formats.docx.numbering import BULLETS, LEVELS, STEP, Numbering, numbered
from exports.formats.docx.places import TOP, Place
from exports.formats.docx.tables import table

# Twentieths of a point by which a quotation stands further in.
_QUOTE_STEP = 360
# Between two blocks of code, or they would be one.
_BETWEEN = '<w:p><w:pPr><w:pStyle w:val="Spacer"/><w:spacing w:line="20" w:lineRule="exact"/></w:pPr></w:p>'
# The bar of a quotation on the side from which one reads.
_TURNED = (
    '<w:pBdr><w:left w:val="nil"/><w:right w:val="single" w:sz="18" w:space="9" w:color="BECACA"/></w:pBdr>'
)
_EMPTY_LINE: Line = ()


class Story:
    """Writes the blocks of one part of the document.

    `heading` writes one of a level from 1: the line, the same as runs, and how far in it stands.
    """

    def __init__(
        self, inlines: Inlines, numbering: Numbering, heading: Callable[[int, Line, str, str], str]
    ) -> None:
        self.inlines = inlines
        self._numbering = numbering
        self._make_heading = heading
        self._makers: dict[type[Any], Callable[[Any, Place], str]] = {
            Paragraph: self._paragraph,
            Heading: self._heading,
            Code: self._code,
            Maths: self._maths,
            Quote: self._quote,
            Listing: self._list,
            Table: self._table,
            Definitions: self._definitions,
            Rule: self._rule,
            Notes: self._nothing,
        }

    def of(self, blocks: Iterable[Block], place: Place = TOP, sign: str = "") -> str:
        """`sign`: runs with which the first paragraph begins."""
        made = []
        last: Block | None = None
        if sign:
            found = tuple(blocks)
            line = found[0].line if found and isinstance(found[0], Paragraph) else None
            made.append(self._line(line or (), place, sign))
            blocks = found[1:] if line is not None else found
        for block in blocks:
            if isinstance(last, Code) and isinstance(block, Code):
                made.append(_BETWEEN)
            made.append(self._makers[type(block)](block, place))
            last = block
        return "".join(made)

    def _paragraph(self, block: Paragraph, place: Place) -> str:
        return self._line(block.line, place)

    def _line(self, line: Line, place: Place, sign: str = "") -> str:
        rtl = is_rtl(line)
        content = sign + self.inlines.of(line, is_rtl=rtl)
        frame = _TURNED if rtl and place.style == "Quote" else ""
        return paragraph(content, place.style, is_rtl=rtl, frame=frame, indent=place.indent)

    def _heading(self, block: Heading, place: Place) -> str:
        content = self.inlines.of(block.line, style="", is_rtl=is_rtl(block.line))
        return self._make_heading(block.level, block.line, content, place.indent)

    def _code(self, block: Code, place: Place) -> str:
        return code(block, left=place.left)

    def _maths(self, block: Maths, place: Place) -> str:
        made = displayed(block.formula.mathml)
        if not made:
            return self._code(Code("latex", "", (("", block.formula.source),)), place)
        return paragraph(made, "Equation", indent=place.indent)

    def _quote(self, block: Quote, place: Place) -> str:
        return self.of(block.blocks, place.deeper(_QUOTE_STEP, style="Quote"))

    def _table(self, block: Table, place: Place) -> str:
        return table(block, self.inlines, left=place.left)

    def _rule(self, _block: Rule, _place: Place) -> str:
        return paragraph("", "Rule")

    def _nothing(self, _block: Notes, _place: Place) -> str:
        """Footnotes are told where they are marked."""
        return ""

    def _definitions(self, block: Definitions, place: Place) -> str:
        made = []
        for terms, blocks in block.entries:
            for term in terms:
                rtl = is_rtl(term)
                content = self.inlines.of(term, is_rtl=rtl)
                made.append(
                    paragraph(content, "DefinitionTerm", is_rtl=rtl, is_kept=True, indent=place.indent)
                )
            made.append(self.of(blocks, place.deeper(STEP, style=place.inner_style)))
        return "".join(made)

    def _list(self, block: Listing, place: Place) -> str:
        level = min(place.level, LEVELS - 1)
        instance = BULLETS
        if block.start is not None:
            instance = self._numbering.begin(level, block.start, len(block.items))
        style = "ListBullet" if block.start is None else "ListNumber"
        head = _Head("", numbered(instance, level), style, block.is_loose)
        inner = place.deeper(STEP, level=place.level + 1, style=place.inner_style)
        is_end = place.is_end or not place.level
        made = []
        for number, item in enumerate(block.items, block.start or 0):
            sign = _TASKS.get(item.is_done) or ("" if instance else f"{number}.")
            own = replace(head, sign=sign, number="") if sign else head
            made.append(self._item(item, inner, own, is_end=is_end and item is block.items[-1]))
        return "".join(made)

    def _item(self, item: Item, inner: Place, head: _Head, *, is_end: bool) -> str:
        first, *rest = item.blocks or (None,)
        line = first.line if isinstance(first, Paragraph) else _EMPTY_LINE
        others = rest if isinstance(first, Paragraph) else item.blocks
        rtl = is_rtl(line)
        sign = f"{run(head.sign, style='ListSign')}<w:r><w:tab/></w:r>" if head.sign else ""
        made = paragraph(
            sign + self.inlines.of(line, is_rtl=rtl),
            head.style,
            number=head.number,
            is_rtl=rtl,
            indent=head.indent(inner.left, is_end=is_end),
            is_kept=bool(others),
        )
        if not others:
            return made
        return made + self.of(others[:-1], inner) + self.of(others[-1:], replace(inner, is_end=is_end))


_TASKS = {None: "", True: "☑", False: "☐"}


@dataclass(frozen=True, slots=True)
class _Head:
    """How the first paragraph of an item begins; `sign` is text in place of a bullet or a number."""

    sign: str
    number: str
    style: str
    is_loose: bool

    def indent(self, left: int, *, is_end: bool) -> str:
        room = '<w:spacing w:after="130"/>' if self.is_loose or is_end else ""
        return f'{room}<w:ind w:left="{left}" w:hanging="{STEP}"/>'


def words(text: str, style: str) -> str:
    """A paragraph of plain text; its line ends are kept."""
    line = tuple(map(Run, text.splitlines()))
    rtl = is_rtl(line)
    return paragraph(BREAK.join(run(one.text, is_rtl=rtl) for one in line), style, is_rtl=rtl)
