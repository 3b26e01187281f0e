"""Tables drawn with lines: columns as wide as they need, or share what there is; else a record a row."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from exports.formats.columns import padded, width_of, wrapped

NARROWEST = 6
"""Columns of text below which a column of a table cannot be read any more."""
Row = Sequence[str]


def grid(head: Row, rows: Sequence[Row], aligns: Sequence[str], width: int) -> list[str]:
    """The lines of a table of which every row has as many cells as the head."""
    widths = _shared(_natural(head, rows), width - 3 * len(head) - 1)
    if not widths:
        return _records(head, rows, width)
    bars = ["─" * (one + 2) for one in widths]
    found = [_lines(row, widths, aligns) for row in rows]
    is_airy = any(len(lines) > 1 for lines in found)
    made = [f"┌{'┬'.join(bars)}┐", *_lines(head, widths, aligns)]
    for number, lines in enumerate(found):
        if is_airy or number == 0:
            made.append(f"├{'┼'.join(bars)}┤")
        made += lines
    made.append(f"└{'┴'.join(bars)}┘")
    return made


def _natural(head: Row, rows: Sequence[Row]) -> list[int]:
    widths = [1] * len(head)
    for row in (head, *rows):
        for place, cell in enumerate(row):
            for line in cell.split("\n"):
                widths[place] = max(widths[place], width_of(line))
    return widths


def _shared(natural: list[int], room: int) -> list[int]:
    """What each column gets: those that need little all that they need, the others the same; [] where that
    is too little."""
    if sum(natural) <= room:
        return natural
    widths = [0] * len(natural)
    for done, place in enumerate(sorted(range(len(natural)), key=natural.__getitem__)):
        share = max(0, room) // (len(natural) - done)
        if share < min(natural[place], NARROWEST):
            return []
        widths[place] = min(natural[place], share)
        room -= widths[place]
    return widths


def _lines(row: Row, widths: list[int], aligns: Sequence[str]) -> list[str]:
    """A row's lines: as many as its longest cell has."""
    cells = [wrapped(cell, width, keeps_addresses=False) for cell, width in zip(row, widths, strict=True)]
    made = []
    for number in range(max(map(len, cells))):
        parts = (
            padded(lines[number] if number < len(lines) else "", width, align)
            for lines, width, align in zip(cells, widths, aligns, strict=True)
        )
        made.append(f"│ {' │ '.join(parts)} │")
    return made


def _records(head: Row, rows: Sequence[Row], width: int) -> list[str]:
    """Of a table that is too wide: each cell with the name of its column, what is empty left out."""
    names = [" ".join(name.split()) or _("Column %(n)s") % {"n": place} for place, name in enumerate(head, 1)]
    made = [] if rows else wrapped(" · ".join(names), width)
    for number, row in enumerate(rows):
        if number:
            made.append("")
        for name, cell in zip(names, row, strict=True):
            if cell:
                first, *others = wrapped(f"{name}: {cell}", width - 2)
                made += first, *(f"  {line}" for line in others)
    return made
