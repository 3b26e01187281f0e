"""Spreadsheets: each sheet as a table under its name. Of formulas what they came to, as it was saved."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, PasswordError

from chat.extracting.contract import Told, Unreadable
from chat.extracting.markup import heading, row, rule

Value = int | float | str | bool | time | date | datetime | timedelta
# A sheet is laid out as a whole, whatever is in it: two cells in opposite corners are 17 thousand million.
MAX_CELLS = 20_000_000


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    try:
        workbook = CalamineWorkbook.from_filelike(file)
    except PasswordError:
        raise Unreadable("protected") from None
    except CalamineError:
        raise Unreadable("damaged") from None
    told.unit, told.count = "sheet", len(workbook.sheet_names)
    for name in workbook.sheet_names:
        yield from _sheet(workbook.get_sheet_by_name(name))


def _sheet(sheet: CalamineSheet) -> Iterator[str]:
    """Nothing of an empty one, and no empty rows."""
    if sheet.height * sheet.width > MAX_CELLS:
        raise Unreadable("too_wide")
    is_begun = False
    for cells in sheet.iter_rows():
        values = [_shown(value) for value in cells]
        if not any(values):
            continue
        if not is_begun:
            is_begun = True
            yield heading(2, f"Sheet: {sheet.name} ({sheet.height} rows)") + row(values) + rule(len(values))
        else:
            yield row(values)
    if is_begun:
        yield "\n"


def _shown(value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(" ")
    return str(value)
