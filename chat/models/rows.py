"""Rows of plain SQL, for what querysets cannot say: thousands that are given to it, or read out of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models.expressions import RawSQL

# Rows that are held at a time.
CHUNK = 2000
# What is put into a statement.
Value = UUID | str | int | None


def read_rows(statement: str, values: Sequence[Value]) -> Iterator[tuple[Any, ...]]:
    """The rows as the database gives them."""
    with closing(connection.chunked_cursor()) as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(CHUNK):
            yield from rows


def as_id(value: UUID | str) -> UUID:
    """An id out of such a row: SQLite has no type for it."""
    return value if isinstance(value, UUID) else UUID(hex=value)


def among(keys: Sequence[UUID | str | int]) -> RawSQL:
    """Keys as `in` a query of Django's, which would take longer to prepare hundreds than to run it."""
    return RawSQL(*as_table([(key,) for key in keys]))


def as_table(rows: Sequence[Sequence[Value]]) -> tuple[str, list[Value]]:
    """Rows as a statement that gives them, with the values for its marks.

    PostgreSQL takes a whole column as one value: thousands of marks took it longer than the work itself.
    """
    if connection.vendor != "postgresql":
        one = f"({', '.join(['%s'] * len(rows[0]))})"
        return f"VALUES {', '.join([one] * len(rows))}", [value for row in rows for value in row]
    columns = list(zip(*rows, strict=True))
    arrays = ", ".join(f"%s::{_type_of(column)}[]" for column in columns)
    return f"SELECT * FROM unnest({arrays}) AS given", [_array(column) for column in columns]  # noqa: S608


def _type_of(column: Sequence[Value]) -> str:
    return "bigint" if any(isinstance(value, int) for value in column) else "uuid"


def _array(column: Sequence[Value]) -> str:
    return f"{{{','.join('NULL' if value is None else str(value) for value in column)}}}"
