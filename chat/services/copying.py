"""Copies of messages in another session, made in the database. The two sessions are locked by the caller."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db import connection, models
from django.db.models import Count, Exists, OuterRef, Q, Sum
from django.db.models.expressions import RawSQL

from chat.generation.ending import parts_at_end, whole_of
from chat.index import add_messages, columns_of_copies
from chat.models import Attachment, Merge, Message, SearchEntry, Session
from chat.models.ids import database_key, new_id
from chat.models.rows import Value, among, as_table
from chat.parts import cut_off
from chat.rendering import RENDERER_VERSION
from chat.snapshot import views_of

RUNNING = (Message.Status.PENDING, Message.Status.STREAMING)
# What a copy does not take over as it is, and what it has instead.
_OWN_COLUMNS = {
    "id": "pair.new",
    "parent_id": "CAST(pair.parent AS {id_type})",
    "depth": "pair.depth",
    "is_active": "pair.shown = 1",
    # A reply that is still being written is taken over as far as it has come.
    "status": "CASE WHEN status IN ('pending', 'streaming') THEN 'stopped' ELSE status END",
    "sent_digest": "''",
    "origin": "COALESCE(origin, chat_message.id)",
    # One that was deleted while others were copied was there when one branched.
    "deleted_at": "NULL",
    "clearing_id": "NULL",
    "purged_at": "NULL",
}

_FOUND_OF_COPIES = "WHERE chat_searchentry.kind IN ('message', 'files') ORDER BY chat_searchentry.id"


@dataclass(frozen=True, slots=True)
class Copy:
    """A message that is to be copied, and what is the copy's own."""

    old: UUID
    new: UUID
    parent: UUID | None
    depth: int
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Usage:
    """What the making of messages took."""

    tokens: int
    cost: Decimal | None

    def add_to(self, holder: Session | Merge) -> None:
        """Count it there too; the caller saves."""
        holder.total_tokens += self.tokens
        if self.cost is not None:
            holder.cost = (holder.cost or Decimal(0)) + self.cost


def append_copies(branch: Session, ids: Sequence[UUID]) -> None:
    """Copy messages to the end of `branch`, each the answer to the one before, and count them there."""
    parent, first = branch.branch_point, branch.message_count
    copies = chain(ids, parent=parent, depth=first)
    copy_messages(branch, copies).add_to(branch)
    branch.parent_point, branch.branch_point = ids[-1], copies[-1].new
    branch.message_count += len(ids)


def chain(ids: Sequence[UUID], *, parent: UUID | None, depth: int) -> list[Copy]:
    """Copies of which each is the answer to the one before, the first that to `parent`."""
    copies: list[Copy] = []
    for place, old in enumerate(ids, depth):
        copies.append(Copy(old, new_id(), copies[-1].new if copies else parent, place))
    return copies


def copy_messages(session: Session, copies: Sequence[Copy], *, is_hidden: bool = False) -> Usage:
    """Copy messages with their files into `session`; what they had taken.

    All that is copied comes through here, parents before or together with their children. With `is_hidden`
    nobody sees them, as if they were deleted for good.
    """
    names = ("old", "new", "parent", "depth", "shown")
    key = database_key()
    rows = [
        (
            key(one.old),
            key(one.new),
            one.parent and key(one.parent),
            one.depth,
            int(one.is_active and not is_hidden),
        )
        for one in copies
    ]
    id_type = Message._meta.pk.db_type(connection)
    own = {name: value.format(id_type=id_type) for name, value in _OWN_COLUMNS.items()} | {"session_id": "%s"}
    if is_hidden:
        # No trash shows or empties what has only not been shown yet.
        own |= dict.fromkeys(("deleted_at", "purged_at"), "CURRENT_TIMESTAMP")
    insert_copies(Message, names, rows, own, [key(session.pk)])
    near = among([row[0] for row in rows])
    keys = {one.old: one.new for one in copies}
    found = Message.objects.filter(pk__in=near).aggregate(
        sent=Sum("input_tokens"),
        made=Sum("output_tokens"),
        cost=Sum("cost"),
        running=Count("pk", filter=Q(status__in=RUNNING)),
        filed=Count("pk", filter=Exists(Attachment.objects.filter(message=OuterRef("pk")))),
    )
    if found["filed"]:
        _copy_attachments(near, keys)
    # What is not whole yet looks temporary, and is found all the same once it is; only merges are hidden.
    is_found = not (is_hidden and session.is_temporary)
    if is_found:
        _copy_entries(session, names, rows)
    if found["running"]:
        _settle_running(session, near, keys, is_found=is_found)
    # Of a branch a sum of the path, without the original's alternatives.
    return Usage((found["sent"] or 0) + (found["made"] or 0), found["cost"])


