"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562)."""

from __future__ import annotations

from uuid import UUID

import uuid_utils.compat
from django.db import connection


def new_id() -> UUID:
    """A UUIDv7: neighbours in time are neighbours in an index."""
    return uuid_utils.compat.uuid7()


def for_database(value: UUID) -> UUID | str:
    """As plain SQL must give it: SQLite has no type for it."""
    return value if connection.features.has_native_uuid_field else value.hex
