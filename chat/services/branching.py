"""Branches: the path up to a message, copied into a session of its own.

A million messages take most of a minute, in which nobody may wait for the database. So they are copied in
pieces, each a transaction of some 20 ms, into a session that nobody sees before it is whole.
"""

from __future__ import annotations

import re
import time
from datetime import timedelta
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.access import role_in
from chat.errors import BadValue
from chat.log import lock_session, record, session_note
from chat.models import Message, Project, Session, SessionTag, User
from chat.services import tree
from chat.services.copying import append_copies
from chat.snapshot import MAX_READS

# Messages that are copied by one transaction.
BATCH = 500
# SQLite has one writer at a time, and one that waits looks again every few milliseconds: let it find
# the lock free for as long as this part of the time that it was taken.
PAUSE = 0.6
# One that is not whole after so long without a new piece was left by a process that died; it is swept.
LEFT_AFTER = timedelta(minutes=2)
NAME_CHARS = 200
APPENDED = (
    "message_count", "branch_point", "parent_point", "total_tokens", "cost",
    "is_temporary", "deleted_at", "leaves_at", "updated_at",
)  # fmt: skip


def branch_session(*, session: Session, owner: User, message: Message | None = None) -> Session:
    """A new session of `owner` with what leads up to and includes `message`, or all that is on show.

    Deleted messages stay behind, and so do edits and alternatives. A reply that is still being
    written comes along as far as it is saved, as stopped; the one in `session` goes on. Files are
    shared with the original, not copied.

    Raises:
        BadValue: the message is of another session.
        Session.DoesNotExist: it was removed for good meanwhile.
    """
    if message is not None and message.session_id != session.pk:
        raise BadValue(_("That message is not in this conversation."), field="from_message_id")
    path = _path(session, message)
    pieces = [path[start : start + 16 * BATCH] for start in range(0, len(path), 16 * BATCH)] or [b""]
    since = time.monotonic()
    with transaction.atomic():
        source = lock_session(session.pk)
        branch = _new_session(source, owner)
        _append(branch, source, pieces[0], is_last=len(pieces) == 1)
    for number, piece in enumerate(pieces[1:], 2):
        _let_others_write(time.monotonic() - since)
        since = time.monotonic()
        with transaction.atomic():
            # The source may have been removed, or kept, since the last piece.
            source, branch = lock_session(session.pk), lock_session(branch.pk)
            _append(branch, source, piece, is_last=number == len(pieces))
    return branch


def _path(session: Session, message: Message | None) -> bytes:
    """The ids of what is to be copied as it was at one moment, 16 bytes each, from the first on."""
    for _attempt in range(MAX_READS):
        line = tree.line_to(message) if message is not None else []
        shown = Message.objects.live().on_path(session).order_by("depth")
        if line:
            shown = shown.filter(depth__lt=line[0].depth)
        path = b"".join(key.bytes for key in shown.values_list("pk", flat=True).iterator(BATCH))
        # No lock is held while so much is read: was another alternative put on show meanwhile?
        if message is None or tree.line_to(message) == line:
            break
    return path + b"".join(row.pk.bytes for row in line if row.deleted_at is None)


def _append(branch: Session, source: Session, piece: bytes, *, is_last: bool) -> None:
    """Copy a piece of the path; until the last one the branch is a temporary session that has ended."""
    if piece:
        append_copies(branch, [UUID(bytes=piece[at : at + 16]) for at in range(0, len(piece), 16)])
    branch.is_temporary = source.is_temporary or not is_last
    branch.deleted_at = branch.leaves_at = None if is_last else timezone.now() + LEFT_AFTER
    branch.updated_at = timezone.now()
    if is_last:
        record(branch, session_note(branch), changed=APPENDED)
    else:
        branch.save(update_fields=APPENDED)


def _let_others_write(seconds: float) -> None:
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(seconds * PAUSE)


def _new_session(source: Session, owner: User) -> Session:
    branch = Session.objects.create(
        owner=owner,
        parent=source,
        name=branch_name(source),
        is_name_typed=source.is_name_typed,
        provider=source.provider,
        model=source.model,
        settings=source.settings,
        is_temporary=source.is_temporary,
        project=_project_for(owner, source),
        updated_at=timezone.now(),
    )
    tags = source.tags.values_list("name", flat=True)
    SessionTag.objects.bulk_create([SessionTag(session=branch, name=name) for name in tags])
    return branch


def _project_for(owner: User, source: Session) -> Project | None:
    """Where the source is, if one may write there; else the branch is one's own alone."""
    role = role_in(owner, source.project_id) if source.project_id else None
    is_own = source.owner_id == owner.pk
    return source.project if is_own or (role and role.can_write) else None


def branch_name(source: Session) -> str:
    """The title with “(branch)” or “(branch 2)” after it, once, however often one branches."""
    if not source.name:
        return ""
    word = _("branch")
    found = re.fullmatch(rf"(.*?) \({re.escape(word)}(?: (\d{{1,6}}))?\)", source.name, re.DOTALL)
    title, own = (found[1], int(found[2] or 1)) if found else (source.name, 0)
    number = max(own, source.branches.count()) + 1
    ending = f" ({word} {number})" if number > 1 else f" ({word})"
    return title[: NAME_CHARS - len(ending)] + ending
