"""Asking PostgreSQL's index (GIN): which entries hold the words, the best or the newest first.

The index knows the words of a text, not their places: these are looked up in each row that has them all.
Hits are ranked by their short vectors of words that come more than once, each word against all hits' average.
All is asked within a transaction, which `time_limit` makes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models.expressions import RawSQL

from chat.query.parsing import Query
from chat.search.matches import MAX_RANKED, Match, Ranking
from chat.search.scope import Clause, Scope
from chat.words import Term

# What a word is worth that is said twice, three, five or nine times, as `chat.index` labels it.
WEIGHTS = "{0.25, 0.5, 0.75, 1.0}"
# To look for one of so many words in each row takes longer than to look at what the row is about.
MANY_WORDS = 10
# How many of the newest rows are read through, and then how many more where there were some hits among them.
NEWEST = (2_000, 30_000)
_RANKED = """
WITH found AS MATERIALIZED (
    SELECT id, brief FROM chat_searchentry WHERE {holding} LIMIT {limit}
),
total AS MATERIALIZED (SELECT count(*) AS n FROM found),
scored AS MATERIALIZED (
    SELECT id, {scores} FROM found WHERE (SELECT n FROM total) < {limit}
),
ranked AS MATERIALIZED (SELECT id, {score} AS score FROM scored ORDER BY score DESC, id DESC),
start AS MATERIALIZED (SELECT COALESCE((SELECT score FROM ranked WHERE id = %s), %s) AS score)
SELECT total.n, hit.id, hit.score FROM total LEFT JOIN (
    SELECT ranked.id, ranked.score FROM ranked CROSS JOIN start WHERE (
        start.score IS NULL OR ranked.score < start.score OR (ranked.score = start.score AND ranked.id < %s)
    ) AND EXISTS ({visible} OFFSET 0) LIMIT %s
) AS hit ON TRUE
"""
_EDGE = """
SELECT min(id) FROM (SELECT id FROM chat_searchentry WHERE id < %s ORDER BY id DESC LIMIT %s) AS newer
"""
_AMONG = """
SELECT id FROM chat_searchentry AS hit WHERE {holding} AND id >= %s AND id < %s AND EXISTS ({visible} OFFSET 0)
ORDER BY id DESC LIMIT %s
"""  # noqa: E501
# Without the row's own index, which would go through all that is newer.
_BELOW = """
WITH found AS MATERIALIZED (
    SELECT id FROM chat_searchentry WHERE {holding} AND id + 0 < %s ORDER BY id + 0 DESC
)
SELECT id FROM found AS hit WHERE EXISTS ({visible} OFFSET 0) LIMIT %s
"""


@dataclass(frozen=True)
class _Piece:
    """A piece of SQL with the values for its marks."""

    sql: str
    values: tuple[Any, ...] = ()


def ranked(query: Query, scope: Scope, *, limit: int, after: Match | None) -> Ranking:
    """The best hits below `after`, and how many there are; none of them where they are too many to rank."""
    holding = _holding(query, scope, scope.clauses)
    visible = _visible(scope, "ranked.id")
    scores = [f"ts_rank('{WEIGHTS}', brief, %s::tsquery) AS r{at}" for at in range(len(query.terms))]
    statement = _RANKED.format(
        holding=holding.sql,
        limit=MAX_RANKED + 1,
        scores=", ".join(scores),
        score=" + ".join(f"r{at} / (avg(r{at}) OVER () + 0.01)" for at in range(len(query.terms))),
        visible=visible.sql,
    )
    last = (after.entry_id, after.score, after.entry_id) if after else (None, None, None)
    any_of = [" | ".join(_words(term)) for term in query.terms]
    with connection.cursor() as cursor:
        # Else it may believe that so many hits are soon come upon by reading all rows.
        _plan(cursor, rows=False, order=False)
        cursor.execute(statement, [*holding.values, *any_of, *last, *visible.values, limit])
        rows = cursor.fetchall()
    hits = sorted((Match(key, score) for _n, key, score in rows if key is not None), key=_order)
    return Ranking(tuple(hits), rows[0][0])


def newest(query: Query, scope: Scope, *, limit: int, before: int) -> list[int]:
    """The ids of the newest hits below `before`.

    Whoever has a good part of all that is written finds them among the newest rows; whoever has little, by
    the index, which would be slow for much.
    """
    found: list[int] = []
    with connection.cursor() as cursor:
        _plan(cursor, rows=True, order=True)
        for count in NEWEST:
            cursor.execute(_EDGE, [before, count])
            (edge,) = cursor.fetchone()
            if edge is None:
                return found
            found += _among(cursor, query, scope, edge, before, limit - len(found))
            if len(found) == limit:
                return found
            before = edge
            if len(found) * NEWEST[1] < limit * NEWEST[0]:  # so few that the next would not do either
                break
        return found + _below(cursor, query, scope, before, limit - len(found))


def _among(cursor: Any, query: Query, scope: Scope, first: int, end: int, limit: int) -> list[int]:
    """The newest hits from `first` to before `end`."""
    asked = [one for one in scope.clauses if len(one.words) <= MANY_WORDS or not one.is_told_twice]
    holding, visible = _holding(query, scope, asked), _visible(scope, "hit.id")
    statement = _AMONG.format(holding=holding.sql, visible=visible.sql)
    cursor.execute(statement, [*holding.values, first, end, *visible.values, limit])
    return [key for (key,) in cursor.fetchall()]


def _below(cursor: Any, query: Query, scope: Scope, end: int, limit: int) -> list[int]:
    """The newest hits before `end`, by the index of words."""
    holding, visible = _holding(query, scope, scope.clauses), _visible(scope, "hit.id")
    statement = _BELOW.format(holding=holding.sql, visible=visible.sql)
    _plan(cursor, rows=False, order=True)
    cursor.execute(statement, [*holding.values, end, *visible.values, limit])
    return [key for (key,) in cursor.fetchall()]


def _plan(cursor: Any, *, rows: bool, order: bool) -> None:
    """Which ways to a row may be taken: through all rows, and through an index in its order."""
    ways = {"enable_seqscan": rows, "enable_indexscan": order}
    # To compile such a statement takes longer than to run it.
    said = [f"SET LOCAL {way} = {'on' if is_open else 'off'}" for way, is_open in ways.items()]
    cursor.execute("; ".join([*said, "SET LOCAL jit = off"]))


def _order(match: Match) -> tuple[float, int]:
    return -(match.score or 0.0), -match.entry_id


def _visible(scope: Scope, key: str) -> _Piece:
    """The question whether the entry `key` may be found."""
    rows = scope.entries.filter(pk=RawSQL(key, ()))  # noqa: S611  one of our own names
    return _Piece(*rows.values("pk").query.sql_with_params())


def _holding(query: Query, scope: Scope, clauses: Sequence[Clause]) -> _Piece:
    """What a row must hold: by the index, and then, of words that stand together, by their places.

    Where the index cannot say whose it is, the sessions are read once, and each row's is one of them.
    """
    asked = [" & ".join(_words(term)) for term in query.terms]
    asked += [f"!({_words(term)[0]})" for term in query.excluded if len(term.words) == 1]
    asked += [f"{'!' if clause.is_not else ''}({_any_of(clause)})" for clause in clauses if clause.words]
    pieces = [_Piece("words @@ %s::tsquery", (" & ".join(asked),))] if asked else [_Piece("TRUE")]
    pieces += [_together(term) for term in query.terms if len(term.words) > 1]
    for term in query.excluded:
        if len(term.words) > 1:
            together = _together(term)
            pieces.append(_Piece(f"NOT {together.sql}", together.values))
    if scope.sessions is not None:
        keys = _Piece(*scope.sessions.order_by().values("pk").query.sql_with_params())
        pieces.append(_Piece(f"session_id IN ({keys.sql})", keys.values))
    return _Piece(
        " AND ".join(piece.sql for piece in pieces),
        tuple(value for piece in pieces for value in piece.values),
    )


def _together(term: Term) -> _Piece:
    """Only of a very long text the row has the text: its vector does not hold all places."""
    pattern = f"% {' '.join(term.words)}{'' if term.is_open else ' '}%"
    return _Piece(
        "(words @@ %s::tsquery OR COALESCE(text LIKE %s, FALSE))", (" <-> ".join(_words(term)), pattern)
    )


def _words(term: Term) -> list[str]:
    """Words are letters and digits alone, so that none needs to be escaped."""
    words = [f"'{word}'" for word in term.words]
    return [*words[:-1], f"{words[-1]}:*"] if term.is_open else words


def _any_of(clause: Clause) -> str:
    star = ":*" if clause.is_open else ""
    return " | ".join(f"'={word}'{star}" for word in clause.words)