def insert_copies(
    model: type[models.Model],
    names: Sequence[str],
    rows: Sequence[tuple[Value, ...]],
    own: Mapping[str, str | None],
    values: Sequence[Value] = (),
    *,
    by: str = "id",
    then: str = "",
) -> None:
    """Copies of rows of `model`: of each of `rows`, called `names`, "old" is the key of what is copied.

    `by` is the column in which that key stands, and `then` what else says which are copied, in what order.
    `own` are the columns that are not taken over, as expressions in which the row is called "pair", with
    `values` for their marks; None leaves one out. In the database: a million messages through Python
    would take minutes.
    """
    table = model._meta.db_table
    columns = {
        str(field.column): f"{table}.{_quoted(str(field.column))}" for field in model._meta.concrete_fields
    }
    taken = {name: value for name, value in (columns | dict(own)).items() if value is not None}
    given, marks = as_table(rows)
    statement = f"""
        WITH pair({", ".join(names)}) AS ({given})
        INSERT INTO {table} ({", ".join(map(_quoted, taken))})
        SELECT {", ".join(taken.values())} FROM pair JOIN {table} ON {table}.{by} = pair.old {then}
    """  # noqa: S608  only our own names are put in
    with connection.cursor() as cursor:
        cursor.execute(statement, [*marks, *values])


def _quoted(column: str) -> str:
    return connection.ops.quote_name(column)


def _copy_attachments(near: RawSQL, copies: dict[UUID, UUID]) -> None:
    """Rows of their own, over the same stored file: nothing deletes a file that a row still names."""
    found = Attachment.objects.filter(message__in=near).order_by("created_at", "id")
    for attachment in (rows := list(found)):
        attachment.pk = new_id()
        attachment.message_id = copies[attachment.message_id]  # type: ignore[index]
    Attachment.objects.bulk_create(rows)


def _copy_entries(session: Session, names: Sequence[str], rows: Sequence[tuple[Value, ...]]) -> None:
    """What is found of a message is found of its copy; of a temporary session there is nothing."""
    own = {**columns_of_copies(session), "message_id": "pair.new"}
    insert_copies(SearchEntry, names, rows, own, by="message_id", then=_FOUND_OF_COPIES)


def _settle_running(session: Session, near: RawSQL, copies: dict[UUID, UUID], *, is_found: bool) -> None:
    """Give the copy of a reply that is still being written what has been saved of it."""
    for view in views_of(Message.objects.filter(pk__in=near, status__in=RUNNING).select_related("session")):
        copy = Message.objects.get(pk=copies[view.message.pk])
        parts = parts_at_end(cut_off(view.message.parts), view.content, view.reasoning)
        whole = whole_of(copy.pk, view.content, parts)
        copy.content, copy.parts = view.content, parts
        copy.html, copy.html_version = whole.html, RENDERER_VERSION
        copy.save(update_fields=["content", "parts", "html", "html_version"])
        if is_found and not view.message.session.is_temporary:
            add_messages(session, [(copy, whole.analysis)])
