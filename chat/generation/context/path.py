"""The messages before a reply, newest first and no more than are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from uuid import UUID

from django.db.models import QuerySet

from chat.models import Attachment, Message, Session
from chat.models.prepared import Prepared

Rows: TypeAlias = QuerySet[Message, tuple[Any, ...]]
Keys: TypeAlias = QuerySet[Attachment, UUID | None]

# No more is ever sent.
MAX_MESSAGES = 20_000
# Read at first: more than most conversations have.
FIRST_READ = 48
# How often it is read on, each time as much as seems to be missing.
READS = 3
# What is read beyond the estimate, so that it need not be read once more.
SPARE = 1.25
# How far back files go along: of older ones there are names in what was said of them.
FILES_WITHIN = 400
# System messages from before those that go: what an object outside says stands at the beginning.
MAX_STANDING = 20


class Row(NamedTuple):
    """Of ten thousand, frozen dataclasses would take longer to make than to read."""

    id: UUID
    depth: int
    role: str
    content: str
    parts: Sequence[dict[str, Any]] = ()


class Path:
    """What is on show before a reply, but for what no model reads."""

    def __init__(self, session: Session, before_depth: int, *, with_tools: bool = False) -> None:
        self._session = session
        self._before = before_depth
        self._with_tools = with_tools
        self._size = FIRST_READ
        # Whether it was read to its beginning.
        self.is_whole = False

    def stretches(self, limit: int) -> Iterator[list[Row]]:
        """Newest first, up to `limit` rows together; ask for one more while there is room.

        The first is small, the others as long as `expect` said.
        """
        before = self._before
        for _ in range(READS):
            size = min(self._size, limit)
            rows = self._newest(before, size)
            self.is_whole = len(rows) < size
            limit -= len(rows)
            if rows:
                before = rows[-1].depth
                yield rows
            if self.is_whole or limit <= 0:
                return

    def expect(self, *, used: float, count: int, room: float) -> None:
        """Read next as many as fill `room`, if they are like those `count` that used so much."""
        self._size = max(FIRST_READ, min(MAX_MESSAGES, round(room * SPARE * count / max(1, used))))

    def standing(self, before_depth: int) -> list[Row]:
        """The system messages from before that depth, newest first."""
        found = self._rows(role=Message.Role.SYSTEM, depth__lt=before_depth)
        return [Row(*values) for values in found[:MAX_STANDING]]

    def has_between(self, above: int, below: int) -> bool:
        """Whether there is a message between those depths."""
        return bool(self._rows(depth__gt=above, depth__lt=below)[:1])

    def _newest(self, before: int, size: int) -> list[Row]:
        if size == FIRST_READ:
            found: Iterable[tuple[Any, ...]] = _FIRST[self._with_tools](self._session.pk, before)
        else:
            found = self._rows(depth__lt=before)[:size]
        return [Row(*values) for values in found]

    def _rows(self, **which: Any) -> Rows:
        return _readable(self._session.pk, with_tools=self._with_tools).filter(**which)


def _readable(session: UUID, *, with_tools: bool) -> Rows:
    """What a model reads of what is on show, newest first."""
    rows = Message.objects.live().on_path(session).exclude(visibility=Message.Visibility.INTERNAL)
    names = ["id", "depth", "role", "content"]
    if with_tools:
        names.append("parts")
    else:
        rows = rows.exclude(role=Message.Role.TOOL)
    return rows.order_by("-depth").values_list(*names)


def _first_read(session: UUID, before: int, *, with_tools: bool) -> Rows:
    return _readable(session, with_tools=with_tools).filter(depth__lt=before)[:FIRST_READ]


_FIRST = {
    with_tools: Prepared(partial(_first_read, with_tools=with_tools), UUID, int)
    for with_tools in (False, True)
}


def messages_with_files(session: Session, reply: Message) -> list[UUID]:
    """Those of the messages before a reply whose files may go along, newest first."""
    limit = session.all_settings["context_window"]
    if limit is None:
        found: Iterable[UUID | None] = _with_files(session.pk, reply.depth)
    else:
        found = _having_files(session.pk, reply.depth, min(limit + 1, FILES_WITHIN))
    return [key for key in dict.fromkeys(found) if key]


def _having_files(session: UUID, before: int, within: int = FILES_WITHIN) -> Keys:
    """Of so many messages, once for each file."""
    rows = Message.objects.live().on_path(session).filter(depth__lt=before)
    newest = rows.exclude(visibility=Message.Visibility.INTERNAL).order_by("-depth")[:within]
    found = Attachment.objects.filter(message__in=newest.values("pk")).order_by("-message__depth")
    return found.values_list("message", flat=True)


_with_files = Prepared(_having_files, UUID, int)
