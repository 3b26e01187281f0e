"""A SQLite database in a backup: its one file, copied by SQLite itself while others read and write it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection

from chat.backups import migrations, moments, temporary
from chat.backups.archive import BackupError, Damaged, Reader, Tell, Writer, blocks_of
from chat.backups.manifest import DATABASE, Manifest, Table
from chat.backups.moments import Cut, Moment, View
from chat.models.rows import read_rows

MEMBER = f"{DATABASE}parley.sqlite3"
# Copied at a time; between two of them one hears how far it has come.
PAGES = 4096
# The seconds for which others are waited for.
PATIENCE = 60.0


class Live:
    """The database in use, which may change from one question to the next."""

    def __init__(self) -> None:
        self.cuts: Mapping[str, Cut] = {}
        moments.check(self)
        self.cuts = temporary.cuts(self)

    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        return read_rows(statement, ())

    def columns(self, table: str) -> set[str]:
        return {name for (name,) in self.query(f"SELECT name FROM pragma_table_info('{table}')")}  # noqa: S608


class Copy(Live):
    """Of the database, in a file of its own, without what is left out of a backup."""

    def __init__(self, path: Path, database: sqlite3.Connection) -> None:
        self._path = path
        self._database = database
        # Nothing that it has may lie in another file, nor stay where it was deleted.
        database.execute("PRAGMA journal_mode=DELETE")
        database.execute("PRAGMA secure_delete=ON")
        super().__init__()
        self._check()
        self._cut()

    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        return self._database.execute(statement)

    def save(self, writer: Writer, _tell: Tell) -> Sequence[Table]:
        with self._path.open("rb") as file:
            writer.add(MEMBER, blocks_of(file))
        return ()

    def _check(self) -> None:
        [(state,)] = self.query("PRAGMA quick_check(1)")
        if state != "ok":
            raise Damaged(f"The database is damaged: {state}")

    def _cut(self) -> None:
        for table, cut in self.cuts.items():
            for column, condition in cut.emptied.items():
                self.query(f"UPDATE {table} SET {column} = NULL WHERE {condition}")  # noqa: S608
        for table, cut in self.cuts.items():
            if cut.gone:
                self.query(f"DELETE FROM {table} WHERE {cut.gone}")  # noqa: S608
        self._database.commit()


def now() -> View:
    """The database as it changes.

    Raises:
        NothingThere: it is new.
        Damaged: it cannot be read.
    """
    try:
        return Live()
    except DatabaseError as trouble:
        raise _kind_of(trouble)(f"The database cannot be read: {trouble}.") from trouble


@contextlib.contextmanager
def moment(aside: Path, tell: Tell) -> Iterator[Moment]:
    """The database as it is now; `aside` is a file for a copy, which is gone afterwards.

    Raises:
        NothingThere: it is new.
        Damaged: it cannot be read as a whole.
        BackupError: there is no room.
    """
    try:
        with _new_file(aside):
            _copy_to(aside, tell)
            with closing(sqlite3.connect(aside)) as database:
                yield Copy(aside, database)
    except sqlite3.Error as trouble:
        raise _kind_of(trouble)(f"The database cannot be copied to {aside.parent}: {trouble}.") from trouble


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
    try:
        with closing(sqlite3.connect(folder / "parley.sqlite3")) as source:
            source.backup(_connected(), pages=PAGES, progress=_steps(tell))
    except sqlite3.Error as trouble:
        raise BackupError(f"The database cannot be written: {trouble}.") from trouble
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def set_aside(path: Path) -> Path:
    """Move a database that is damaged out of the way, with its log; where it is now."""
    connection.close()
    kept = path.with_suffix(".damaged.sqlite3")
    for ending in ("", "-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(f"{connection.settings_dict['NAME']}{ending}", f"{kept}{ending}")
    return kept


def _kind_of(trouble: Exception) -> type[BackupError]:
    cause = trouble if isinstance(trouble, sqlite3.Error) else trouble.__cause__
    code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
    return Damaged if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) else BackupError


def _copy_to(aside: Path, tell: Tell) -> None:
    """All of it as it is at one moment, the log included; nobody who writes has to wait meanwhile."""
    source = _connected()
    with closing(sqlite3.connect(aside)) as target:
        target.execute("PRAGMA synchronous=OFF")
        # A copy in steps begins anew whenever somebody has written, unless it has a moment of its own.
        source.execute("BEGIN DEFERRED")
        try:
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()
            source.backup(target, pages=PAGES, progress=_steps(tell))
        finally:
            source.rollback()


def _connected() -> sqlite3.Connection:
    """Django's connection, which needs no large window on a file that is read once."""
    connection.ensure_connection()
    database: sqlite3.Connection = connection.connection
    database.execute("PRAGMA mmap_size=0")
    return database


def _steps(tell: Tell) -> Callable[[int, int, int], None]:
    moved_at = time.monotonic()

    def told(status: int, remaining: int, total: int) -> None:
        nonlocal moved_at
        if status not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            moved_at = time.monotonic()
        elif time.monotonic() - moved_at > PATIENCE:
            raise sqlite3.OperationalError("somebody keeps it locked")
        tell("database", total - remaining, total)

    return told


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
