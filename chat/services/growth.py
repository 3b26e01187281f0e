"""A session that is filled from another in pieces, and that nobody sees before it is whole.

A million messages take most of a minute, in which nobody may wait for the database. So they are copied in
pieces, each a transaction of some 20 ms, into what looks like a temporary session that has ended: what a
killed process leaves of one is swept as those are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from django.db import connection, transaction
from django.utils import timezone

from chat import access, audit
from chat.index import index_in_pieces, index_session, index_title
from chat.log import lock_session, record, session_note
from chat.models import Project, Session, SessionTag, User

# Messages that are copied by one transaction on SQLite, which has one writer at a time, and elsewhere,
# where only who writes in the same conversations waits (10,000 take a fifth less time so).
BATCH, LARGE_BATCH = 500, 2000
# On SQLite one that waits for its turn to write looks again every few milliseconds: let it find the lock
# free for as long as this part of the time that it was taken. More helped nobody (measured).
PAUSE = 0.4
# One that is not whole after so long without a new piece was left by a process that died.
LEFT_AFTER = timedelta(minutes=2)
GROWN = (
    "message_count", "branch_point", "parent_point", "total_tokens", "cost",
    "is_temporary", "project", "deleted_at", "leaves_at", "updated_at",
)  # fmt: skip

Piece = TypeVar("Piece")
Begin = Callable[[Session], Session]


def grow_session(
    original: Session, begin: Begin, pieces: Sequence[Piece], append: Callable[[Session, Piece], None]
) -> Session:
    """What `begin` makes of the original, once each piece was appended to it; both are locked meanwhile.

    Raises:
        Session.DoesNotExist: the original, or what was made, was removed for good.
        Http404, NotAllowed: the person may not read it any more.
    """
    grown: Session | None = None
    was_temporary = False
    for number, piece in enumerate(paced(pieces or [None]), 1):
        with transaction.atomic():
            # It may have been removed, or kept, since the last piece.
            source = lock_session(original.pk)
            if number == 1 or source.deleted_at is None:  # what was put away meanwhile is copied to its end
                access.still_granted(original, source)
            was_temporary |= source.is_temporary
            grown = lock_session(grown) if grown else begin(source)
            if piece is not None:
                append(grown, piece)
            is_whole = number >= len(pieces)
            _save(grown, source, is_whole=is_whole)
            if is_whole and grown.is_temporary:
                index_session(grown)  # nothing: it may have been kept for a while
    assert grown is not None
    if was_temporary and not grown.is_temporary:
        # It was kept meanwhile, and the index has a part alone.
        for seconds in index_in_pieces(grown):
            let_others_write(seconds)
    return grown


def session_like(source: Session, *, owner: User, name: str, parent: Session | None) -> Session:
    """A new session, set and tagged as `source`."""
    made = Session.objects.create(
        owner=owner,
        parent=parent,
        name=name,
        is_name_typed=source.is_name_typed,
        provider=source.provider,
        model=source.model,
        settings=source.settings,
        fallbacks=source.fallbacks,
        options=source.options,
        tools=source.tools,
        summarises=source.summarises,
        is_temporary=source.is_temporary,
        updated_at=timezone.now(),
    )
    tags = source.tags.values_list("name", flat=True)
    SessionTag.objects.bulk_create([SessionTag(session=made, name=name) for name in tags])
    return made


def cut(rows: bytes, width: int) -> list[bytes]:
    """Rows of `width` bytes each, in pieces of which one transaction copies one."""
    size = width * (BATCH if connection.vendor == "sqlite" else LARGE_BATCH)
    return [rows[start : start + size] for start in range(0, len(rows), size)]


def paced(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces; after the work on each there is time for others."""
    for number, piece in enumerate(pieces, 1):
        since = time.monotonic()
        yield piece
        if number < len(pieces):
            let_others_write(time.monotonic() - since)


def let_others_write(seconds: float) -> None:
    """Wait a moment after the database was taken for so long."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(seconds * PAUSE)


def _save(grown: Session, source: Session, *, is_whole: bool) -> None:
    grown.is_temporary = source.is_temporary or not is_whole
    # What is temporary is in no project, and what is not whole looks as if it were.
    grown.project = _project_for(grown.owner, source) if is_whole else None
    grown.deleted_at = grown.leaves_at = None if is_whole else timezone.now() + LEFT_AFTER
    grown.updated_at = timezone.now()
    if is_whole:
        index_title(grown)
        record(grown, session_note(grown), changed=GROWN)
        action = audit.Action.SESSION_BRANCHED if grown.parent_id else audit.Action.SESSION_DUPLICATED
        audit.note(action, grown, source=str(source.pk))
    else:
        grown.save(update_fields=GROWN)


def _project_for(owner: User, source: Session) -> Project | None:
    """Where the source is, if one may write there; else what is made of it is one's own alone."""
    role = access.role_in(owner, source.project_id) if source.project_id else None
    is_own = source.owner_id == owner.pk
    return source.project if is_own or (role and role.can_write) else None
