"""Tables: columns as wide as their words want, a head that each page repeats, short rows in one piece."""

from __future__ import annotations

from itertools import chain, islice

from wcwidth import wcswidth

from exports.content.blocks import Align, Line, Table, plain_of
from exports.formats.docx.inlines import Inlines, is_rtl
from exports.formats.docx.markup import paragraph

WIDTH = 9400
"""Of the text on a page, in twentieths of a point."""
SPACER = '<w:p><w:pPr><w:pStyle w:val="Spacer"/></w:pPr></w:p>'
# Word reads no table of more than 63 columns, and nobody one of more than these.
_MOST_COLUMNS = 14
_SMALL_FROM = 8
# Rows that are looked at for the width of a column.
_LOOKED_AT = 60
_LETTER, _PADDING, _LEAST = 105, 230, 330
# Of a row, beyond which it may go over to the next page: what its words take, and each of its cells.
_SHORT, _CELL = 1000, 260


def table(block: Table, inlines: Inlines, *, left: int = 0) -> str:
    """The table; one of very many columns as several, one below the other."""
    count = len(block.head)
    return "".join(
        _slice(block, inlines, slice(at, at + _MOST_COLUMNS), left) + SPACER
        for at in range(0, count, _MOST_COLUMNS)
    )


def _slice(block: Table, inlines: Inlines, part: slice, left: int) -> str:
    head, aligns = block.head[part], block.aligns[part]
    widths = _widths([head, *islice((row[part] for row in block.rows), _LOOKED_AT)], WIDTH - left)
    style = "SmallTableText" if len(head) >= _SMALL_FROM else "TableText"
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    rows = [_row(head, widths, aligns, inlines, style, is_head=True)]
    rows += [_row(row[part], widths, aligns, inlines, style) for row in block.rows]
    is_turned = is_rtl(chain.from_iterable(head))
    properties = _properties(sum(widths), left, is_turned=is_turned)
    return f"<w:tbl>{properties}<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def _properties(width: int, left: int, *, is_turned: bool) -> str:
    return (
        '<w:tblPr><w:tblStyle w:val="ParleyTable"/>'
        + "<w:bidiVisual/>" * is_turned
        + f'<w:tblW w:w="{width}" w:type="dxa"/>'
        + f'<w:tblInd w:w="{left}" w:type="dxa"/>' * bool(left)
        + '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0420" w:firstRow="1" w:lastRow="0" '
        'w:firstColumn="0" w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr>'
    )


def _row(
    cells: tuple[Line, ...],
    widths: list[int],
    aligns: tuple[Align, ...],
    inlines: Inlines,
    style: str,
    *,
    is_head: bool = False,
) -> str:
    made = "".join(
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>'
        f"{_cell(cell, align, inlines, style)}</w:tc>"
        for cell, width, align in zip(cells, widths, aligns, strict=True)
    )
    is_short = is_head or len(made) < _SHORT + _CELL * len(cells)
    properties = "<w:cantSplit/>" * is_short + "<w:tblHeader/>" * is_head
    return f"<w:tr>{f'<w:trPr>{properties}</w:trPr>' if properties else ''}{made}</w:tr>"


def _cell(line: Line, align: Align, inlines: Inlines, style: str) -> str:
    rtl = is_rtl(line)
    # Word counts "left" and "right" from where the paragraph begins.
    side: str = {"left": "right", "right": "left"}.get(align, align) if rtl else align
    return paragraph(inlines.of(line, is_rtl=rtl), style, is_rtl=rtl, align="" if side == "left" else side)


def _widths(rows: list[tuple[Line, ...]], room: int) -> list[int]:
    """As wide as the longest words want, as far as there is room; what is long gives way first."""
    wanted = [max(map(_wanted, column)) for column in zip(*rows, strict=True)]
    left, count = room, len(wanted)
    for width in sorted(wanted):
        if width * count > left:
            break
        left, count = left - width, count - 1
    most = left // count if count else room
    return [min(width, most) if count else width for width in wanted]


def _wanted(cell: Line) -> int:
    letters = max([_columns(line[:200]) for line in plain_of(cell).split("\n")])
    return max(_LEAST, letters * _LETTER + _PADDING)


def _columns(line: str) -> int:
    return len(line) if line.isascii() else max(0, wcswidth(line))
