"""Queries that are put together once, and then only run.

For those that every message makes: Django takes some ten times as long to put one together as the database
does to answer it, and the first token waits for a dozen of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler
from django.db.transaction import TransactionManagementError

from chat.models.ids import for_database

R = TypeVar("R")
Value = UUID | str | int
# What stands for a value while a query is put together: no real one is like it.
MARK = 2_001_000_000


@dataclass(frozen=True)
class _Made(Generic[R]):
    rows: QuerySet[Any, R]
    compiler: SQLCompiler
    sql: str
    converters: dict[int, Any]
    # Of the statement's values each as it is, or the place of the one that is given for it.
    params: tuple[tuple[Any, int | None], ...]


class Prepared(Generic[R]):
    """A query of values of these `kinds`, which it may only compare with: what it is must not depend on them.

    `make` is called once with stand-ins for them. A `None` or a list is no value, since its SQL is another.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, R]], *kinds: type[Value]) -> None:
        self._make = make
        self._marks = [_mark(kind, number) for number, kind in enumerate(kinds)]
        self._made: dict[str, _Made[R]] = {}

    def __call__(self, *values: Value) -> list[R]:
        """The rows."""
        made = self._made.get(connection.vendor) or self._put_together()
        _refuse_idle_lock(made)
        params = tuple(fixed if place is None else _adapted(values[place]) for fixed, place in made.params)
        compiler: Any = copy(made.compiler)
        compiler.connection = connections[DEFAULT_DB_ALIAS]  # a thread has its own
        compiler.get_converters = lambda _columns: made.converters
        compiler.as_sql = lambda *_args, **_options: (made.sql, params)
        rows = made.rows.all()
        rows.query.get_compiler = lambda *_args, **_options: compiler  # type: ignore[method-assign]
        return list(rows)

    def first(self, *values: Value) -> R | None:
        return next(iter(self(*values)), None)

    def get(self, *values: Value) -> R:
        """The one row that there is. Raises the model's `DoesNotExist`, as a queryset does."""
        found = self(*values)
        if not found:
            raise self._made[connection.vendor].rows.model.DoesNotExist
        return found[0]

    def _put_together(self) -> _Made[R]:
        rows = self._make(*self._marks)
        compiler = rows.query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column for column, *_rest in compiler.select]
        made = _Made(rows, compiler, sql, compiler.get_converters(columns), tuple(self._placed(params)))
        missing = set(range(len(self._marks))) - {place for _fixed, place in made.params}
        assert not missing, f"Nothing in the query is compared with the values at {missing}."
        self._made[connection.vendor] = made
        return made

    def _placed(self, params: Sequence[Any]) -> list[tuple[Any, int | None]]:
        places = {_adapted(mark): place for place, mark in enumerate(self._marks)}
        return [(param, places.get(param)) for param in params]


def _refuse_idle_lock(made: _Made[Any]) -> None:
    """A lock outside a transaction ends at once. Django says so where it puts a query together: here once."""
    is_locking = made.rows.query.select_for_update and connection.features.has_select_for_update
    if is_locking and connection.get_autocommit():
        raise TransactionManagementError("select_for_update cannot be used outside of a transaction.")


def _mark(kind: type[Value], number: int) -> Value:
    if kind is UUID:
        return UUID(int=MARK + number)
    return MARK + number if kind is int else f"mark {MARK + number}"


def _adapted(value: Value) -> Value:
    return for_database(value) if isinstance(value, UUID) else value
