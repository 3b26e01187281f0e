"""Merges: what another conversation has of its own, appended to this one after a line that says so.

The copies are written in pieces, each a transaction of some 20 ms, aside from what is on show; then all are
put on show at once. What a killed process leaves of one is swept.
"""

from __future__ import annotations

from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import audit, kinship
from chat.errors import BadValue, MergeRunning, ReplyRunning
from chat.generation import jobs
from chat.generation.ending import whole_of
from chat.index import index_messages
from chat.log import lock_session, record, reset_note, session_note
from chat.models import Merge, Message, Session, User
from chat.models.ids import for_database, new_id
from chat.rendering import RENDERER_VERSION
from chat.services import growth, tree
from chat.services.copying import Usage, chain, copy_messages
from chat.snapshot import MAX_READS

SHOWN = ("message_count", "total_tokens", "cost", "updated_at")
_SHOW = """
WITH RECURSIVE part(id) AS (
    SELECT id FROM chat_message WHERE id = %s
    UNION ALL
    SELECT one.id FROM part JOIN chat_message one ON one.parent_id = part.id
)
UPDATE chat_message SET is_active = %s, deleted_at = NULL, purged_at = NULL, depth = depth + %s
WHERE id IN (SELECT id FROM part)
"""


class _Changed(Exception):
    """Something was written in one of the sessions while the common part was looked for."""


def merge_session(*, session: Session, source: Session, merged_by: User) -> Merge | None:
    """Append to `session` what `source` has on show and it has not; None where there is nothing.

    What is common is told by the first originals. The messages of `session` stay where they are; a `system`
    line names the source, and the source's own part follows it in order. Files are shared.

    Raises:
        BadValue: it is the same session, or the source alone is temporary.
        ReplyRunning: a reply runs in one of them.
        MergeRunning: another is being merged into `session`.
        Session.DoesNotExist: one was removed for good meanwhile.
    """
    for _attempt in range(MAX_READS):
        refuse_merge(session, source)
        seen = _cursors(session, source)
        path = kinship.ids_new_to(session, source)
        if not path:
            return None
        try:
            return _append_all(session, source, merged_by, path, seen)
        except _Changed:
            for one in (session, source):
                one.refresh_from_db()
    raise MergeRunning(_("Too much is being written in these conversations. Try again in a moment."))


def refuse_merge(session: Session, source: Session) -> None:
    """Raises as `merge_session` where the two cannot be merged now."""
    if session.pk == source.pk:
        raise BadValue(_("A conversation cannot be merged into itself."), field="source_id")
    if source.is_temporary and not session.is_temporary:
        raise BadValue(_("That conversation is temporary. Keep it first."), field="source_id")
    jobs.refuse_while_open(session)
    if jobs.has_open(source):
        words = _("A reply is still being written in “%(name)s”. Stop it, or wait until it has ended.")
        raise ReplyRunning(words % {"name": source.name or _("New conversation")})


def line_for(source: Session) -> str:
    """What is said before that conversation's own part."""
    if not source.name:
        return _("What follows was merged from another conversation.")
    return _("What follows was merged from the conversation “%(name)s”.") % {"name": source.name}


def _append_all(session: Session, source: Session, merged_by: User, path: bytes, seen: list[int]) -> Merge:
    merge: Merge | None = None
    for piece in growth.paced(growth.cut(path, 16)):
        with transaction.atomic():
            locked = lock_both(session, source)
            if merge is None:
                if _cursors(*locked) != seen:
                    raise _Changed
                merge = _begin(*locked, merged_by)
            merge.session = locked[0]  # it may have been kept since the last piece
            _append(merge, [UUID(bytes=piece[at : at + 16]) for at in range(0, len(piece), 16)])
            if 16 * merge.count == len(path):
                _show(locked[0], merge)
                audit.note(
                    audit.Action.SESSION_MERGED, locked[0], source=str(source.pk), messages=merge.count
                )
    assert merge is not None
    return merge


def lock_both(session: Session, source: Session) -> tuple[Session, Session]:
    """Both, locked in an order that is the same whoever asks: two merges never wait for each other."""
    for one in sorted((session, source), key=lambda one: one.pk):
        lock_session(one)
    return Session.objects.get(pk=session.pk), Session.objects.get(pk=source.pk)


def _cursors(*sessions: Session) -> list[int]:
    return [session.last_event_id for session in sessions]


def _begin(session: Session, source: Session, merged_by: User) -> Merge:
    """The line, aside from what is on show."""
    jobs.refuse_while_open(session)
    unfinished = Merge.objects.filter(session=session, is_whole=False)
    if unfinished.filter(touched_at__gt=timezone.now() - growth.LEFT_AFTER).exists():
        raise MergeRunning(_("Another conversation is being merged into this one. Wait until that is done."))
    leaf = tree.leaf(session)
    key, content = new_id(), line_for(source)
    whole = whole_of(key, content)
    line = Message.objects.create(
        id=key,
        session=session,
        parent=leaf,
        depth=leaf.depth + 1 if leaf else 0,
        is_active=False,
        deleted_at=timezone.now(),
        purged_at=timezone.now(),
        role=Message.Role.SYSTEM,
        content=content,
        html=whole.html,
        html_version=RENDERER_VERSION,
    )
    index_messages(session, [(line, whole.analysis)])
    return Merge.objects.create(
        session=session, source=source, line=line, last_id=key, made_by=merged_by, touched_at=timezone.now()
    )


def _append(merge: Merge, ids: list[UUID]) -> None:
    copies = chain(ids, parent=merge.last_id, depth=merge.line.depth + 1 + merge.count)
    copy_messages(merge.session, copies, is_hidden=True).add_to(merge)
    merge.count += len(ids)
    merge.last_id = copies[-1].new
    merge.touched_at = timezone.now()
    merge.save(update_fields=["count", "last_id", "total_tokens", "cost", "touched_at"])


def _show(session: Session, merge: Merge) -> None:
    """Put the line and the copies on show, below what has come to be the last message."""
    jobs.refuse_while_open(session)
    leaf = tree.leaf(session)
    Message.objects.filter(pk=merge.line_id).update(parent=leaf)
    further = (leaf.depth + 1 if leaf else 0) - merge.line.depth
    with connection.cursor() as cursor:
        cursor.execute(_SHOW, [for_database(merge.line_id), True, further])
    merge.is_whole = True
    merge.save(update_fields=["is_whole"])
    session.message_count += merge.count + 1
    Usage(merge.total_tokens, merge.cost).add_to(session)
    session.updated_at = timezone.now()
    record(session, session_note(session), reset_note(), changed=SHOWN)
