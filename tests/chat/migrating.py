"""The tables as earlier versions of Parley had them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from django.apps.registry import Apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from chat.models import User

# By the migration that was the last: SQLite's tables, since going back takes seconds.
_kept: dict[str, sqlite3.Connection] = {}


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
def tables_of(name: str) -> Iterator[Apps]:
    """The empty tables as they were after that migration, and their models; then those of today again."""
    assert not User.objects.exists()
    today = newest()
    if connection.vendor != "sqlite":
        try:
            yield migrate(name)
        finally:
            migrate(today)
        return
    if name not in _kept:
        _keep(today)
    try:
        if name in _kept:
            _put_back(name)
            apps: Apps = MigrationExecutor(connection).loader.project_state(("chat", name)).apps
        else:
            apps = migrate(name)
            _keep(name)
        yield apps
    finally:
        _put_back(today)


def _keep(name: str) -> None:
    connection.ensure_connection()
    _kept[name] = sqlite3.connect(":memory:", check_same_thread=False)
    connection.connection.backup(_kept[name])


def _put_back(name: str) -> None:
    connection.ensure_connection()
    _kept[name].backup(connection.connection)
    connection.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
