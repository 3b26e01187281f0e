"""The search index: what is written into it, in the transaction of what it is about."""

from __future__ import annotations

from chat.index.analysis import NOTHING, Analysis, analysis_of
from chat.index.copied import columns_of_copies
from chat.index.entries import (
    add_messages,
    index_messages,
    index_note,
    index_title,
    reindex_message,
)
from chat.index.rebuilding import (
    AT_ONCE,
    analyses_of,
    by_message,
    entries_of,
    index_in_pieces,
    index_session,
    rebuild,
)

__all__ = [
    "AT_ONCE",
    "NOTHING",
    "Analysis",
    "add_messages",
    "by_message",
    "columns_of_copies",
    "entries_of",
    "index_in_pieces",
    "index_messages",
    "index_note",
    "index_session",
    "index_title",
    "analysis_of",
    "analyses_of",
    "rebuild",
    "reindex_message",
]
