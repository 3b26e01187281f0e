"""Identifiers that sort by the time they were made (UUID version 7, RFC 9562)."""

from __future__ import annotations

import uuid

import uuid_utils.compat


def new_id() -> uuid.UUID:
    """A UUIDv7: neighbours in time are neighbours in an index."""
    return uuid_utils.compat.uuid7()
