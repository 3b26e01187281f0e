"""Rows of a map with the rails that lead from one to the next, as good pictures of version control draw them.

Each row lies on a lane. What forks off stands between the row that it leaves and that one's continuation, one
lane further in, so that lanes never cross.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID

from chat.models import Merge, Message, Session

Kind = Literal["message", "merge", "branch", "origin", "more", "others", "beginning"]
Cell = Literal["", "through", "fork", "turn", "node", "first", "last", "only"]


@dataclass
class Lane:
    """A line of rows; it hangs off another, at the row before its first."""

    level: int
    parent: Lane | None = None
    is_shown: bool = False
    # It goes on above the first row of the page, or below the last.
    is_open_above: bool = False
    is_open_below: bool = False


@dataclass
class Row:
    """A stop of the map. `gap` messages lie between it and the one before it on its lane."""

    lane: Lane
    kind: Kind
    message: Message | None = None
    start: str = ""
    # A session other than the one that the map is of, and the message to open there or here.
    session: Session | None = None
    at: UUID | None = None
    # What was merged there, and from where if that may be read.
    merge: Merge | None = None
    source: Session | None = None
    gap: int = 0
    # Messages of a version of which this row is all, or what is left out; and forks in it that are not drawn.
    count: int = 0
    is_cut: bool = False
    inside: int = 0
    is_newest: bool = False
    cells: list[Cell] = field(default_factory=list)
    gap_cells: list[Cell] = field(default_factory=list)
    place: int = 1
    size: int = 1

    @property
    def level(self) -> int:
        """From 1, as screen readers count."""
        return self.lane.level + 1

    @property
    def when(self) -> datetime | None:
        if self.message is not None:
            return self.message.created_at
        return self.session.updated_at if self.session is not None else None


def draw(rows: Sequence[Row]) -> None:
    """Give each row its cells, and its place among its siblings."""
    ends = _ends(rows)
    seen: set[int] = set()
    for number, row in enumerate(rows):
        is_first = id(row.lane) not in seen
        seen.add(id(row.lane))
        row.cells = [
            *_ancestors(row, number, ends, is_first=is_first),
            _own(row, number, ends, is_first=is_first),
        ]
        row.gap_cells = [
            "through" if cell in ("through", "fork", "node", "last") else "" for cell in row.cells
        ]
    _number(rows)


def _ends(rows: Sequence[Row]) -> dict[int, int]:
    """By lane the last row down to which it is drawn: its own, or the first of a lane that hangs off it."""
    ends: dict[int, int] = {}
    begun: set[int] = set()
    for number, row in enumerate(rows):
        ends[id(row.lane)] = len(rows) if row.lane.is_open_below else number
        if id(row.lane) not in begun and row.lane.parent is not None:
            begun.add(id(row.lane))
            ends[id(row.lane.parent)] = max(ends.get(id(row.lane.parent), 0), number)
    return ends


def _ancestors(row: Row, number: int, ends: dict[int, int], *, is_first: bool) -> list[Cell]:
    cells: list[Cell] = []
    lane = row.lane.parent
    while lane is not None:
        goes_on = ends.get(id(lane), 0) > number
        if is_first and lane is row.lane.parent:
            cells.append("fork" if goes_on else "turn")
        else:
            cells.append("through" if goes_on else "")
        lane = lane.parent
    return cells[::-1]


def _own(row: Row, number: int, ends: dict[int, int], *, is_first: bool) -> Cell:
    """What the lane of the row itself does there; a lane that hangs off another comes from the side."""
    comes = not is_first or row.lane.is_open_above
    goes = ends[id(row.lane)] > number
    if comes:
        return "node" if goes else "last"
    return "first" if goes else "only"


def _number(rows: Sequence[Row]) -> None:
    """Siblings are rows of one level with none of a lower level between them."""
    open_groups: list[list[Row]] = []
    groups: list[list[Row]] = []
    for row in rows:
        del open_groups[row.level :]
        while len(open_groups) < row.level:
            open_groups.append([])
            groups.append(open_groups[-1])
        open_groups[-1].append(row)
    for group in groups:
        for place, row in enumerate(group, 1):
            row.place, row.size = place, len(group)
