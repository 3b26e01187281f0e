"""The rows of a map: what is on show as its spine, and beside it what forks and branches off."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from chat.mapping.forks import Run
from chat.mapping.rails import Lane, Row, draw
from chat.mapping.stops import END, Stops, read_stops
from chat.models import Message, Session
from chat.starts import start_of, starting

# Rows beside the spine beyond which a version is one row, however often it forks; the deepest lane.
ROOM = 160
LEVELS = 4
# Branches of one message.
BRANCHES = 30


@dataclass(frozen=True)
class Picture:
    """A page of the map; `before` is where the page above it ends, None where there is none."""

    rows: list[Row]
    before: int | None
    is_newest: bool

    @property
    def is_straight(self) -> bool:
        """Whether it never forked."""
        return self.is_newest and self.before is None and all(row.level == 1 for row in self.rows)


def picture_of(session: Session, readable: QuerySet[Session], *, before: int = END) -> Picture:
    """The map above the depth `before`, with what branched off to sessions that are among `readable`."""
    drawing = _Drawing(read_stops(session, readable, before=before))
    rows = list(drawing.spine())
    messages = Message.objects.filter(pk__in=[row.at for row in rows if row.message is None and row.at])
    known = {message.pk: message for message in starting(messages)}
    for row in rows:
        row.message = row.message or (known.get(row.at) if row.at and row.session is None else None)
        row.start = start_of(row.message) if row.message else ""
    draw(rows)
    return Picture(rows, drawing.stops.before, not drawing.stops.is_cut_below)


class _Drawing:
    def __init__(self, stops: Stops) -> None:
        self.stops = stops
        self.room = ROOM

    def spine(self) -> Iterator[Row]:
        stops = self.stops
        lane = Lane(0, is_shown=True, is_open_above=bool(stops.before), is_open_below=stops.is_cut_below)
        if 0 in stops.forks:
            yield Row(lane, "beginning")
            yield from self.sides(0, lane)
        newest = None if stops.is_cut_below else max(stops.path, default=None)
        gap = 0
        for depth, message in stops.path.items():
            merge = stops.merges.get(message.pk)
            row = Row(lane, "merge" if merge else "message", message, at=message.pk, gap=gap, merge=merge)
            row.is_newest = depth == newest
            row.source = stops.sources.get(merge.source_id) if merge and merge.source_id else None
            yield row
            yield from self.origin(message, lane)
            yield from self.branched(message.pk, lane)
            yield from self.sides(depth + 1, lane)
            gap = stops.gaps.get(depth, 0)

    def sides(self, depth: int, lane: Lane) -> Iterator[Row]:
        """The alternatives to what is on show at that depth."""
        found = self.stops.forks.get(depth, [])
        if found and self.stops.older[depth]:
            yield Row(Lane(lane.level + 1, lane), "more", at=found[0].head, count=self.stops.older[depth])
        for run in found:
            yield from self.side(run, lane)

    def side(self, run: Run, parent: Lane) -> Iterator[Row]:
        """A version: its first message, and where it forks, on one lane as long as it goes on."""
        lane = Lane(parent.level + 1, parent)
        while True:
            run, forks = self.straight(run)
            branches = self.stops.branches.get(run.last, [])
            row = Row(lane, "message", at=run.head, count=run.count, is_cut=run.is_cut)
            yield row
            self.room -= 1
            if not forks and not branches:
                return
            if self.room <= 0 or lane.level >= LEVELS:
                row.inside = len(forks) + len(branches)
                return
            row.count = 0
            if run.last != run.head:
                yield Row(lane, "message", at=run.last, gap=run.count - run.begins - run.ends)
                self.room -= 1
            yield from self.branched(run.last, lane)
            for other in forks[:-1]:
                yield from self.side(other, lane)
            if not forks:
                return
            run = forks[-1]  # the newest goes on, as it does when one shows that version

    def straight(self, run: Run) -> tuple[Run, list[Run]]:
        """The run up to its next fork that has anything left, and what follows there."""
        while True:
            forks = [one for one in self.stops.below.get(run.last, []) if one.head in self.stops.alive]
            if len(forks) != 1 or run.last in self.stops.branches:
                return run, forks
            run = run.joined(forks[0])

    def branched(self, point: UUID, lane: Lane) -> Iterator[Row]:
        """The sessions that left there."""
        found = self.stops.branches.get(point, [])
        for session in found[:BRANCHES]:
            yield Row(Lane(lane.level + 1, lane), "branch", session=session, at=session.branch_point)
        if len(found) > BRANCHES:
            yield Row(Lane(lane.level + 1, lane), "others", count=len(found) - BRANCHES)

    def origin(self, message: Message, lane: Lane) -> Iterator[Row]:
        """Where this session left the one that it was branched from."""
        session, parent = self.stops.session, self.stops.parent
        if parent is not None and message.pk == session.branch_point:
            yield Row(Lane(lane.level + 1, lane), "origin", session=parent, at=session.parent_point)
