"""A database as it is at one moment: what is asked of it, whichever it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.apps import apps
from django.db import models

from chat.backups.archive import NothingThere, Tell, Writer
from chat.backups.manifest import Contents, Table
from chat.models import Attachment, ConfiguredProvider, Message, Session, User

HISTORY = "django_migrations"
# Where none of them has a row, nobody has done anything yet.
COUNTED = tuple(model._meta.db_table for model in (User, Session, Message, ConfiguredProvider))


@dataclass(frozen=True)
class Cut:
    """Of one table: which rows go, and which columns are emptied where theirs is true. All of it is SQL."""

    gone: str = ""
    emptied: Mapping[str, str] = field(default_factory=dict)

    @property
    def kept(self) -> str:
        return f"({self.gone}) IS NOT TRUE" if self.gone else "true"

    def value(self, column: str) -> str:
        """What that column is to hold."""
        if column not in self.emptied:
            return f'"{column}"'
        return f'CASE WHEN {self.emptied[column]} THEN NULL ELSE "{column}" END'


class View(Protocol):
    """A database, less the `cuts`: what is left out of a backup, by table."""

    cuts: Mapping[str, Cut]

    def query(self, statement: str) -> Iterable[tuple[Any, ...]]: ...

    def columns(self, table: str) -> set[str]:
        """None where there is no such table."""


class Moment(View, Protocol):
    """It stays while it is open, whatever is written meanwhile."""

    def save(self, writer: Writer, tell: Tell) -> Sequence[Table]:
        """Add it to a backup."""


def check(view: View) -> None:
    """
    Raises:
        NothingThere: it is new.
    """
    if not all(view.columns(table) for table in (HISTORY, *COUNTED)):
        raise NothingThere("There is nothing to back up yet: this database has no tables.")


def is_empty(view: View) -> bool:
    """Whether nobody has done anything here yet."""
    return not any(_count(view, table) for table in COUNTED)


def contents_of(view: View, tables: Sequence[Table]) -> Contents:
    applied = [(app, name) for app, name in view.query(f"SELECT app, name FROM {HISTORY} ORDER BY id")]  # noqa: S608
    people, conversations, messages = (
        _count(view, model._meta.db_table) for model in (User, Session, Message)
    )
    return Contents(applied, people, conversations, messages, tables)


def file_names(view: View) -> Iterator[str]:
    """Of the uploaded files, once or more often. One that a row names is whole."""
    for model in apps.get_models():
        table = model._meta.db_table
        for column in model._meta.concrete_fields:
            if isinstance(column, models.FileField) and column.column in view.columns(table):
                found = view.query(f"SELECT {column.column} FROM {table} WHERE {_kept(view, table)}")  # noqa: S608
                yield from (name for (name,) in found if name)


def sent_names(view: View) -> Iterator[str]:
    """Of files that stay as they are and where they are: those of messages."""
    table = Attachment._meta.db_table
    where = f"message_id IS NOT NULL AND {_kept(view, table)}"
    yield from (name for (name,) in view.query(f"SELECT file FROM {table} WHERE {where}"))  # noqa: S608


def _count(view: View, table: str) -> int:
    [(count,)] = view.query(f"SELECT count(*) FROM {table} WHERE {_kept(view, table)}")  # noqa: S608
    return int(count)


def _kept(view: View, table: str) -> str:
    cut = view.cuts.get(table)
    return cut.kept if cut else "true"
