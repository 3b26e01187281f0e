"""Tables within formulas: matrices, cases, systems of equations."""

from __future__ import annotations

from typing import Protocol

from lxml import etree

from exports.formats.docx.signs import NOTHING, literal, valued

_SIDES = ("left", "center", "right")
# Word takes no more in a row.
_MOST_COLUMNS = 64


class Converter(Protocol):
    def row(self, elements: list[etree._Element]) -> str:
        """Elements beside each other."""


def matrix(formula: Converter, table: etree._Element) -> str:
    rows = [list(row)[:_MOST_COLUMNS] for row in table]
    count = max(map(len, rows), default=0)
    if not count:
        return ""
    # The two sides of an equation stand close, its pairs apart.
    is_aligned = table.get("class") == "aligned"
    close = valued("cGpRule", "3") + valued("cGp", "0") if is_aligned else ""
    columns = "".join(_column(rows, place) for place in range(count))
    made = "".join(f"<m:mr>{_row(formula, row, count, is_aligned=is_aligned)}</m:mr>" for row in rows)
    hidden = valued("plcHide", "1")
    return f"<m:m><m:mPr>{hidden}{close}<m:mcs>{columns}</m:mcs></m:mPr>{made}</m:m>"


def _row(formula: Converter, cells: list[etree._Element], count: int, *, is_aligned: bool) -> str:
    made = []
    for place, cell in enumerate(cells):
        before = literal("\u2003\u2003") if is_aligned and place and place % 2 == 0 else ""
        before += literal("│ ") if "ruled-before" in cell.get("class", "") else ""
        made.append(f"<m:e>{before}{formula.row([cell]) or literal(NOTHING)}</m:e>")
    return "".join(made) + f"<m:e>{literal(NOTHING)}</m:e>" * (count - len(cells))


def _column(rows: list[list[etree._Element]], place: int) -> str:
    sides = (row[place].get("columnalign", "center") for row in rows if place < len(row))
    side = next(sides, "center")
    held = valued("count", "1") + valued("mcJc", side if side in _SIDES else "center")
    return f"<m:mc><m:mcPr>{held}</m:mcPr></m:mc>"
