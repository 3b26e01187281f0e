"""Copies of messages in another session, made in the database. The two sessions are locked by the caller."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Sum

from chat.generation.ending import rendered
from chat.models import Attachment, Message, Session
from chat.models.ids import for_database, new_id
from chat.rendering import RENDERER_VERSION
from chat.snapshot import views_of

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
    # One that was deleted while others were copied was there when one branched.
    "deleted_at": "NULL",
    "clearing_id": "NULL",
}


def append_copies(branch: Session, ids: Sequence[UUID]) -> None:
    """Copy messages to the end of `branch`, each the answer to the one before, and count them there."""
    copies = {old: new_id() for old in ids}
    parents = [branch.branch_point, *copies.values()]
    first = branch.message_count
    _insert(branch, [(old, new, parents[at], first + at) for at, (old, new) in enumerate(copies.items())])
    _copy_attachments(copies)
    _settle_running(copies)
    branch.parent_point, branch.branch_point = ids[-1], copies[ids[-1]]
    branch.message_count += len(ids)
    _count_usage(branch, list(copies.values()))


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


def _count_usage(branch: Session, ids: Sequence[UUID]) -> None:
    """What the messages took: a sum of the path, beside which the original's alternatives do not count."""
    sums = Message.objects.filter(pk__in=ids).aggregate(
        sent=Sum("input_tokens"), made=Sum("output_tokens"), cost=Sum("cost")
    )
    branch.total_tokens += (sums["sent"] or 0) + (sums["made"] or 0)
    if sums["cost"] is not None:
        branch.cost = (branch.cost or Decimal(0)) + sums["cost"]
