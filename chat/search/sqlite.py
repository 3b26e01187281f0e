"""Asking SQLite's index (FTS5): which entries hold the words, the best or the newest first.

Its `bm25` first counts in how many texts each word is. So the words that say whose an entry is, of which
there may be a million, are kept out of what is ranked, and so are words that stand in very many texts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from chat.models import SearchEntry
from chat.query.parsing import Query
from chat.search.matches import MAX_RANKED, Match, Ranking
from chat.search.scope import Clause, Scope
from chat.words import Term

# A word in more texts than this tells little, and takes long to count.
COMMON = 20_000
# A hit in a title is worth more than many in a text.
WEIGHTS = "10.0, 1.0, 0.0"
_RANKED = """
WITH found AS MATERIALIZED (
    SELECT rowid AS id FROM chat_search WHERE chat_search MATCH %s LIMIT {limit}
),
total AS MATERIALIZED (SELECT count(*) AS n FROM found),
ranked AS MATERIALIZED (
    SELECT rowid AS id, bm25(chat_search, {weights}) AS score FROM chat_search
    WHERE chat_search MATCH %s {within}
    ORDER BY score, id DESC LIMIT (SELECT CASE WHEN n < {limit} THEN n ELSE 0 END FROM total)
),
start AS MATERIALIZED (SELECT COALESCE((SELECT score FROM ranked WHERE id = %s), %s) AS score)
SELECT total.n, hit.id, hit.score FROM total LEFT JOIN (
    SELECT ranked.id, ranked.score FROM ranked CROSS JOIN start
    WHERE (start.score IS NULL OR ranked.score > start.score OR (ranked.score = start.score AND ranked.id < %s))
    AND EXISTS ({visible}) LIMIT %s
) AS hit ON 1
"""  # noqa: E501
_NEWEST = """
SELECT rowid FROM chat_search WHERE chat_search MATCH %s AND rowid < %s AND EXISTS ({visible})
ORDER BY rowid DESC LIMIT %s
"""


def ranked(query: Query, scope: Scope, *, limit: int, after: Match | None) -> Ranking:
    """The best hits below `after`, and how many there are; none of them where they are too many to rank."""
    sql, values = _visible(scope, "ranked.id")
    whole = _match(query.terms, query.excluded, scope.clauses)
    last = (after.entry_id, after.score, after.entry_id) if after else (None, None, None)
    with connection.cursor() as cursor:
        best = _telling(cursor, query) or whole
        statement = _RANKED.format(
            limit=MAX_RANKED + 1,
            weights=WEIGHTS,
            within="" if best == whole else "AND +rowid IN (SELECT id FROM found)",
            visible=sql,
        )
        cursor.execute(statement, [whole, best, *last, *values, limit])
        rows = cursor.fetchall()
    hits = sorted((Match(key, score) for _n, key, score in rows if key is not None), key=_order)
    return Ranking(tuple(hits), rows[0][0])


def newest(query: Query, scope: Scope, *, limit: int, before: int) -> list[int]:
    """The ids of the newest hits below `before`."""
    whole = _match(query.terms, query.excluded, scope.clauses)
    sql, values = _visible(scope, "chat_search.rowid")
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST.format(visible=sql), [whole, before, *values, limit])
        return [key for (key,) in cursor.fetchall()]


def _order(match: Match) -> tuple[float, int]:
    return match.score or 0.0, -match.entry_id


def _visible(scope: Scope, key: str) -> tuple[str, Sequence[Any]]:
    """The question whether the entry `key` may be found."""
    rows: QuerySet[SearchEntry] = scope.entries.filter(pk=RawSQL(key, ()))  # noqa: S611  one of our own names
    sql, values = rows.values("pk").query.sql_with_params()
    return sql, values


def _telling(cursor: Any, query: Query) -> str | None:
    """What is ranked: the words that are in few texts. None: all of it, where there is no such word."""
    marks = ", ".join(
        ["(SELECT count(*) FROM (SELECT 1 FROM chat_search WHERE chat_search MATCH %s LIMIT %s))"]
        * len(query.terms)
    )
    values = [value for term in query.terms for value in (_match([term]), COMMON)]
    cursor.execute(f"SELECT {marks}", values)  # noqa: S608  marks alone
    rare = [term for term, count in zip(query.terms, cursor.fetchone(), strict=True) if count < COMMON]
    return _match(rare) if rare else None


def _match(terms: Sequence[Term], excluded: Sequence[Term] = (), clauses: Sequence[Clause] = ()) -> str:
    """As FTS5 reads it. Words are letters and digits alone, so that none needs to be escaped."""
    wanted = [f"{{title text}} : {_phrase(term)}" for term in terms]
    wanted += [f"scope : {_clause(clause)}" for clause in clauses if not clause.is_not]
    unwanted = [f"{{title text}} : {_phrase(term)}" for term in excluded]
    unwanted += [f"scope : {_clause(clause)}" for clause in clauses if clause.is_not and clause.words]
    asked = " AND ".join(wanted)
    return f"({asked}) NOT ({' OR '.join(unwanted)})" if unwanted else asked


def _phrase(term: Term) -> str:
    return f'("{" ".join(term.words)}"{" *" if term.is_open else ""})'


def _clause(clause: Clause) -> str:
    words = [f'"{word}" *' if clause.is_open else f'"{word}"' for word in clause.words]
    return f"({' OR '.join(words)})"
