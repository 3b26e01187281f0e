"""A page of a map as it is read: the forks on it, and at what of the path on show it stops."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db.models import OuterRef, QuerySet, Subquery

from chat.mapping import forks
from chat.mapping.forks import Head, Run
from chat.models import Merge, Message, Session
from chat.starts import starting

# Forks of a page, and alternatives of each; the newest.
FORKS = 20
EACH = 8
# Sessions that branched off, and merges, of the whole map; the newest.
BRANCHES = 200
END = 2**31 - 1


@dataclass
class Stops:
    """`path` has the messages on show at which the page stops, by depth, and `gaps` what lies after each."""

    session: Session
    # What it was branched from, if that may be read.
    parent: Session | None
    # What leaves the path, by depth, of which anything is left; and how many older ones do.
    forks: dict[int, list[Run]]
    older: dict[int, int]
    # By their first message, the runs of which anything is left.
    alive: set[UUID]
    # Runs by the message that their first one answers, the oldest first.
    below: dict[UUID, list[Run]]
    branches: dict[UUID, list[Session]]
    # By the line that says so; and of what they brought in, what may be read.
    merges: dict[UUID, Merge]
    sources: dict[UUID, Session]
    path: dict[int, Message]
    gaps: dict[int, int]
    # The depth above which more forks are, on another page; and whether more is below this one.
    before: int | None
    is_cut_below: bool


def read_stops(session: Session, readable: QuerySet[Session], *, before: int) -> Stops:
    """The last forks above the depth `before`; of the sessions that branched off those among `readable`."""
    leaf = Message.objects.on_path(session).order_by("-depth").values_list("depth", flat=True).first()
    last = -1 if leaf is None else leaf
    heads, cut = _heads(session, before)
    branches, points = _branches(session, readable)
    runs = forks.runs_below(session, [head.id for fork in heads.values() for head in fork])
    below = _by_parent(runs)
    alive = _alive(runs, below, branches)
    left = _left(heads, runs, alive)
    merges = _merges(session)
    top, bottom = max(0, (cut or 0) - 1), min(last, before - 1)
    wanted = {top, bottom, *points, *(merge.line.depth for merge in merges)}
    wanted |= {depth for fork in left for depth in (fork - 1, fork)}
    depths = sorted(depth for depth in wanted if top <= depth <= bottom)
    # One message alone takes no more room than that there is one.
    depths = sorted({*depths, *(above + 1 for above, below in pairwise(depths) if below - above == 2)})
    rows = starting(Message.objects.on_path(session).filter(depth__in=depths))
    return Stops(
        session,
        readable.filter(pk=session.parent_id).first() if session.parent_id else None,
        left,
        {depth: found[0].many - len(found) for depth, found in heads.items()},
        alive,
        below,
        branches,
        {merge.line_id: merge for merge in merges},
        readable.in_bulk([merge.source_id for merge in merges if merge.source_id]),
        {row.depth: row for row in rows.order_by("depth")},
        forks.messages_between(session, depths, is_whole=last + 1 == session.message_count),
        cut,
        bottom < last,
    )


def _heads(session: Session, before: int) -> tuple[dict[int, list[Head]], int | None]:
    """What leaves the path, by depth; and the depth of the first of these forks if there are more above."""
    found: dict[int, list[Head]] = defaultdict(list)
    for head in forks.heads(session, before=before, forks=FORKS + 1, each=EACH):
        found[head.depth].append(head)
    if len(found) <= FORKS:
        return found, None
    del found[min(found)]
    return found, min(found)


def _branches(session: Session, readable: QuerySet[Session]) -> tuple[dict[UUID, list[Session]], list[int]]:
    """Sessions by the message at which they left, and the depths of those that are on show; its own too."""
    point = Message.objects.filter(pk=OuterRef("parent_point"), is_active=True)
    rows = readable.filter(parent=session, parent_point__isnull=False)
    rows = rows.annotate(depth=Subquery(point.values("depth"))).order_by("-updated_at", "-id")[:BRANCHES]
    found: dict[UUID, list[Session]] = defaultdict(list)
    depths: list[int] = []
    for row in rows:
        if row.parent_point is not None:
            found[row.parent_point].append(row)
        if row.depth is not None:
            depths.append(row.depth)
    if session.branch_point is not None:
        own = Message.objects.filter(pk=session.branch_point, is_active=True)
        depths += own.values_list("depth", flat=True)
    return found, depths


def _merges(session: Session) -> list[Merge]:
    shown = session.merges.filter(is_whole=True, undone_at=None, line__is_active=True)
    return list(shown.select_related("line").order_by("-id")[:BRANCHES])


def _by_parent(runs: Sequence[Run]) -> dict[UUID, list[Run]]:
    found: dict[UUID, list[Run]] = defaultdict(list)
    for run in runs:
        if run.parent is not None:
            found[run.parent].append(run)
    return found


def _alive(
    runs: Sequence[Run], below: dict[UUID, list[Run]], branches: dict[UUID, list[Session]]
) -> set[UUID]:
    """The first messages of the runs of which, or of what forks off them, anything is left."""
    alive: set[UUID] = set()
    for run in reversed(runs):  # the deepest first
        if run.count or run.last in branches or any(one.head in alive for one in below.get(run.last, [])):
            alive.add(run.head)
    return alive


def _left(heads: dict[int, list[Head]], runs: Sequence[Run], alive: set[UUID]) -> dict[int, list[Run]]:
    by_head = {run.head: run for run in runs if run.head in alive}
    found = {depth: [by_head[one.id] for one in fork if one.id in by_head] for depth, fork in heads.items()}
    return {depth: fork for depth, fork in found.items() if fork}
