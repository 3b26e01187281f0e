"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

import uuid_utils.compat
from django.db import connection


def new_id() -> UUID:
    """A UUIDv7: neighbours in time are neighbours in an index."""
    return uuid_utils.compat.uuid7()


def for_database(value: UUID) -> UUID | str:
    """As plain SQL must give it: SQLite has no type for it."""
    return value if connection.features.has_native_uuid_field else value.hex


def database_key() -> Callable[[UUID], UUID | str]:
    """`for_database` for thousands: what the database is, is asked once."""
    return (lambda key: key) if connection.features.has_native_uuid_field else (lambda key: key.hex)
