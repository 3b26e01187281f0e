"""Empties the tables after a test that committed.

Django's own way truncates, which on PostgreSQL makes new files for each table and index, and then makes all
content types and permissions anew: three quarters of what a small test takes.
"""

from __future__ import annotations

from functools import cache
from threading import Barrier

from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.test import TransactionTestCase

from chat import threads

# `migrate` filled them, and no test writes to them.
KEPT = {model._meta.db_table for model in (ContentType, Permission)}


def empty_tables(_test: TransactionTestCase) -> None:
    _let_writers_end()
    connection.ops.execute_sql_flush(_orders())


def _let_writers_end() -> None:
    """What nobody waits for, such as that somebody was refused, may still be on its way to the tables.

    Where all of the pool's threads are at once, none of them is at something else.
    """
    writers = 1 if connection.vendor == "sqlite" else threads.WRITERS
    if pool := threads._pools.get("write"):
        all_of_them = Barrier(writers, timeout=60)
        for met in [pool.submit(all_of_them.wait) for _ in range(writers)]:
            met.result()


@cache
def _orders() -> list[str]:
    tables = connection.introspection.django_table_names(only_existing=True, include_views=False)
    return [f"DELETE FROM {connection.ops.quote_name(table)}" for table in tables if table not in KEPT]
