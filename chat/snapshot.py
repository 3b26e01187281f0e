"""What a session looks like now, read so that events after its cursor lead on without gap or repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from django.db.models import Q

from chat.models import (
    Annotation,
    Attachment,
    Chunk,
    Generation,
    Merge,
    Message,
    MessageEdit,
    Reaction,
    Session,
    User,
)

Row = TypeVar("Row", Annotation, Attachment, MessageEdit, Reaction)
PAGE_SIZE = 25
# How often to read again when an event came in between; a tick comes each 50 ms, a page takes 2.
MAX_READS = 20


@dataclass(frozen=True)
class Margin:
    """What people put beside a message."""

    reactions: tuple[Reaction, ...] = ()
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True)
class MessageView:
    """A message with all that is shown of it; of a running reply, what has been saved so far."""

    message: Message
    content: str
    reasoning: str = ""
    note: str = ""
    alternatives: tuple[UUID, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    edits: tuple[MessageEdit, ...] = ()
    # Who wrote it; empty where nobody did, or they are gone.
    author: str = ""
    # Its session, where this is the last message that the session took over from its parent.
    branch: Session | None = None
    # What was merged after it, where this is the line that says so.
    merge: Merge | None = None
    reactions: tuple[Reaction, ...] = ()
    annotations: tuple[Annotation, ...] = ()

    @property
    def position(self) -> int:
        """Which of the alternatives this is, from 1."""
        return self.alternatives.index(self.message.id) + 1 if self.message.id in self.alternatives else 1

    @property
    def previous(self) -> UUID | None:
        return self.alternatives[self.position - 2] if self.position > 1 else None

    @property
    def next(self) -> UUID | None:
        return self.alternatives[self.position] if self.position < len(self.alternatives) else None


@dataclass(frozen=True)
class Page:
    """Messages on show, one after the other; `older` and `newer` are its ends where there are more."""

    session: Session
    messages: tuple[MessageView, ...] = field(default=())
    older: UUID | None = None
    cursor: int = 0
    newer: UUID | None = None


@dataclass(frozen=True)
class Stretch:
    """The rows of a page, and whether there are more at either end."""

    rows: Sequence[Message]
    has_older: bool = False
    has_newer: bool = False


def page(session: Session, *, limit: int = PAGE_SIZE, before: Message | None = None) -> Page:
    """The `limit` messages on show just before `before`, or the newest; oldest first."""
    depth = None if before is None else before.depth
    return page_of(session, lambda: last_stretch(session, limit=limit, before_depth=depth))


def last_stretch(
    session: Session, *, limit: int, before_depth: int | None = None, for_people: bool = False
) -> Stretch:
    messages = Message.objects.for_people() if for_people else Message.objects.all()
    rows = messages.page(session, limit=limit + 1, before_depth=before_depth)
    return Stretch(rows[-limit:], has_older=len(rows) > limit)


def page_of(session: Session, read: Callable[[], Stretch]) -> Page:
    """The page of what `read` finds, and the number of the event that leads on from it."""
    for _ in range(MAX_READS):
        cursor = last_event_id(session)
        stretch = read()
        views = tuple(views_of(stretch.rows))
        if last_event_id(session) == cursor:
            break
    rows = stretch.rows
    older = rows[0].id if rows and stretch.has_older else None
    return Page(session, views, older, cursor, rows[-1].id if rows and stretch.has_newer else None)


def last_event_id(session: Session) -> int:
    return Session.objects.values_list("last_event_id", flat=True).get(pk=session.pk)


def views_of(messages: Iterable[Message]) -> list[MessageView]:
    """The views of `messages`, in their order, by a fixed number of queries."""
    rows, chunks = _with_chunks(list(messages))
    ids = [row.id for row in rows]
    running = [row.id for row in rows if row.is_running]
    siblings = _siblings(rows)
    branches = _branches(rows)
    merges = _merges(rows)
    authors = _authors(rows)
    notes = (
        dict(Generation.objects.filter(message__in=running).values_list("message", "note")) if running else {}
    )
    attachments = _by_message(
        Attachment.objects.filter(message__in=ids).order_by("position", "created_at", "id")
    )
    edits = _by_message(
        MessageEdit.objects.filter(message__in=ids).select_related("editor").order_by("edited_at", "id")
    )
    # A deleted message keeps its own, and shows none.
    margins = margins_of([row.id for row in rows if row.deleted_at is None])
    return [
        MessageView(
            message=row,
            content=row.content + chunks[row.id, Chunk.Kind.TEXT],
            reasoning=_kept_reasoning(row) + chunks[row.id, Chunk.Kind.REASONING],
            note=notes.get(row.id, ""),
            alternatives=siblings.get(row.id, (row.id,)),
            attachments=tuple(attachments[row.id]),
            edits=tuple(edits[row.id]),
            author=authors.get(row.author_id, ""),
            branch=branches.get(row.id),
            merge=merges.get(row.id),
            reactions=margins[row.id].reactions,
            annotations=margins[row.id].annotations,
        )
        for row in rows
    ]


def margins_of(message_ids: Sequence[UUID]) -> dict[UUID, Margin]:
    """What people put beside each message; the empty margin for those that have nothing."""
    reactions = _by_message(
        Reaction.objects.filter(message__in=message_ids).select_related("user").order_by("created_at", "id")
    )
    annotations = _by_message(
        Annotation.objects.live()
        .filter(message__in=message_ids)
        .select_related("author")
        .order_by("created_at", "id")
    )
    margins = {key: Margin(tuple(reactions[key]), tuple(annotations[key])) for key in message_ids}
    return defaultdict(Margin, margins)


def _with_chunks(rows: list[Message]) -> tuple[list[Message], dict[tuple[UUID, str], str]]:
    """The rows and the chunks of those that run; one that ended in between is read again, whole."""
    running = [row.id for row in rows if row.is_running]
    chunks = _chunks(running)
    if not running:
        return rows, chunks
    now = Message.objects.in_bulk(running)
    for key in running:
        if not now[key].is_running:
            chunks.pop((key, Chunk.Kind.TEXT), None)
            chunks.pop((key, Chunk.Kind.REASONING), None)
    return [row if row.id not in now or now[row.id].is_running else now[row.id] for row in rows], chunks


def _by_message(rows: Iterable[Row]) -> dict[UUID | None, list[Row]]:
    groups: dict[UUID | None, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row.message_id].append(row)
    return groups


def _chunks(message_ids: Sequence[UUID]) -> dict[tuple[UUID, str], str]:
    texts: dict[tuple[UUID, str], str] = defaultdict(str)
    if message_ids:
        rows = Chunk.objects.filter(message__in=message_ids).order_by("message", "kind", "offset")
        for message_id, kind, text in rows.values_list("message_id", "kind", "text"):
            texts[message_id, kind] += text
    return texts


def _kept_reasoning(message: Message) -> str:
    return "".join(part.get("text", "") for part in message.parts if part.get("type") == "reasoning")


def _authors(rows: Sequence[Message]) -> dict[UUID | None, str]:
    keys = {row.author_id for row in rows if row.author_id}
    found = User.objects.filter(pk__in=keys).values_list("pk", "username") if keys else ()
    return dict(found)


def _branches(rows: Sequence[Message]) -> dict[UUID | None, Session]:
    """The sessions that branched off at one of `rows`, by that message."""
    copies = {row.id: row.session_id for row in rows if row.origin}
    if not copies:
        return {}
    found = Session.objects.filter(pk__in=set(copies.values()), branch_point__in=list(copies))
    return {session.branch_point: session for session in found.select_related("parent")}


def _merges(rows: Sequence[Message]) -> dict[UUID, Merge]:
    """The merges that one of `rows` is the line of, by that message."""
    lines = [row.id for row in rows if row.role == Message.Role.SYSTEM]
    if not lines:
        return {}
    found = Merge.objects.filter(line__in=lines, is_whole=True, undone_at=None)
    return {merge.line_id: merge for merge in found.select_related("source")}


def _siblings(rows: Sequence[Message]) -> dict[UUID, tuple[UUID, ...]]:
    """For each message the ids of all that share its parent, itself included, oldest first."""
    if not rows:
        return {}
    parents = [row.parent_id for row in rows if row.parent_id]
    family = Q(parent__in=parents)
    if any(row.parent_id is None for row in rows):
        family |= Q(session=rows[0].session_id, parent=None)
    groups: dict[UUID | None, list[UUID]] = defaultdict(list)
    live = Message.objects.filter(family).filter(Q(deleted_at=None) | Q(pk__in=[row.pk for row in rows]))
    for message_id, parent_id in live.order_by("created_at", "id").values_list("id", "parent_id"):
        groups[parent_id].append(message_id)
    return {row.id: tuple(groups[row.parent_id]) for row in rows}
