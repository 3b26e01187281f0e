"""Which messages a summary is to cover: how far, and piece by piece."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from chat.estimates import PER_TURN, tokens_in
from chat.generation.context.path import Path
from chat.generation.summarising.asked import told
from chat.models import Message, Session

# Messages that are read at a time.
BATCH = 200


@dataclass(frozen=True)
class Piece:
    """Messages that are told to a model at once."""

    said: list[str]
    count: int
    upto: UUID
    upto_depth: int


def readable(session: Session, *, after_depth: int, upto_depth: int) -> QuerySet[Message]:
    """The messages between these depths that a model reads, oldest first."""
    rows = Message.objects.live().on_path(session).filter(depth__gt=after_depth, depth__lte=upto_depth)
    rows = rows.exclude(visibility=Message.Visibility.INTERNAL).exclude(content="")
    return rows.exclude(status__in=["pending", "streaming"]).order_by("depth")


def next_piece(session: Session, *, after_depth: int, upto_depth: int, room: float) -> Piece | None:
    """As many of them as there is room for, at least one; None where there are none."""
    said: list[str] = []
    last: tuple[UUID, int] | None = None
    for key, depth, role, content in _rows(session, after_depth, upto_depth):
        text = told(role, content)
        room -= tokens_in(text)
        if said and room < 0:
            break
        said.append(text)
        last = key, depth
    return Piece(said, len(said), *last) if last else None


def _rows(session: Session, after_depth: int, upto_depth: int) -> Iterator[tuple[UUID, int, str, str]]:
    while True:
        rows = readable(session, after_depth=after_depth, upto_depth=upto_depth)
        found = list(rows.values_list("pk", "depth", "role", "content")[:BATCH])
        yield from found
        if len(found) < BATCH:
            return
        after_depth = found[-1][1]


def boundary(session: Session, *, before_depth: int, keep_tokens: float, keep_messages: int | None) -> int:
    """The depth up to which a summary is to reach, so that the newest stay word for word; -1 for none."""
    path = Path(session, before_depth)
    limit = keep_messages if keep_messages is not None else 10**6
    left, count, lowest = keep_tokens, 0, before_depth
    for rows in path.stretches(limit):
        for row in rows:
            left -= PER_TURN + tokens_in(row.content)
            if left < 0 and count:
                return lowest - 1
            lowest, count = row.depth, count + 1
        path.expect(used=max(1.0, keep_tokens - left), count=count, room=left)
    return lowest - 1
