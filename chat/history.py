"""What a message said over time: its versions, who made each, when, and how it differs from the last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from chat.differences import Piece, difference
from chat.models import Message

# Newest versions that are shown; each may have as many characters as a message.
MAX_VERSIONS = 20


@dataclass(frozen=True)
class Version:
    """`pieces` lead from the version before to this one; of the first they are its text."""

    number: int
    # The name of who made it, or empty.
    author: str
    made_at: datetime
    pieces: list[Piece]
    is_current: bool = False


@dataclass(frozen=True)
class History:
    """The newest first. `hidden` older ones are not shown."""

    versions: list[Version]
    hidden: int


def history_of(message: Message) -> History:
    """The versions of a message that is not being written."""
    edits = message.edits.select_related("editor").order_by("-edited_at", "-id")
    count = edits.count()
    rows = list(edits[:MAX_VERSIONS])
    versions = []
    text = message.content
    for at, edit in enumerate(rows):
        pieces = difference(edit.content, text)
        versions.append(Version(count + 1 - at, edit.who, edit.edited_at, pieces, is_current=at == 0))
        text = edit.content
    if count == len(rows):
        first = [Piece("same", text)]
        author = message.author.get_username() if message.author else ""
        versions.append(Version(1, author, message.created_at, first, is_current=not rows))
    return History(versions, hidden=count + 1 - len(versions))
