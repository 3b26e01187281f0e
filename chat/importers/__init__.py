"""Conversations of other places: one file for each of them, and a table. They read, and know no tables."""

from __future__ import annotations

from chat.importers.archive import Archive
from chat.importers.conversation import Conversation, Damaged, File, Node
from chat.importers.limits import UnreadableFile
from chat.importers.reading import Reading, label_of

__all__ = [
    "Archive",
    "Conversation",
    "Damaged",
    "File",
    "Node",
    "Reading",
    "UnreadableFile",
    "label_of",
]
