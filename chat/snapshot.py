"""What a session looks like now, read so that events after its cursor lead on without gap or repeat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from chat.beside import (
    NO_MARGIN,
    NO_WAIT,
    Beside,
    Fold,
    Wait,
    attachments_of,
    authors_of,
    branches_of,
    edits_of,
    folds_of,
    margins_of,
    merges_of,
    siblings_of,
    waits_of,
)
from chat.models import Annotation, Attachment, Chunk, Merge, Message, MessageEdit, Reaction, Session

PAGE_SIZE = 25
# How often to read again when an event came in between; a tick comes each 50 ms, a page takes 2.
MAX_READS = 20


@dataclass(frozen=True)
class MessageView:
    """A message with all that is shown of it; of a running reply, what has been saved so far."""

    message: Message
    content: str
    reasoning: str = ""
    wait: Wait = NO_WAIT
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
    # What models read in the place of this message and those before it.
    fold: Fold | None = None

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


def views_of(messages: Iterable[Message], *, without: Collection[Beside] = ()) -> list[MessageView]:
    """The views of `messages`, in their order, by a fixed number of queries.

    `without`: what nobody will ask for; it is as if there were none.
    """
    rows, chunks = _with_chunks(list(messages))
    ids = [row.id for row in rows]
    siblings = {} if "alternatives" in without else siblings_of(rows)
    branches, merges, authors, waits = branches_of(rows), merges_of(rows), authors_of(rows), waits_of(rows)
    folds = folds_of(rows)
    attachments = {} if "attachments" in without else attachments_of(ids)
    edits = {} if "edits" in without else edits_of(ids)
    # A deleted message keeps its own, and shows none.
    margins = margins_of([] if "margins" in without else [row.id for row in rows if row.deleted_at is None])
    return [
        MessageView(
            message=row,
            content=row.content + chunks[row.id, Chunk.Kind.TEXT] if row.is_running else row.content,
            reasoning=_reasoning(row, chunks),
            wait=waits.get(row.id, NO_WAIT),
            alternatives=siblings.get(row.id, (row.id,)),
            attachments=tuple(attachments.get(row.id, ())),
            edits=tuple(edits.get(row.id, ())),
            author=authors.get(row.author_id, ""),
            branch=branches.get(row.id),
            merge=merges.get(row.id),
            reactions=margins.get(row.id, NO_MARGIN).reactions,
            annotations=margins.get(row.id, NO_MARGIN).annotations,
            fold=folds.get(row.id),
        )
        for row in rows
    ]


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


def _chunks(message_ids: Sequence[UUID]) -> dict[tuple[UUID, str], str]:
    texts: dict[tuple[UUID, str], str] = defaultdict(str)
    if message_ids:
        rows = Chunk.objects.filter(message__in=message_ids).order_by("message", "kind", "offset")
        for message_id, kind, text in rows.values_list("message_id", "kind", "text"):
            texts[message_id, kind] += text
    return texts


def _reasoning(message: Message, chunks: Mapping[tuple[UUID, str], str]) -> str:
    kept = "".join(part.get("text", "") for part in message.parts if part.get("type") == "reasoning")
    return kept + chunks[message.id, Chunk.Kind.REASONING] if message.is_running else kept
