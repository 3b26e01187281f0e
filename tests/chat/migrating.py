"""The tables as earlier versions of Parley had them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from chat.models import User
from tests.houses import ShowHouse


def migrate(name: str) -> Apps:
    """Of what builds upon it, all at the newest, and nothing before."""
    executor = MigrationExecutor(connection)
    heads = executor.loader.graph.leaf_nodes()
    state = executor.migrate(heads if ("chat", name) in heads else [("chat", name)])
    return state.apps


def newest() -> str:
    [(_app, name)] = MigrationExecutor(connection).loader.graph.leaf_nodes("chat")
    return str(name)


@contextmanager
def tables_of(name: str, show_house: ShowHouse) -> Iterator[Apps]:
    """The empty tables as they were after that migration, and their models; then those of today again."""
    assert not User.objects.exists()
    if connection.vendor != "sqlite":
        today = newest()
        try:
            yield migrate(name)
        finally:
            migrate(today)
        return
    try:
        _put(show_house.sqlite_after(name))
        yield MigrationExecutor(connection).loader.project_state(("chat", name)).apps
    finally:
        _put(show_house.sqlite)


def _put(tables: Path) -> None:
    connection.ensure_connection()
    with closing(sqlite3.connect(tables)) as kept:
        kept.backup(connection.connection)
    connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
