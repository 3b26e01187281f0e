"""What two conversations have in common: the messages on show whose first original is the same.

By windows over both paths and never by a join: joins of what no statistics know yet are planned as loops.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from chat.models import Message, Session
from chat.models.ids import for_database
from chat.models.rows import as_id, read_rows

# What a person deleted from the other conversation it had; what they cleared away it has no more.
_NEW_TO = """
SELECT id FROM (
    SELECT id, depth, side, MAX(side) OVER (PARTITION BY root) AS known FROM (
        SELECT id, depth, 0 AS side, COALESCE(origin, id) AS root FROM chat_message
        WHERE session_id = %s AND is_active AND deleted_at IS NULL
        UNION ALL
        SELECT id, depth, 1, COALESCE(origin, id) FROM chat_message
        WHERE session_id = %s AND is_active AND (deleted_at IS NULL OR clearing_id IS NULL)
    ) AS paths
) AS marked WHERE side = 0 AND known = 0
"""
# Both paths, and what of them is on both in the same words: only what was edited, or was still being written
# when it was copied, can have others, and texts are not read for the rest.
_MARKED = """
WITH path(id, depth, side, root, may_differ) AS (
    SELECT id, depth, 0, COALESCE(origin, id), {may_differ} FROM chat_message
    WHERE session_id = %s AND is_active AND deleted_at IS NULL {for_whom}
    UNION ALL
    SELECT id, depth, 1, COALESCE(origin, id), {may_differ} FROM chat_message
    WHERE session_id = %s AND is_active AND deleted_at IS NULL {for_whom}
),
matched AS (
    SELECT id, depth, side, root,
           CASE WHEN MIN(side) OVER kin < MAX(side) OVER kin THEN 1 ELSE 0 END AS is_both,
           MAX(may_differ) OVER kin AS may_differ
    FROM path WINDOW kin AS (PARTITION BY root)
),
differing AS (
    SELECT matched.root FROM matched JOIN chat_message ON chat_message.id = matched.id
    WHERE is_both = 1 AND may_differ = 1
    GROUP BY matched.root HAVING MIN(content) <> MAX(content)
),
told AS (
    SELECT id, depth, side, root,
           CASE WHEN is_both = 1 AND root NOT IN (SELECT root FROM differing) THEN 1 ELSE 0 END AS common
    FROM matched
),
marked AS (
    SELECT id, depth, side, root, common, SUM(common) OVER (PARTITION BY side ORDER BY depth) AS seen
    FROM told
)
"""
_MAY_DIFFER = """
    CASE WHEN status <> 'complete'
         OR EXISTS (SELECT 1 FROM chat_messageedit WHERE message_id = chat_message.id) THEN 1 ELSE 0 END
"""
_ALL = _MARKED.format(may_differ=_MAY_DIFFER, for_whom="")
_FOR_PEOPLE = _MARKED.format(may_differ=_MAY_DIFFER, for_whom="AND visibility = 'shown'")
_PAGE = """
SELECT NULL, 0, NULL, side, 0, common, COUNT(*) FROM marked GROUP BY side, common
UNION ALL
SELECT id, depth, root, side, seen, 0, 0 FROM (
    SELECT id, depth, root, side, seen, ROW_NUMBER() OVER (PARTITION BY side ORDER BY depth) AS place
    FROM marked WHERE common = 0 AND depth > CASE side WHEN 0 THEN %s ELSE %s END
) AS rest WHERE place <= %s
ORDER BY 4, 2
"""


def new_to(session: Session, source: Session) -> QuerySet[Message]:
    """What `source` has on show and `session` has not had on its path."""
    return Message.objects.filter(pk__in=RawSQL(_NEW_TO, _keys(source, session)))


def ids_new_to(session: Session, source: Session) -> bytes:
    """The ids of the same in order, 16 bytes each: a million take 16 MB."""
    rows = read_rows(f"{_NEW_TO} ORDER BY depth", _keys(source, session))
    return b"".join(as_id(key).bytes for (key,) in rows)


def _keys(*sessions: Session) -> list[UUID | str]:
    return [for_database(session.pk) for session in sessions]


@dataclass(frozen=True, slots=True)
class Own:
    """A message that one side (0 or 1) has alone, or in other words; `seen` common ones are above it."""

    id: UUID
    depth: int
    root: UUID
    side: int
    seen: int


@dataclass(frozen=True, slots=True)
class Kinship:
    """How many messages two conversations share and each has of its own, and some of the latter, in order."""

    common: int
    own: tuple[int, int]
    rows: tuple[list[Own], list[Own]]


def kinship_of(left: Session, right: Session, *, after: tuple[int, int], limit: int) -> Kinship:
    """Of either side the first `limit` of its own below the depth in `after`, of what people see."""
    values = [*_keys(left, right), *after, limit]
    counts: dict[tuple[int, int], int] = {}
    rows: tuple[list[Own], list[Own]] = ([], [])
    for key, depth, root, side, seen, common, count in read_rows(_FOR_PEOPLE + _PAGE, values):
        if key is None:
            counts[side, common] = count
        else:
            rows[side].append(Own(as_id(key), depth, as_id(root), side, seen))
    return Kinship(counts.get((0, 1), 0), (counts.get((0, 0), 0), counts.get((1, 0), 0)), rows)


def shared_by(left: Session, right: Session) -> tuple[list[UUID], list[UUID], list[UUID]]:
    """The messages of `left` that are in `right` too, those that `left` has alone, and those of `right`."""
    common: list[UUID] = []
    own: tuple[list[UUID], list[UUID]] = ([], [])
    rows = read_rows(f"{_ALL} SELECT id, side, common FROM marked ORDER BY side, depth", _keys(left, right))
    for key, side, is_common in rows:
        if not is_common:
            own[side].append(as_id(key))
        elif side == 0:
            common.append(as_id(key))
    return common, *own


def common_between(left: Session, right: Session, first: int, last: int, *, limit: int) -> list[UUID]:
    """Of the common messages as `left` has them the `first` to the `last`, from 1 on; at most `limit`."""
    page = """
        SELECT id FROM marked WHERE side = 0 AND common = 1 AND seen >= %s AND seen <= %s
        ORDER BY seen LIMIT %s
    """
    rows = read_rows(_FOR_PEOPLE + page, [*_keys(left, right), first, last, limit])
    return [as_id(key) for (key,) in rows]
