"""Stacked bars by day as numbers to draw: what a page puts into the attributes of an SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from chat.costs.sums import Taken, size_of

# In units of the drawing, which is as wide as the page makes it.
DAY = 10.0
GAP = 2.4
HEIGHT = 100.0
# Parts that have a colour of their own; all others share one.
COLOURS = 6
# Easily read, and easily halved.
STEPS = (1.0, 1.2, 1.6, 2.0, 3.0, 4.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a day's bar; `colour` is its place among the largest, from 1, and 0 for all others."""

    colour: int
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    day: date
    x: float
    size: float
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """`top` is what the upper edge stands for."""

    width: float
    top: float
    bars: tuple[Bar, ...]


def chart_of(
    days: Sequence[date], taken: Mapping[date, Sequence[Taken]], colours: Mapping[Any, int], measure: str
) -> Chart:
    sizes = [sum(size_of(part, measure) for part in taken.get(day, ())) for day in days]
    top = ceiling(max(sizes, default=0.0))
    bars = tuple(
        Bar(day, place * DAY, size, _pieces(taken.get(day, ()), colours, measure, place * DAY, top))
        for place, (day, size) in enumerate(zip(days, sizes, strict=True))
    )
    return Chart(len(days) * DAY, top, bars)


def _pieces(
    parts: Sequence[Taken], colours: Mapping[Any, int], measure: str, x: float, top: float
) -> tuple[Piece, ...]:
    """From the ground up, the largest of the period first."""
    pieces, y = [], HEIGHT
    for part in sorted(parts, key=lambda part: colours.get(part.key) or COLOURS + 1):
        height = size_of(part, measure) / top * HEIGHT
        if height > 0:
            y -= height
            colour = colours.get(part.key, 0)
            pieces.append(Piece(colour, x + GAP / 2, round(y, 3), DAY - GAP, round(height, 3)))
    return tuple(pieces)


def ceiling(size: float) -> float:
    """The next round number; a rounding error does not make it the one after that."""
    if size <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(size))
    return next(step * power for step in STEPS if size <= step * power * (1 + 1e-9))
