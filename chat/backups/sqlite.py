"""A SQLite database in a backup: its one file, copied by SQLite itself while others read and write it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

from django.db import connection

from chat.backups import migrations
from chat.backups.archive import BackupError, Reader, Tell, Writer, blocks_of
from chat.backups.manifest import DATABASE, Contents, Manifest

MEMBER = f"{DATABASE}parley.sqlite3"
# Copied at a time; between two of them one hears how far it has come.
PAGES = 4096


def save(writer: Writer, aside: Path, tell: Tell) -> Contents:
    """Add the database as it is now. `aside` is a file for a copy, which is gone afterwards.

    Raises:
        BackupError: there is no database, or it is damaged.
    """
    try:
        with _new_file(aside):
            _copy_to(aside, tell)
            contents = _contents(aside)
            with aside.open("rb") as file:
                writer.add(MEMBER, blocks_of(file))
        return contents
    except sqlite3.Error as trouble:
        raise BackupError(f"The database cannot be copied to {aside.parent}: {trouble}.") from trouble


def stage(reader: Reader, manifest: Manifest, folder: Path, _tell: Tell) -> None:
    """Unpack it into that folder, and bring it up to date there.

    Raises:
        BackupError: it is damaged.
    """
    path = folder / "parley.sqlite3"
    reader.unpack(MEMBER, path)
    if migrations.are_missing(manifest.contents.migrations):
        with _standing_in(path):
            migrations.catch_up()


def put_in_place(_reader: Reader, _manifest: Manifest, folder: Path, tell: Tell) -> None:
    """Make the database what was unpacked there, in one transaction: others see the old or the new.

    Raises:
        BackupError: it cannot be written.
    """
    Path(connection.settings_dict["NAME"]).parent.mkdir(parents=True, exist_ok=True)
    connection.ensure_connection()
    try:
        with closing(sqlite3.connect(folder / "parley.sqlite3")) as source:
            source.backup(connection.connection, pages=PAGES, progress=_steps(tell))
    except sqlite3.Error as trouble:
        raise BackupError(f"The database cannot be written: {trouble}.") from trouble
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def _copy_to(aside: Path, tell: Tell) -> None:
    """All of it as it is at one moment, the log included; nobody who writes has to wait meanwhile."""
    connection.ensure_connection()
    source: sqlite3.Connection = connection.connection
    with closing(sqlite3.connect(aside)) as target:
        target.execute("PRAGMA synchronous=OFF")
        # A copy in steps begins anew whenever somebody has written, unless it has a moment of its own.
        source.execute("BEGIN DEFERRED")
        try:
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target, pages=PAGES, progress=_steps(tell))
        finally:
            source.rollback()


def _steps(tell: Tell) -> Callable[[int, int, int], None]:
    def told(_status: int, remaining: int, total: int) -> None:
        tell("database", total - remaining, total)

    return told


def _contents(path: Path) -> Contents:
    with closing(sqlite3.connect(path)) as database:
        tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master")}
        if "django_migrations" not in tables:
            raise BackupError("There is nothing to back up yet: this database has no tables.")
        [(state,)] = database.execute("PRAGMA quick_check(1)").fetchall()
        if state != "ok":
            raise BackupError(f"The database is damaged: {state}")
        applied = database.execute("SELECT app, name FROM django_migrations ORDER BY id").fetchall()
        counts = [
            database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]  # noqa: S608
            for table in ("chat_user", "chat_session", "chat_message")
        ]
    return Contents(applied, *counts)


@contextlib.contextmanager
def _new_file(path: Path) -> Iterator[None]:
    """For its owner's eyes; gone at the end, with what SQLite put beside it."""
    _remove(path)
    os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    try:
        yield
    finally:
        _remove(path)


def _remove(path: Path) -> None:
    for ending in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


@contextlib.contextmanager
def _standing_in(path: Path) -> Iterator[None]:
    """That file is Django's database meanwhile."""
    name = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(path)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = name
