"""Which path through the tree of messages is on show. Set-based: no query a message.

The session is locked, and its `message_count` is kept up with what is on show; the caller saves it.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection
from django.db.models import Exists, OuterRef

from chat.models import Lineup, Message, Session
from chat.models.prepared import Prepared

# From a message down, at each step the newest of its children that is not deleted.
_NEWEST_LINE = """
WITH RECURSIVE line(id) AS (
    SELECT id FROM chat_message WHERE id = %s
    UNION ALL
    SELECT (SELECT child.id FROM chat_message child
            WHERE child.parent_id = line.id AND child.deleted_at IS NULL
            ORDER BY child.created_at DESC, child.id DESC LIMIT 1)
    FROM line WHERE line.id IS NOT NULL
)
UPDATE chat_message SET is_active = %s WHERE id IN (SELECT id FROM line WHERE id IS NOT NULL)
"""
_ANCESTORS = """
WITH RECURSIVE line(id, parent_id) AS (
    SELECT id, parent_id FROM chat_message WHERE id = %s
    UNION ALL
    SELECT up.id, up.parent_id FROM chat_message up JOIN line ON up.id = line.parent_id
)
UPDATE chat_message SET is_active = %s WHERE id IN (SELECT id FROM line)
"""
_LINE_TO = """
WITH RECURSIVE line(id, parent_id) AS (
    SELECT id, parent_id FROM chat_message WHERE id = %s
    UNION ALL
    SELECT up.id, up.parent_id FROM chat_message up JOIN line ON up.id = line.parent_id
    WHERE NOT up.is_active
)
SELECT chat_message.id, depth, deleted_at FROM chat_message JOIN line ON chat_message.id = line.id
ORDER BY depth
"""


def leaf(session: Session) -> Message | None:
    """The last message of the path on show, a deleted one too: the tree goes through it.

    `is_lined_up` says whether it may be one of several that are shown side by side.
    """
    return _leaf_of.first(session.pk)


_leaf_of = Prepared(
    lambda session: (
        Message.objects.on_path(session)
        .order_by("-depth")
        .only("id", "depth", "session_id", "parent")
        .annotate(is_lined_up=Exists(Lineup.objects.filter(question=OuterRef("parent"), settled_at=None)))[:1]
    ),
    UUID,
)


def line_to(message: Message) -> list[Message]:
    """A message and, where it is not on show, what leads to it from the path that is, the first one first."""
    key = message.pk if connection.features.has_native_uuid_field else message.pk.hex
    return list(Message.objects.raw(_LINE_TO, [key]))


def hide_from(session: Session, depth: int) -> None:
    """Take the path from `depth` on off the screen, so that another can take its place."""
    tail = Message.objects.on_path(session).filter(depth__gte=depth)
    session.message_count -= tail.live().count()
    tail.update(is_active=False)


def show_line_of(session: Session, message: Message) -> None:
    """Show the path from the root through `message`, and on along the newest of what follows it."""
    depth = message.depth if _is_shown(message.parent) else 0
    hide_from(session, depth)
    if depth == 0:
        _run(_ANCESTORS, message)
    _run(_NEWEST_LINE, message)
    _count_from(session, depth)


def show_up_to(session: Session, message: Message | None) -> None:
    """Show the path from the root to `message` and nothing after it."""
    if message is None:
        hide_from(session, 0)
        return
    if not message.is_active:
        hide_from(session, 0)
        _run(_ANCESTORS, message)
        _count_from(session, 0)
    hide_from(session, message.depth + 1)


def _count_from(session: Session, depth: int) -> None:
    session.message_count += Message.objects.live().on_path(session).filter(depth__gte=depth).count()


def _is_shown(message: Message | None) -> bool:
    return message is None or message.is_active


def _run(statement: str, message: Message) -> None:
    key = message.pk if connection.features.has_native_uuid_field else message.pk.hex
    with connection.cursor() as cursor:
        cursor.execute(statement, [key, True])
