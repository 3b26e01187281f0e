"""What two conversations have in common: the messages on show whose first original is the same.

By windows over both paths and never by a join: joins of what no statistics know yet are planned as loops.
"""

from __future__ import annotations

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


def new_to(session: Session, source: Session) -> QuerySet[Message]:
    """What `source` has on show and `session` has not had on its path."""
    return Message.objects.filter(pk__in=RawSQL(_NEW_TO, _keys(source, session)))


def ids_new_to(session: Session, source: Session) -> bytes:
    """The ids of the same in order, 16 bytes each: a million take 16 MB."""
    rows = read_rows(f"{_NEW_TO} ORDER BY depth", _keys(source, session))
    return b"".join(as_id(key).bytes for (key,) in rows)


def _keys(*sessions: Session) -> list[UUID | str]:
    return [for_database(session.pk) for session in sessions]
