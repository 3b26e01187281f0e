"""What a Parley makes before it serves for the first time: made once a run, and copied."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import django
from django.core.management import call_command
from django.db import connection
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from tests import nursery, services
from tests.services import Parley, settings_for

_MIGRATE = ("manage.py", "migrate", "--verbosity", "0")
_COLLECT = """
import django
django.setup()
from config.static import collect_static_files
collect_static_files()
"""


class ShowHouse:
    """Empty tables on both databases, and the static files as they are served.

    Processes that are given the same folder share them.
    """

    def __init__(self, shared: Path) -> None:
        self._folder = shared / "show-house"
        self._folder.mkdir(exist_ok=True)

    @contextlib.contextmanager
    def _making(self, name: str) -> Iterator[Path | None]:
        """Where to make what is not there yet; whoever else needs it waits meanwhile."""
        with (self._folder / f"{name}.making").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            made = self._folder / f"{name}.made"
            yield None if made.exists() else self._folder
            made.touch()

    @property
    def sqlite(self) -> Path:
        """The file with the empty tables."""
        with self._making("sqlite") as folder:
            if folder:
                Parley(settings_for(folder), folder).run(_migrate_and_keep)
        return self._folder / "parley.sqlite3"

    def sqlite_after(self, migration: str) -> Path:
        """The file with the empty tables as they were after that migration of `chat`."""
        return self.sqlite.with_name(f"{migration}.sqlite3")

    def copy_to(self, folder: Path) -> None:
        """A server that keeps to `folder`, and to a database there, starts without further ado."""
        shutil.copy(self.sqlite, folder)
        with self._making("static") as ours:
            if ours:
                Parley(settings_for(ours), ours).run(nursery.code, _COLLECT)
        # Links, since nobody writes to what is in it: a file that changes is made anew.
        shutil.copytree(self._folder / "static", folder / "static", copy_function=os.link)
        shutil.copy(self._folder / "static.fingerprint", folder)

    @contextlib.contextmanager
    def postgres(self) -> Iterator[str]:
        """A PostgreSQL server of our own; its URL. It has the empty tables as a template for databases.

        Skips the test where the programs are missing.
        """
        data = self._folder / "postgresql"
        with self._making("postgresql") as folder:
            if folder:
                with services.postgres(leaves=data) as server:
                    url = services.create_database(server, services.TEMPLATE)
                    settings = settings_for(folder, DATABASE_URL=url)
                    Parley(settings, folder).run(nursery.program, *_MIGRATE)
        with services.postgres(begins=data) as server:
            yield server


def _migrate_and_keep() -> None:
    """What `migrate` does, keeping a copy of SQLite's file after each migration of `chat`."""
    django.setup()
    apply = MigrationExecutor.apply_migration

    def apply_and_keep(*args: Any, **kwargs: Any) -> ProjectState:
        state = apply(*args, **kwargs)
        migration: Migration = args[2]
        if migration.app_label == "chat":
            file = Path(connection.settings_dict["NAME"])
            with contextlib.closing(sqlite3.connect(file.with_name(f"{migration.name}.sqlite3"))) as copy:
                connection.connection.backup(copy)
        return state

    with mock.patch.object(MigrationExecutor, "apply_migration", apply_and_keep):
        call_command("migrate", verbosity=0)
    connection.close()  # all is in the file now
