"""Pieces of Markdown, as the readers write them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

_SPACE = re.compile(r"\s+")


def heading(level: int, words: str) -> str:
    return f"{'#' * max(1, min(level, 6))} {line(words)}\n\n"


def line(words: str) -> str:
    """On one line."""
    return _SPACE.sub(" ", words).strip()


def item(level: int, words: str, mark: str = "-") -> str:
    return f"{'  ' * level}{mark} {line(words)}\n"


def row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(line(cell).replace('|', chr(92) + '|') for cell in cells)} |\n"


def rule(width: int) -> str:
    """What stands under the first row of a table."""
    return f"|{' --- |' * width}\n"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Empty where nothing is in it."""
    width = max((len(one) for one in rows), default=0)
    if not any(cell.strip() for one in rows for cell in one):
        return ""
    full = [row([*one, *[""] * (width - len(one))]) for one in rows]
    return "".join([full[0], rule(width), *full[1:], "\n"])
