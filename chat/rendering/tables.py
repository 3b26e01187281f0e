"""GitHub's tables: rows and delimiter rows to cells."""

from __future__ import annotations

import re

from chat.rendering.nodes import Align

_PIPE = re.compile(r"(?<!\\)\|")
_DELIMITER = re.compile(r":?-++:?$")
_ALIGNS: dict[tuple[bool, bool], Align] = {
    (False, False): "",
    (True, False): "left",
    (False, True): "right",
    (True, True): "center",
}


def split_row(line: str) -> list[str]:
    """The cells' sources. An escaped pipe belongs to its cell, also within code."""
    text = line.strip(" \t")
    text = text.removeprefix("|")
    if text.endswith("|") and not text.endswith("\\|"):
        text = text[:-1]
    return [cell.strip(" \t").replace("\\|", "|") for cell in _PIPE.split(text)]


def parse_delimiters(line: str) -> list[Align] | None:
    """The columns' alignment, if this is a delimiter row."""
    if "|" not in line and ":" not in line:
        return None
    cells = split_row(line)
    if not all(_DELIMITER.match(cell) for cell in cells):
        return None
    return [_ALIGNS[cell[0] == ":", cell[-1] == ":"] for cell in cells]
