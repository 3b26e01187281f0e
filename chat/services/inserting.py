"""Many rows at once, just as they are: Django's own way sets today's times, and costs three times as much."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import AutoField, Field, Model


def insert_rows(rows: Sequence[Model]) -> None:
    """Insert rows of one table, with all their values, the times among them."""
    if not rows:
        return
    options = rows[0]._meta
    fields = [field for field in options.concrete_fields if not isinstance(field, AutoField)]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    statement = f"INSERT INTO {quote(options.db_table)} ({columns}) VALUES ({marks})"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.executemany(statement, [_values(row, fields) for row in rows])


def _values(row: Model, fields: Sequence[Field]) -> list[Any]:  # type: ignore[type-arg]
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
