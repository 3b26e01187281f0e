"""A person's search: what they may read, and of it a page of hits; of too many to rank, the newest first."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import ModuleType

from django.db import connection
from django.db.models import QuerySet

from chat import access
from chat.models import SearchEntry, Session, User
from chat.models.rows import among
from chat.query.parsing import Query
from chat.search import postgres, sqlite
from chat.search.hits import Hit, read_hits
from chat.search.matches import MAX_ID, MAX_RANKED, Match
from chat.search.scope import Reader, scope_of
from chat.search.time_limit import time_limit

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Results:
    """Hits; `next` is a cursor or empty, `total` about how many there are, where that can be told.

    `is_many`: there are more of the person's own than can be ranked.
    """

    hits: list[Hit] = field(default_factory=list)
    next: str = ""
    total: int | None = None
    is_ranked: bool = True
    is_many: bool = False


@dataclass(frozen=True, slots=True)
class _Page:
    matches: tuple[Match, ...] = ()
    has_more: bool = False
    total: int | None = None
    is_ranked: bool = True
    is_many: bool = False


def search(user: User, query: Query, *, limit: int = PAGE_SIZE, after: Match | None = None) -> Results:
    """The page of hits after that match, or the first; none where the query makes no sense.

    By a fixed number of queries.

    Raises:
        TooSlow: it was broken off.
    """
    with time_limit():
        page = _Page() if _is_idle(query) else _page(query, reader_of(user), limit=limit, after=after)
    # All that there are, where one page shows them; else what the index counted.
    total = len(page.matches) if after is None and not page.has_more else page.total
    cursor = page.matches[-1].cursor if page.has_more else ""
    return Results(read_hits(page.matches, query), cursor, total, page.is_ranked, page.is_many)


def sessions_with(user: User, query: Query) -> QuerySet[Session]:
    """The sessions in which something is found; of very many hits those of the newest.

    Raises:
        TooSlow: the search was broken off.
    """
    with time_limit():
        found = [] if _is_idle(query) else _newest(query, reader_of(user))
    if not found:
        return Session.objects.none()
    return Session.objects.filter(pk__in=SearchEntry.objects.filter(pk__in=among(found)).values("session"))


def _newest(query: Query, reader: Reader) -> list[int]:
    scope = scope_of(query, reader)
    return [] if scope.is_nothing else _index().newest(query, scope, limit=MAX_RANKED, before=MAX_ID)


def reader_of(user: User) -> Reader:
    return Reader(user, access.sessions_for(user), access.others_sessions_for(user))


def _is_idle(query: Query) -> bool:
    return query.is_empty or bool(query.problems)


def _index() -> ModuleType:
    return sqlite if connection.vendor == "sqlite" else postgres


def _page(query: Query, reader: Reader, *, limit: int, after: Match | None) -> _Page:
    scope = scope_of(query, reader)
    if scope.is_nothing:
        return _Page()
    by_age = not query.terms or (after is not None and after.score is None)
    if not by_age:
        found = _index().ranked(query, scope, limit=limit + 1, after=after)
        if found.total <= MAX_RANKED or after is not None:
            total = found.total if scope.is_exact else None
            return _Page(found.matches[:limit], len(found.matches) > limit, total)
    keys = _index().newest(query, scope, limit=limit + 1, before=after.entry_id if after else MAX_ID)
    # What the index counted of others is not told.
    is_many = bool(query.terms) and scope.is_exact
    matches = tuple(Match(key) for key in keys[:limit])
    return _Page(matches, len(keys) > limit, is_ranked=False, is_many=is_many)
