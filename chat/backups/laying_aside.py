"""PostgreSQL's indexes and foreign keys, laid aside while their tables are filled, which is quicker."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from django.db import connection

_KEYS = """
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
       format('ALTER TABLE %%s ADD CONSTRAINT %%I ', conrelid::regclass, conname) || pg_get_constraintdef(oid)
FROM pg_constraint WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])
"""
_INDEXES = """
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid)
FROM pg_index WHERE indrelid = ANY(%s::regclass[]) AND NOT EXISTS (
    SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype IN ('p', 'u', 'x')
)
"""


@contextlib.contextmanager
def laid_aside(tables: Sequence[str]) -> Iterator[None]:
    """`tables` are quoted. To be used in a transaction: what fails leaves them as they were."""
    with connection.cursor() as cursor:
        orders: list[tuple[str, str]] = []
        for statement in (_KEYS, _INDEXES):
            cursor.execute(statement, [list(tables)])
            orders += cursor.fetchall()
        for drop, _make in orders:
            cursor.execute(drop)
        yield
        for _drop, make in reversed(orders):
            cursor.execute(make)
