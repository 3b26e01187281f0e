"""A PostgreSQL database in a backup: the rows of each table, by COPY, of one moment, and in one transaction.

Not by `pg_dump`: it would have to be installed, and not be older than the server. The tables themselves come
from the migrations, which run in that transaction too, so that nothing but our own tables is ever touched.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder

from chat.backups import migrations, moments, temporary
from chat.backups.archive import BackupError, Reader, Tell, Writer
from chat.backups.laying_aside import laid_aside
from chat.backups.manifest import DATABASE, Manifest, Table
from chat.backups.moments import HISTORY, Cut, Moment, View
from chat.models.rows import read_rows

# How long a server's transactions are waited for.
PATIENCE = "60s"
_COLUMNS = """
SELECT attname, pg_get_serial_sequence(quote_ident(%s), attname) FROM pg_attribute
WHERE attrelid = to_regclass(quote_ident(%s)) AND attnum > 0 AND NOT attisdropped AND attgenerated = ''
ORDER BY attnum
"""


class Snapshot:
    """The moment at which a transaction began; without one, the database as it changes."""

    def __init__(self) -> None:
        self.cuts: Mapping[str, Cut] = {}
        moments.check(self)
        self.cuts = temporary.cuts(self)

    def query(self, statement: str) -> Iterable[tuple[Any, ...]]:
        return read_rows(statement, ())

    def columns(self, table: str) -> set[str]:
        return {name for name, _sequence in _columns(table)}

    def save(self, writer: Writer, tell: Tell) -> Sequence[Table]:
        tables = [_table(name) for name in our_tables()]
        for number, table in enumerate(tables, 1):
            writer.add(_member(table), _rows(table, self.cuts.get(table.name)))
            tell("tables", number, len(tables))
        return tables


def now() -> View:
    """The database as it changes.

    Raises:
        NothingThere: it is new.
        BackupError: it cannot be reached.
    """
    try:
        return Snapshot()
    except DatabaseError as trouble:
        raise BackupError(f"The database cannot be read: {trouble}") from trouble


@contextlib.contextmanager
def moment(_aside: Path, _tell: Tell) -> Iterator[Moment]:
    """The database as it is now, whatever is written to it meanwhile.

    Raises:
        NothingThere: it is new.
        BackupError: it cannot be read.
    """
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield Snapshot()
    except DatabaseError as trouble:
        raise BackupError(f"The database cannot be read: {trouble}") from trouble


def stage(reader: Reader, manifest: Manifest, _folder: Path, tell: Tell) -> None:
    """See that its members are whole; they are read from the archive once more.

    Raises:
        BackupError: the database here is of a newer Parley.
    """
    for number, table in enumerate(manifest.contents.tables, 1):
        for _block in reader.blocks(_member(table)):
            pass
        tell("tables", number, len(manifest.contents.tables))
    if unknown := migrations.unknown(list(MigrationRecorder(connection).applied_migrations())):
        app, name = unknown[0]
        raise BackupError(f"The database here is of a newer Parley: {app}.{name} is not known.")


def put_in_place(reader: Reader, manifest: Manifest, _folder: Path, tell: Tell) -> None:
    """Make the database what is in the archive, and bring it up to date, in one transaction.

    Raises:
        BackupError: it cannot be done; nothing has changed.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
            _make_tables_of(manifest)
            _fill(reader, manifest.contents.tables, tell)
            if migrations.are_missing(manifest.contents.migrations):
                # What is changed after this must not wait for checks at the end.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                migrations.catch_up()
    except DatabaseError as trouble:
        raise BackupError(f"The database cannot be written: {trouble}") from trouble
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def our_tables() -> list[str]:
    """Those of our apps, also of versions before and after this one; others may share the database."""
    prefixes = {name.partition("_")[0] + "_" for name in connection.introspection.django_table_names()}
    with connection.cursor() as cursor:
        found = connection.introspection.get_table_list(cursor)
    return sorted(info.name for info in found if info.type == "t" and info.name.startswith(tuple(prefixes)))


def _make_tables_of(manifest: Manifest) -> None:
    """Empty ones, as they were then."""
    applied = manifest.contents.migrations
    if set(MigrationRecorder(connection).applied_migrations()) != set(applied):
        _empty(apart_from={HISTORY})
        if not migrations.go_to(applied):
            raise BackupError("This Parley’s history of migrations is another one than this backup’s.")
    _empty()


def _columns(table: str) -> list[tuple[str, str | None]]:
    """Each with the sequence that it takes its values from."""
    with connection.cursor() as cursor:
        cursor.execute(_COLUMNS, [table, table])
        return list(cursor.fetchall())


def _table(name: str) -> Table:
    columns = _columns(name)
    following: dict[str, int] = {}
    with connection.cursor() as cursor:
        for column, sequence in columns:
            if sequence:
                cursor.execute(f"SELECT last_value + is_called::int FROM {sequence}")  # noqa: S608
                following[column] = cursor.fetchone()[0]
    return Table(name, tuple(column for column, _sequence in columns), following)


def _empty(apart_from: set[str] | None = None) -> None:
    names = [_quoted(name) for name in our_tables() if name not in (apart_from or ())]
    if names:
        with connection.cursor() as cursor:
            cursor.execute(f"TRUNCATE {', '.join(names)}")


def _fill(reader: Reader, tables: Sequence[Table], tell: Tell) -> None:
    with laid_aside([_quoted(table.name) for table in tables]):
        for number, table in enumerate(tables, 1):
            with connection.cursor() as cursor:
                with (
                    connection.wrap_database_errors,
                    cursor.copy(f"COPY {_target(table)} FROM STDIN") as copy,
                ):
                    for block in reader.blocks(_member(table)):
                        copy.write(block)
                for column, value in table.next_values.items():
                    cursor.execute(
                        f"ALTER TABLE {_quoted(table.name)} ALTER COLUMN {_quoted(column)} "
                        f"RESTART WITH {int(value)}"
                    )
            tell("tables", number, len(tables))


def _rows(table: Table, cut: Cut | None) -> Iterator[bytes]:
    source = _target(table)
    if cut:
        values = ", ".join(map(cut.value, table.columns))
        source = f"(SELECT {values} FROM {_quoted(table.name)} WHERE {cut.kept})"  # noqa: S608
    with connection.wrap_database_errors, connection.cursor() as cursor:
        copy: Any
        with cursor.copy(f"COPY {source} TO STDOUT") as copy:
            yield from copy


def _target(table: Table) -> str:
    return f"{_quoted(table.name)} ({', '.join(map(_quoted, table.columns))})"


def _member(table: Table) -> str:
    return f"{DATABASE}{table.name}"


def _quoted(name: str) -> str:
    return str(connection.ops.quote_name(name))
