"""Asking PostgreSQL's index (GIN): which entries hold the words, the best or the newest first.

The index knows the words of a text, not their places: these are looked up in each row that has them all.
Hits are ranked by their short vectors of words that come more than once, each word against all hits' average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models.expressions import RawSQL

from chat.query.parsing import Query
from chat.search.matches import MAX_RANKED, Match, Ranking
from chat.search.scope import Clause, Scope
from chat.words import Term

# What a word is worth that is said twice, three, five or nine times, as `chat.index` labels it.
WEIGHTS = "{0.25, 0.5, 0.75, 1.0}"
# To look for one of so many words in each row takes longer than to look at what the row is about.
MANY_WORDS = 10
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
_NEWEST = """
SELECT id FROM chat_searchentry AS hit WHERE {holding}{about} AND id < %s AND EXISTS ({visible} OFFSET 0)
ORDER BY id DESC LIMIT %s
"""


@dataclass(frozen=True)
class _Piece:
    """A piece of SQL with the values for its marks."""

    sql: str
    values: tuple[Any, ...] = ()


def ranked(query: Query, scope: Scope, *, limit: int, after: Match | None) -> Ranking:
    """The best hits below `after`, and how many there are; none of them where they are too many to rank."""
    holding = _holding(query, scope.clauses)
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
    with transaction.atomic(), connection.cursor() as cursor:
        # Else it may believe that so many hits are soon come upon by reading all rows.
        cursor.execute(
            "SET LOCAL enable_seqscan = off; SET LOCAL enable_indexscan = off; SET LOCAL jit = off"
        )
        cursor.execute(statement, [*holding.values, *any_of, *last, *visible.values, limit])
        rows = cursor.fetchall()
    hits = sorted((Match(key, score) for _n, key, score in rows if key is not None), key=_order)
    return Ranking(tuple(hits), rows[0][0])


def newest(query: Query, scope: Scope, *, limit: int, before: int) -> list[int]:
    """The ids of the newest hits below `before`."""
    asked = [
        clause for clause in scope.clauses if len(clause.words) <= MANY_WORDS or not clause.is_told_twice
    ]
    holding, visible = _holding(query, asked), _visible(scope, "hit.id")
    about = _Piece("") if len(asked) == len(scope.clauses) else _about(scope)
    statement = _NEWEST.format(holding=holding.sql, about=about.sql, visible=visible.sql)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL jit = off")  # to compile such a statement takes longer than to run it
        cursor.execute(statement, [*holding.values, *about.values, before, *visible.values, limit])
        return [key for (key,) in cursor.fetchall()]


def _order(match: Match) -> tuple[float, int]:
    return -(match.score or 0.0), -match.entry_id


def _visible(scope: Scope, key: str) -> _Piece:
    """The question whether the entry `key` may be found."""
    rows = scope.entries.filter(pk=RawSQL(key, ()))  # noqa: S611  one of our own names
    return _Piece(*rows.values("pk").query.sql_with_params())


def _about(scope: Scope) -> _Piece:
    """What can be told from the row alone. Else each newer one would be looked up before it is left out."""
    pieces = [_Piece(" AND session_id = ANY(%s)", (list(scope.sessions),))] if scope.sessions else []
    pieces += [_Piece(" AND created_at >= %s", (scope.start,))] if scope.start else []
    pieces += [_Piece(" AND created_at < %s", (scope.end,))] if scope.end else []
    return _Piece(
        "".join(piece.sql for piece in pieces), tuple(one for piece in pieces for one in piece.values)
    )


def _holding(query: Query, clauses: Sequence[Clause]) -> _Piece:
    """What a row must hold: by the index, and then, of words that stand together, by their places."""
    asked = [" & ".join(_words(term)) for term in query.terms]
    asked += [f"!({_words(term)[0]})" for term in query.excluded if len(term.words) == 1]
    asked += [f"{'!' if clause.is_not else ''}({_any_of(clause)})" for clause in clauses if clause.words]
    pieces = [_Piece("words @@ %s::tsquery", (" & ".join(asked),))] if asked else [_Piece("TRUE")]
    pieces += [_together(term) for term in query.terms if len(term.words) > 1]
    for term in query.excluded:
        if len(term.words) > 1:
            together = _together(term)
            pieces.append(_Piece(f"NOT {together.sql}", together.values))
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
