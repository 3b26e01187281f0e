"""Where a conversation forks, read from what is not on show alone: what is on show may be a million long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from chat.models import Session
from chat.models.ids import for_database
from chat.models.rows import Value, as_id, as_table, read_rows

# Runs that are told of, the least deep first; and messages that are walked for them, from all heads at once.
MOST_RUNS = 2000
MOST_WALKED = 5_000
# What leaves the path: of the deepest forks the newest, the oldest first; nothing that was removed for good.
_HEADS = """
SELECT id, depth, many FROM (
    SELECT id, depth, many, DENSE_RANK() OVER (ORDER BY depth DESC) AS fork,
           ROW_NUMBER() OVER (PARTITION BY depth ORDER BY created_at DESC, id DESC) AS place
    FROM (
        SELECT one.id, one.depth, one.created_at, COUNT(*) OVER (PARTITION BY one.depth) AS many
        FROM chat_message one LEFT JOIN chat_message up ON up.id = one.parent_id
        WHERE one.session_id = %s AND NOT one.is_active AND one.depth < %s
              AND (up.id IS NULL OR up.is_active)
              AND (one.deleted_at IS NULL OR EXISTS (
                  SELECT 1 FROM chat_message below
                  WHERE below.parent_id = one.id AND below.purged_at IS NULL))
    ) AS heads
) AS ranked WHERE fork <= %s AND place <= %s
ORDER BY depth, place DESC
"""
# Below each of some messages: straight runs, each up to the next fork, or to where a session branched off.
# Without MATERIALIZED SQLite 3.40 walks all, sorts, and takes the deepest.
_RUNS = """
WITH RECURSIVE part(id, head, up, depth, is_live) AS (
    SELECT id, id, parent_id, depth, CASE WHEN deleted_at IS NULL THEN 1 ELSE 0 END
    FROM chat_message WHERE id IN ({heads})
    UNION ALL
    SELECT one.id,
           CASE WHEN EXISTS (SELECT 1 FROM chat_message twin
                             WHERE twin.parent_id = one.parent_id AND twin.id <> one.id)
                     OR part.id IN (SELECT parent_point FROM chat_session WHERE parent_id = %s)
                THEN one.id ELSE part.head END,
           part.id, one.depth, CASE WHEN one.deleted_at IS NULL THEN 1 ELSE 0 END
    FROM part JOIN chat_message one ON one.parent_id = part.id
),
walked AS MATERIALIZED (SELECT head, id, up, depth, is_live FROM part LIMIT %s)
SELECT head, id, count, up, head_live, is_live,
       EXISTS (SELECT 1 FROM chat_message next WHERE next.parent_id = told.id) FROM (
    SELECT head, id, is_live, SUM(is_live) OVER run AS count, FIRST_VALUE(up) OVER downward AS up,
           FIRST_VALUE(is_live) OVER downward AS head_live,
           FIRST_VALUE(depth) OVER downward AS first, ROW_NUMBER() OVER upward AS place
    FROM walked WINDOW run AS (PARTITION BY head), downward AS (PARTITION BY head ORDER BY depth),
         upward AS (PARTITION BY head ORDER BY depth DESC)
) AS told WHERE place = 1
ORDER BY first, head LIMIT %s
"""
_GAPS = """
WITH gap(above, below) AS ({gaps})
SELECT above, (
    SELECT COUNT(*) FROM chat_message
    WHERE session_id = %s AND is_active AND deleted_at IS NULL AND depth > above AND depth < below
) FROM gap
"""


@dataclass(frozen=True, slots=True)
class Head:
    """The first message of what leaves the path; `many` do at that depth."""

    id: UUID
    depth: int
    many: int


@dataclass(frozen=True, slots=True)
class Run:
    """A straight run of `count` messages that are there, from `head`, which answers `parent`, to `last`."""

    head: UUID
    last: UUID
    count: int
    parent: UUID | None
    # Which of its ends are there, as 0 or 1.
    begins: int
    ends: int
    # Whether there is more than was walked.
    is_cut: bool = False

    def joined(self, other: Run) -> Run:
        """Both, where the other follows this one."""
        count = self.count + other.count
        return replace(self, last=other.last, count=count, ends=other.ends, is_cut=other.is_cut)


def heads(session: Session, *, before: int, forks: int, each: int) -> list[Head]:
    """What leaves the path above the depth `before`: at the last `forks` forks, the newest `each`."""
    values = [for_database(session.pk), before, forks, each]
    return [Head(as_id(key), depth, many) for key, depth, many in read_rows(_HEADS, values)]


def runs_below(session: Session, ids: Sequence[UUID]) -> list[Run]:
    """The runs that begin with these messages, and all that fork off them."""
    if not ids:
        return []
    given, values = as_table([(for_database(key),) for key in ids])
    marks: list[Value] = [*values, for_database(session.pk), MOST_WALKED, MOST_RUNS]
    rows = list(read_rows(_RUNS.format(heads=given), marks))
    answered = {up for _head, _last, _count, up, *_ in rows}
    return [
        Run(
            as_id(head),
            as_id(last),
            int(count),
            up and as_id(up),
            begins,
            ends,
            bool(goes_on) and last not in answered,
        )
        for head, last, count, up, begins, ends, goes_on in rows
    ]


def messages_between(session: Session, depths: Sequence[int], *, is_whole: bool) -> dict[int, int]:
    """How many messages on show lie between each of these depths and the next, by the former.

    With `is_whole` none of them was deleted, so that nothing has to be counted.
    """
    gaps = list(zip(depths, depths[1:], strict=False))
    if is_whole or not gaps:
        return {above: below - above - 1 for above, below in gaps}
    given, values = as_table(gaps)
    rows = read_rows(_GAPS.format(gaps=given), [*values, for_database(session.pk)])
    return {int(above): int(count) for above, count in rows}
