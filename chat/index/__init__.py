"""The search index: what is written into it, in the transaction of what it is about."""

from __future__ import annotations

from chat.index.copied import columns_of_copies
from chat.index.entries import (
    add_messages,
    index_messages,
    index_note,
    index_title,
    reindex_message,
)
from chat.index.payload import NOTHING, Payload, payload_of
from chat.index.wholes import by_message, entries_of, index_session, payloads_of, rebuild

__all__ = [
    "NOTHING",
    "Payload",
    "add_messages",
    "by_message",
    "columns_of_copies",
    "entries_of",
    "index_messages",
    "index_note",
    "index_session",
    "index_title",
    "payload_of",
    "payloads_of",
    "rebuild",
    "reindex_message",
]
