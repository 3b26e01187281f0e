"""Finding words within one conversation: among the messages on show, a stretch of them at a time."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q

from chat.models import Generation, Message, Session
from chat.snapshot import MessageView, views_of

# No index helps with any part of any word, so one answer reads no more messages than this.
MAX_READ = 100_000
BEFORE = 60
AFTER = 140


@dataclass(frozen=True)
class Hit:
    message_id: UUID
    depth: int


@dataclass(frozen=True)
class Found:
    """Messages that hold the words, newest first; `rest` is the depth above which more may be found."""

    hits: tuple[Hit, ...] = ()
    rest: int | None = None


@dataclass(frozen=True)
class Excerpt:
    """Where in a message the words stand first."""

    view: MessageView
    before: str
    hit: str
    after: str


def find(session: Session, words: str, *, limit: int, before: int | None = None) -> Found:
    """The newest `limit` messages on show that hold `words`, of those above depth `before`."""
    if not words:
        return Found()
    top = _end(session) if before is None else before
    floor = max(0, top - MAX_READ)
    path = Message.objects.live().for_people().on_path(session).filter(depth__lt=top, depth__gte=floor)
    holding = path.filter(_holds(words) | Q(pk__in=_running_with(session, words))).order_by("-depth")
    rows = [Hit(*row) for row in holding.values_list("id", "depth")[: limit + 1]]
    hits = tuple(rows[:limit])
    if len(rows) > limit:
        return Found(hits, hits[-1].depth)
    return Found(hits, floor or None)


def excerpts(hits: tuple[Hit, ...], words: str) -> list[Excerpt]:
    rows = Message.objects.filter(pk__in=[hit.message_id for hit in hits]).order_by("-depth")
    return [_excerpt(view, words) for view in views_of(rows)]


def _excerpt(view: MessageView, words: str) -> Excerpt:
    text, sought = " ".join(view.content.split()), " ".join(words.split())
    # Folding may change a text's length, lowering hardly ever does; at worst the mark is off by a letter.
    found = text.lower().find(sought.lower())
    start, end = max(0, found), found + len(sought) if found >= 0 else 0
    begun = max(0, start - BEFORE)
    before = ("…" if begun else "") + text[begun:start]
    after = text[end : end + AFTER] + ("…" if len(text) > end + AFTER else "")
    return Excerpt(view, before, text[start:end], after)


def _end(session: Session) -> int:
    """The depth after the last message's."""
    last = Message.objects.live().on_path(session).order_by("-depth").values_list("depth", flat=True).first()
    return 0 if last is None else last + 1


def _holds(words: str) -> Q:
    """SQLite's LIKE folds only the letters of ASCII; its regular expressions are Python's, and fold all."""
    if connection.vendor == "sqlite" and not words.isascii():
        return Q(content__iregex=_literally(words))
    return Q(content__icontains=words)


def _literally(words: str) -> str:
    return "".join(char if char.isalnum() or char == " " else f"\\{char}" for char in words)


def _running_with(session: Session, words: str) -> list[UUID]:
    """Running replies whose text so far holds the words: it is not in their rows yet."""
    made = Generation.objects.filter(session=session).exclude(state=Generation.State.ENDED)
    rows = Message.objects.filter(pk__in=made.values("message"))
    return [view.message.pk for view in views_of(rows) if words.casefold() in view.content.casefold()]
