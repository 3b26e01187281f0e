"""Branches: the path up to a message, copied into a session of its own, in one transaction at any length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from chat.errors import BadValue
from chat.generation.ending import rendered
from chat.log import lock_session, record, session_note
from chat.models import Attachment, Message, Session, SessionTag, User
from chat.models.ids import for_database, new_id
from chat.rendering import RENDERER_VERSION
from chat.services import tree
from chat.snapshot import views_of

# Rows copied by one statement: their ids are all that is held here.
BATCH = 2000
NAME_CHARS = 200
RUNNING = (Message.Status.PENDING, Message.Status.STREAMING)
# What a copy does not take over as it is, and what it has instead.
_OWN_COLUMNS = {
    "id": "pair.new",
    "session_id": "%s",
    "parent_id": "CAST(pair.parent AS {id_type})",
    "depth": "pair.depth",
    "is_active": "TRUE",
    # A reply that is still being written is taken over as far as it has come.
    "status": "CASE WHEN status IN ('pending', 'streaming') THEN 'stopped' ELSE status END",
    "sent_digest": "''",
    "origin": "COALESCE(origin, chat_message.id)",
    "clearing_id": "NULL",
}


def branch_session(*, session: Session, owner: User, message: Message | None = None) -> Session:
    """A new session of `owner` with what leads up to and includes `message`, or all that is on show.

    Deleted messages stay behind, and so do edits and alternatives. A reply that is still being
    written comes along as far as it is saved, as stopped; the one in `session` goes on. Files are
    shared with the original, not copied.

    Raises:
        BadValue: the message is of another session.
    """
    if message is not None and message.session_id != session.pk:
        raise BadValue(_("That message is not in this conversation."), field="from_message_id")
    with transaction.atomic():
        source = lock_session(session.pk)
        branch = _new_session(source, owner)
        last: UUID | None = None
        for batch in _batches(source, message):
            last = _copy(branch, batch, last, branch.message_count)
            branch.message_count += len(batch)
            branch.parent_point = batch[-1]
        branch.branch_point = last
        _count_usage(branch)
        changed = ["message_count", "branch_point", "parent_point", "total_tokens", "cost"]
        record(branch, session_note(branch), changed=changed)
    return branch


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
        updated_at=timezone.now(),
    )
    tags = source.tags.values_list("name", flat=True)
    SessionTag.objects.bulk_create([SessionTag(session=branch, name=name) for name in tags])
    return branch


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


def _batches(source: Session, message: Message | None) -> Iterator[list[UUID]]:
    """The ids of what is to be copied, from the first on; what is not on show comes after what is."""
    hidden = tree.hidden_line(message) if message is not None and not message.is_active else []
    shown = Message.objects.live().on_path(source).order_by("depth")
    if hidden:
        shown = shown.filter(depth__lt=hidden[0].depth)
    elif message is not None:
        shown = shown.filter(depth__lte=message.depth)
    after = -1
    while rows := list(shown.filter(depth__gt=after).values_list("id", "depth")[:BATCH]):
        yield [key for key, _depth in rows]
        after = rows[-1][1]
    kept = [row.pk for row in hidden if row.deleted_at is None]
    for start in range(0, len(kept), BATCH):
        yield kept[start : start + BATCH]


def _copy(branch: Session, ids: Sequence[UUID], parent: UUID | None, depth: int) -> UUID:
    """Copy messages, each the answer to the one before; the last copy's id."""
    copies = {old: new_id() for old in ids}
    parents = [parent, *copies.values()]
    _insert(branch, [(old, new, parents[at], depth + at) for at, (old, new) in enumerate(copies.items())])
    _copy_attachments(copies)
    _settle_running(copies)
    return copies[ids[-1]]


def _insert(branch: Session, pairs: Sequence[tuple[UUID, UUID, UUID | None, int]]) -> None:
    """In the database: a million messages through Python would take minutes."""
    id_type = Message._meta.pk.db_type(connection)
    columns = [str(field.column) for field in Message._meta.concrete_fields]
    values = [_OWN_COLUMNS.get(name, f"chat_message.{name}").format(id_type=id_type) for name in columns]
    marks = ", ".join(["(%s, %s, %s, %s)"] * len(pairs))
    statement = f"""
        WITH pair(old, new, parent, depth) AS (VALUES {marks})
        INSERT INTO chat_message ({", ".join(columns)})
        SELECT {", ".join(values)} FROM pair JOIN chat_message ON chat_message.id = pair.old
    """  # noqa: S608  only our own columns are put in
    keys = [
        value
        for old, new, parent, depth in pairs
        for value in (for_database(old), for_database(new), parent and for_database(parent), depth)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, [*keys, for_database(branch.pk)])


def _copy_attachments(copies: dict[UUID, UUID]) -> None:
    """Rows of their own, over the same stored file: nothing deletes a file that a row still names."""
    found = Attachment.objects.filter(message__in=list(copies)).order_by("created_at", "id")
    for attachment in (rows := list(found)):
        attachment.pk = new_id()
        attachment.message_id = copies[attachment.message_id]  # type: ignore[index]
    Attachment.objects.bulk_create(rows)


def _settle_running(copies: dict[UUID, UUID]) -> None:
    """Give the copy of a reply that is still being written what has been saved of it."""
    running = Message.objects.filter(pk__in=list(copies), status__in=RUNNING)
    for view in views_of(running):
        key = copies[view.message.pk]
        thoughts = {"type": "reasoning", "state": "complete", "text": view.reasoning}
        Message.objects.filter(pk=key).update(
            content=view.content,
            parts=[thoughts] if view.reasoning else [],
            html=rendered(key, view.content),
            html_version=RENDERER_VERSION,
        )


def _count_usage(branch: Session) -> None:
    """What its messages took: a sum of the path, beside which the original's alternatives do not count."""
    sums = Message.objects.filter(session=branch).aggregate(
        sent=Sum("input_tokens"), made=Sum("output_tokens"), cost=Sum("cost")
    )
    branch.total_tokens = (sums["sent"] or 0) + (sums["made"] or 0)
    branch.cost = sums["cost"]
