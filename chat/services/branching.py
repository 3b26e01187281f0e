"""Branches: the path up to a message, copied into a session of its own."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.models import Message, Session, User
from chat.services import growth, tree
from chat.services.copying import append_copies
from chat.services.naming import branch_name
from chat.snapshot import MAX_READS


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

    def begin(source: Session) -> Session:
        return growth.session_like(source, owner=owner, name=branch_name(source), parent=source)

    pieces = growth.cut(_path(session, message), 16)
    return growth.grow_session(session, begin, pieces, _append)


def _path(session: Session, message: Message | None) -> bytes:
    """The ids of what is to be copied as it was at one moment, 16 bytes each, from the first on."""
    for _attempt in range(MAX_READS):
        line = tree.line_to(message) if message is not None else []
        shown = Message.objects.live().on_path(session).order_by("depth")
        if line:
            shown = shown.filter(depth__lt=line[0].depth)
        path = b"".join(key.bytes for key in shown.values_list("pk", flat=True).iterator(growth.BATCH))
        # No lock is held while so much is read: was another alternative put on show meanwhile?
        if message is None or tree.line_to(message) == line:
            break
    return path + b"".join(row.pk.bytes for row in line if row.deleted_at is None)


def _append(branch: Session, piece: bytes) -> None:
    append_copies(branch, [UUID(bytes=piece[at : at + 16]) for at in range(0, len(piece), 16)])
