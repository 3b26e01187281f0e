"""In which order the messages of a conversation are read, and their rows, some at a time.

No cursor is open meanwhile: SQLite refuses what the same connection would write then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Protocol, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from chat.beside import Beside, missing_in
from chat.models import Message, Session
from chat.models.ids import any_of, first_id_at
from chat.snapshot import MessageView, views_of

# Messages whose rows are held at once; ids that are read at once.
BATCH, KEYS = 200, 1000


class Placed(Protocol):
    """A row of a message, or what of it was asked for: no less than this."""

    @property
    def pk(self) -> Any: ...

    @property
    def depth(self) -> Any: ...


Row = TypeVar("Row", bound=Placed)


def along_the_path(rows: QuerySet[Message, Row], size: int) -> Iterator[list[Row]]:
    """Of those on show, so many at once."""
    depth = -1
    while found := list(rows.filter(is_active=True, depth__gt=depth).order_by("depth")[:size]):
        yield found
        if len(found) < size:
            break
        depth = found[-1].depth


def along_the_tree(rows: QuerySet[Message, Row], asides: Asides, size: int) -> Iterator[list[Row]]:
    """Also of those that are not; `rows` are of the same conversation."""
    keys = _keys(asides)
    while batch := list(islice(keys, size)):
        found = {row.pk: row for row in rows.filter(pk__in=any_of(batch))}
        yield [found[key] for key in batch if key in found]


def views_in(
    session: Session, batches: Iterable[list[Message]], without: set[Beside], *, is_long: bool
) -> Iterator[MessageView]:
    """Of messages some at a time. If there are many, it is asked once what none of them has.

    What was written after that is asked for everything.
    """
    first_new = first_id_at(timezone.now())
    missing = missing_in(session) if is_long else set()
    for rows in batches:
        is_known = all(row.pk < first_new for row in rows)
        yield from views_of(rows, without=without | missing if is_known else without)


def _keys(asides: Asides) -> Iterator[UUID]:
    """Each once, also where another version is put on show meanwhile."""
    seen: set[UUID] = set()
    for key in chain(_tree(asides), _others(asides, seen)):
        if key not in seen:
            seen.add(key)
            yield key


def _others(asides: Asides, seen: set[UUID]) -> Iterator[UUID]:
    """Where the path was left for another while it was gone along, what it went past."""
    rows = Message.objects.filter(session=asides.session)
    if rows.count() > len(seen):
        yield from list(rows.order_by("depth", "created_at", "id").values_list("pk", flat=True))


def _tree(asides: Asides) -> Iterator[UUID]:
    """Deleted ones too, since the tree goes through them."""
    path = Message.objects.on_path(asides.session).values_list("pk", "parent_id", "depth", named=True)
    last = None
    for rows in along_the_path(path, KEYS):
        for row in rows:
            yield from asides.below(row.parent_id)
            yield row.pk
        last = rows[-1].pk
    yield from asides.below(last)


class Asides:
    """What is not on show: for each version of a message, the messages that followed it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        rows = Message.objects.filter(session=session, is_active=False)
        self._children: dict[UUID | None, list[UUID]] = {}
        self.count = 0
        keys: Any = rows.order_by("created_at", "id").values_list("pk", "parent_id")
        for key, parent in keys.iterator(2000):
            self._children.setdefault(parent, []).append(key)
            self.count += 1

    def below(self, parent: UUID | None) -> list[UUID]:
        """What follows `parent`, each with all that follows it, in the order of reading."""
        found: list[UUID] = []
        waiting = [*reversed(self._children.get(parent, ()))]
        while waiting:
            key = waiting.pop()
            found.append(key)
            waiting += reversed(self._children.get(key, ()))
        return found
