"""A person's search: what they may read, and of it a page of hits."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.db.models import QuerySet

from chat import access
from chat.models import SearchEntry, Session, User
from chat.models.rows import among
from chat.search.finding import Hits, find, find_newest
from chat.search.hits import Hit, read_hits
from chat.search.places import MAX_RANKED, Place
from chat.search.query import Query
from chat.search.reach import Reader

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Results:
    """Hits; `next` is a cursor or empty, `total` about how many there are, where that can be told."""

    hits: list[Hit] = field(default_factory=list)
    next: str = ""
    total: int | None = None
    is_ranked: bool = True


def search(user: User, query: Query, *, limit: int = PAGE_SIZE, after: Place | None = None) -> Results:
    """The page of hits after that place, or the first."""
    found = find(query, reader_of(user), limit=limit, after=after)
    return Results(read_hits(found.places, query), _next(found), _total(found, after), found.is_ranked)


def sessions_with(user: User, query: Query) -> QuerySet[Session]:
    """The sessions in which something is found; of very many hits those of the newest."""
    found = find_newest(query, reader_of(user), limit=MAX_RANKED)
    if not found:
        return Session.objects.none()
    return Session.objects.filter(pk__in=SearchEntry.objects.filter(pk__in=among(found)).values("session"))


def reader_of(user: User) -> Reader:
    return Reader(user, access.sessions_for(user), access.others_sessions_for(user))


def _next(found: Hits) -> str:
    return found.places[-1].cursor if found.has_more else ""


def _total(found: Hits, after: Place | None) -> int | None:
    """All that there are, where one page shows them; else what the index counted."""
    return len(found.places) if after is None and not found.has_more else found.total
