"""Duplicates: a whole conversation once more, with its alternatives and what stands beside its messages."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterator
from hashlib import blake2b
from struct import Struct
from uuid import UUID

from django.db import connection

from chat.models import Message, Session, User
from chat.models.ids import for_database
from chat.models.rows import as_id, read_rows
from chat.services import growth
from chat.services.copying import Copy, copy_messages
from chat.services.margins import copy_margins
from chat.services.naming import copy_name

# All messages by depth, so that what is answered comes before its answers. Of one that is not on show: the
# depth at which its line left the path, and, in that line, the last above it that is not deleted, and how
# many above it are. One statement, so that all is of one moment.
_TREE = """
WITH RECURSIVE aside(id, depth, fork, above, gone, is_gone) AS (
    SELECT one.id, one.depth, one.depth, CAST(NULL AS {id_type}), 0,
           CASE WHEN one.deleted_at IS NULL THEN 0 ELSE 1 END
    FROM chat_message one LEFT JOIN chat_message up ON up.id = one.parent_id
    WHERE one.session_id = %s AND NOT one.is_active AND (up.id IS NULL OR up.is_active)
    UNION ALL
    SELECT one.id, one.depth, aside.fork, CASE WHEN aside.is_gone = 0 THEN aside.id ELSE aside.above END,
           aside.gone + aside.is_gone, CASE WHEN one.deleted_at IS NULL THEN 0 ELSE 1 END
    FROM aside JOIN chat_message one ON one.parent_id = aside.id
)
SELECT id, depth, -1, NULL, 0, CASE WHEN deleted_at IS NULL THEN 0 ELSE 1 END
FROM chat_message WHERE session_id = %s AND is_active
UNION ALL SELECT id, depth, fork, above, gone, is_gone FROM aside
ORDER BY 2
"""
# A message and its parent, its depth in the duplicate, and whether it is on show: a million take 37 MB.
_ROW = Struct("=16s16sI?")
_NONE = bytes(16)


def duplicate_session(*, session: Session, owner: User) -> Session:
    """A new session of `owner` with all that is in this one, on show or not; it is no branch of it.

    Deleted messages stay behind. Edits come along, and of the notes and reactions those of `owner`. Files are
    shared with the original. A reply that is being written comes along as far as it is saved, as stopped.

    Raises:
        Session.DoesNotExist: it was removed for good meanwhile.
    """

    def begin(source: Session) -> Session:
        return growth.session_like(source, owner=owner, name=copy_name(source, owner), parent=None)

    def append(duplicate: Session, piece: bytes) -> None:
        copies = [_copy(duplicate, *row) for row in _ROW.iter_unpack(piece)]
        copy_messages(duplicate, copies).add_to(duplicate)
        copy_margins(duplicate, {one.old: one.new for one in copies}, reader=owner)
        duplicate.message_count += sum(one.is_active for one in copies)

    pieces = growth.cut(b"".join(_rows(session)), _ROW.size)
    return growth.grow_session(session, begin, pieces, append)


def _rows(session: Session) -> Iterator[bytes]:
    """What is to be copied, parents before their children, as it was at one moment."""
    shown = bytearray()  # the ids on show so far
    gone = array("L")  # the depths at which deleted ones are
    statement = _TREE.format(id_type=Message._meta.pk.db_type(connection))
    tree = read_rows(statement, [for_database(session.pk)] * 2)
    for key, depth, fork, above, gone_aside, is_gone in tree:
        is_shown = fork < 0
        if is_gone:
            if is_shown:
                gone.append(depth)
            continue
        place = depth - gone_aside - bisect_left(gone, depth if is_shown else fork)
        parent = as_id(above).bytes if above else None
        if parent is None:
            # The last on show above it, or above the line that it is in.
            end = place if is_shown else fork - bisect_left(gone, fork)
            parent = bytes(shown[16 * end - 16 : 16 * end]) or _NONE
        message = as_id(key).bytes
        if is_shown:
            shown += message
        yield _ROW.pack(message, parent, place, is_shown)


def _copy(duplicate: Session, message: bytes, parent: bytes, depth: int, is_shown: bool) -> Copy:  # noqa: FBT001
    answered = None if parent == _NONE else _copied_id(duplicate, parent)
    return Copy(UUID(bytes=message), _copied_id(duplicate, message), answered, depth, is_shown)


def _copied_id(duplicate: Session, message: bytes) -> UUID:
    """The id of the copy, made from the original's: nobody has to remember which copy is whose."""
    mixed = blake2b(message, key=duplicate.pk.bytes, digest_size=8).digest()
    # A UUID's variant stands in its ninth byte; what is before it, the time, stays.
    return UUID(bytes=message[:8] + bytes([0x80 | mixed[0] & 0x3F]) + mixed[1:])
