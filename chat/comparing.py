"""Two conversations beside each other, a page at a time: what they share folded, the rest pair by pair."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from chat import kinship
from chat.alignment import ALIKE, Text, align
from chat.differences import Piece, cut, difference
from chat.kinship import Kinship, Own
from chat.models import Message, Session
from chat.snapshot import MessageView, views_of

# Messages of either side that are looked at for a page, and the pairs and folds that it has at most.
WINDOW = 24
ITEMS = 30
# A page has no more text than this, beyond its first pair, and no more of one message.
PAGE_CHARS = 60_000
MESSAGE_CHARS = 6_000
# Seconds after which a page is full: some texts take long to compare.
PATIENCE = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: below these depths of the two sides, and after so many common messages."""

    left: int = -1
    right: int = -1
    seen: int = 0


@dataclass(frozen=True)
class Side:
    """A message with the pieces of its text that are shown; `is_cut` where there is more."""

    view: MessageView
    pieces: list[Piece]
    is_cut: bool = False


@dataclass(frozen=True)
class Pair:
    """Two messages that stand beside each other, or one alone. `is_same`: in the same words."""

    left: Side | None
    right: Side | None
    is_marked: bool = False
    is_same: bool = False
    is_fold: bool = False


@dataclass(frozen=True, slots=True)
class Fold:
    """Common messages, the `first` to the `last`, counted from 1."""

    first: int
    last: int
    is_fold: bool = True

    @property
    def count(self) -> int:
        return self.last - self.first + 1


@dataclass(frozen=True)
class Comparison:
    left: Session
    right: Session
    common: int
    own: tuple[int, int]
    items: list[Pair | Fold]
    next: Place | None


def compare(left: Session, right: Session, place: Place = Place()) -> Comparison:  # noqa: B008  a frozen value
    """The page that begins at `place`."""
    found = kinship.kinship_of(left, right, after=(place.left, place.right), limit=WINDOW)
    views = _views(found)
    items: list[Pair | Fold] = []
    begun, chars = time.monotonic(), 0
    for seen, one, other in _beside(found, views):
        is_full = len(items) >= ITEMS or chars > PAGE_CHARS or time.monotonic() - begun > PATIENCE
        if items and is_full:
            return Comparison(left, right, found.common, found.own, items, place)
        if seen > place.seen:
            items.append(Fold(place.seen + 1, seen))
        items.append(pair_of(views[one.id] if one else None, views[other.id] if other else None))
        chars += sum(len(views[own.id].content) for own in (one, other) if own)
        place = Place(one.depth if one else place.left, other.depth if other else place.right, seen)
    if any(len(rows) == WINDOW for rows in found.rows):
        return Comparison(left, right, found.common, found.own, items, place)
    if found.common > place.seen:
        items.append(Fold(place.seen + 1, found.common))
    return Comparison(left, right, found.common, found.own, items, None)


def _views(found: Kinship) -> dict[UUID, MessageView]:
    rows = Message.objects.filter(pk__in=[own.id for rows in found.rows for own in rows])
    by_session: dict[UUID, list[Message]] = {}
    for row in rows:
        by_session.setdefault(row.session_id, []).append(row)
    return {view.message.pk: view for group in by_session.values() for view in views_of(group)}


def _beside(found: Kinship, views: dict[UUID, MessageView]) -> Iterator[tuple[int, Own | None, Own | None]]:
    """What stands beside what, after how many common ones: between two of them, like beside like.

    Of what is not read to its end only so much as is known to have nothing before it on the other side.
    """
    ends = [rows[-1].seen for rows in found.rows if len(rows) == WINDOW]
    end = min(ends, default=None)
    for seen in sorted({own.seen for rows in found.rows for own in rows}):
        if end is not None and seen > end:
            return
        left, right = ([own for own in rows if own.seen == seen] for rows in found.rows)
        for at, over in align(_texts(left, views), _texts(right, views)):
            yield seen, None if at is None else left[at], None if over is None else right[over]


def _texts(rows: Sequence[Own], views: dict[UUID, MessageView]) -> list[Text]:
    return [Text(views[own.id].message.role, own.root, views[own.id].content) for own in rows]


def pair_of(left: MessageView | None, right: MessageView | None) -> Pair:
    """Two messages with their differences marked, if they are alike enough for that to say anything."""
    if left is None or right is None:
        return Pair(_whole(left), _whole(right))
    if left.content == right.content:
        return Pair(_whole(left), _whole(right), is_same=True)
    texts = [Text("", view.message.origin or view.message.pk, view.content) for view in (left, right)]
    if texts[0].likeness(texts[1]) < ALIKE:
        return Pair(_whole(left), _whole(right))
    pieces = difference(left.content, right.content)
    before = cut([piece for piece in pieces if piece.kind != "new"], MESSAGE_CHARS)
    after = cut([piece for piece in pieces if piece.kind != "gone"], MESSAGE_CHARS)
    return Pair(Side(left, *before), Side(right, *after), is_marked=True)


def _whole(view: MessageView | None) -> Side | None:
    return Side(view, *cut([Piece("same", view.content)], MESSAGE_CHARS)) if view else None
