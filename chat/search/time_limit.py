"""How long a search may keep the database busy: what asks for too much is told so, and holds up nobody."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from chat.errors import TooSlow

# With a million messages it takes some 20 ms to find what people ask for.
SECONDS = 4.0
# Steps of SQLite's machine between two looks at the clock: some 0.01 ms, less where a step is a long one.
STEPS = 1_000


@contextmanager
def time_limit() -> Iterator[None]:
    """What is asked of the database meanwhile is broken off after so many seconds; of PostgreSQL each query.

    Raises:
        TooSlow: it was broken off.
    """
    limited = _on_sqlite if connection.vendor == "sqlite" else _on_postgresql
    try:
        with limited():
            yield
    except OperationalError as error:
        if not _was_broken_off(error):
            raise
        raise TooSlow(_("That takes too long. Ask for fewer or rarer words at once."), field="q") from error


@contextmanager
def _on_postgresql() -> Iterator[None]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = {round(SECONDS * 1000)}")
        yield
        cursor.execute("SET LOCAL statement_timeout TO DEFAULT")  # where this is part of a transaction


@contextmanager
def _on_sqlite() -> Iterator[None]:
    connection.ensure_connection()
    database = connection.connection
    database.set_progress_handler(partial(_is_after, time.monotonic() + SECONDS), STEPS)
    try:
        yield
    finally:
        database.set_progress_handler(None, 0)


def _is_after(moment: float) -> bool:
    return time.monotonic() > moment


def _was_broken_off(error: OperationalError) -> bool:
    """SQLite says no more than that it was interrupted."""
    return getattr(error.__cause__, "sqlstate", None) == "57014" or "interrupted" in str(error)
