"""The places of hits: ranked while there are not too many, else the newest first."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from chat.search import postgres, sqlite
from chat.search.places import MAX_ID, MAX_RANKED, Place
from chat.search.query import Query
from chat.search.reach import Reader, reach_of


@dataclass(frozen=True, slots=True)
class Hits:
    """A page of places; `total` is about how many there are, where that can be told at all."""

    places: tuple[Place, ...] = ()
    has_more: bool = False
    total: int | None = None
    is_ranked: bool = True


def find(query: Query, reader: Reader, *, limit: int, after: Place | None = None) -> Hits:
    """The page of hits after that place, or the first; by a fixed number of queries."""
    if query.is_empty or query.problems:
        return Hits()
    reach = reach_of(query, reader)
    if reach.is_nothing:
        return Hits()
    index = sqlite if connection.vendor == "sqlite" else postgres
    by_age = not query.terms or (after is not None and after.score is None)
    if not by_age:
        found = index.ranked(query, reach, limit=limit + 1, after=after)
        if found.total <= MAX_RANKED or after is not None:
            total = found.total if reach.is_exact else None
            return Hits(found.places[:limit], len(found.places) > limit, total)
    keys = index.newest(query, reach, limit=limit + 1, before=after.entry_id if after else MAX_ID)
    return Hits(tuple(Place(key) for key in keys[:limit]), len(keys) > limit, is_ranked=False)


def find_newest(query: Query, reader: Reader, *, limit: int) -> list[int]:
    """The ids of the newest entries that are hits; none where the query makes no sense."""
    if query.is_empty or query.problems:
        return []
    reach = reach_of(query, reader)
    index = sqlite if connection.vendor == "sqlite" else postgres
    return [] if reach.is_nothing else index.newest(query, reach, limit=limit, before=MAX_ID)
