"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

import uuid_utils.compat
from django.db import connection
from django.db.models.expressions import RawSQL


def new_id() -> UUID:
    """A UUIDv7: neighbours in time are neighbours in an index."""
    return uuid_utils.compat.uuid7()


def first_id_at(moment: datetime) -> UUID:
    """The least that an id made at that moment can be."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def derived_id(seed: UUID, foreign_id: str) -> UUID:
    """A UUIDv7 that is the same whenever it is made of the same two.

    It has the time of the foreign id where that is a UUIDv7 too, else the seed's.
    """
    digest = int.from_bytes(hashlib.sha256(seed.bytes + foreign_id.encode("utf-8", "surrogatepass")).digest())
    timed = _as_uuid7(foreign_id)
    # 48 bits of time, the version, and 12 bits that order ids of one millisecond.
    high = timed.int >> 64 if timed else seed.int >> 80 << 16 | 0x7000 | digest >> 244
    return UUID(int=high << 64 | 0b10 << 62 | digest & (1 << 62) - 1)


def _as_uuid7(text: str) -> UUID | None:
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if found.version == 7 else None


def for_database(value: UUID) -> UUID | str:
    """As plain SQL must give it: SQLite has no type for it."""
    return value if connection.features.has_native_uuid_field else value.hex


def database_key() -> Callable[[UUID], UUID | str]:
    """`for_database` for thousands: what the database is, is asked once."""
    return (lambda key: key) if connection.features.has_native_uuid_field else (lambda key: key.hex)


# Of fewer, a list is as quick, and tells PostgreSQL how many there are.
MANY = 30


def any_of(keys: Sequence[UUID]) -> Sequence[UUID] | RawSQL:
    """For `__in`: hundreds as one parameter, since to check and bind each takes longer than to find it."""
    if len(keys) < MANY:
        return keys
    if connection.vendor == "postgresql":
        return RawSQL("SELECT unnest(%s::uuid[])", [list(keys)])
    return RawSQL("SELECT value FROM json_each(%s)", [json.dumps([key.hex for key in keys])])
