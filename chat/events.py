"""Events: hints that rows have changed. In a session their numbers leave no gap, so a loss is seen."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

# The kind of an `updated` that changed reactions and annotations alone.
MARGIN = "margin"
# In the row of a `created`: no model is to make this message.
WHOLE = "whole"
# In rows, of an `updated`: the reply begins. The text of one that is made alone follows by numbers alone,
# that of one of several in rows of the kind PIECE.
BEGINS = "begins"
OPENS = "opens"
PIECE = "piece"


def encode(value: Any) -> str:
    """Compact JSON that UTF-8 can carry: one odd character in a row must not cost its readers the rest."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened in a session, already saved.

    `number` is the last of the `numbers` that it takes: a delta takes one for each code point of its text,
    unless other replies are made at the same time, any other event one. `body` is its data as JSON text;
    a delta's is made from `text` and `offset`. One that is for the lists of a person or a project has that
    in the session's place.
    """

    session_id: UUID
    number: int
    name: str
    kind: str = ""
    message_id: UUID | None = None
    body: str = "{}"
    text: str = ""
    offset: int = 0
    numbers: int = 1

    @property
    def before(self) -> int:
        """The number that came just before this event."""
        return self.number - self.numbers

    @property
    def data(self) -> str:
        if self.kind != "delta":
            return self.body
        return encode(
            {"type": "delta", "message_id": str(self.message_id), "text": self.text, "offset": self.offset}
        )

    def as_sse(self) -> bytes:
        """In the format of server-sent events (WHATWG HTML, section 9.2)."""
        return f"id: {self.number}\nevent: {self.name}\ndata: {self.data}\n\n".encode()

    def as_frame(self) -> str:
        """As a JSON text for a WebSocket."""
        return f'{{"id":{self.number},"event":"{self.name}","data":{self.data}}}'


def delta(session_id: UUID, number: int, message_id: UUID, text: str, offset: int) -> Event:
    return Event(session_id, number, "message", "delta", message_id, "", text, offset, len(text))


def piece(session_id: UUID, number: int, message_id: UUID, text: str, offset: int) -> Event:
    """A delta of one of several replies that are made at once."""
    return Event(session_id, number, "message", "delta", message_id, "", text, offset)


def reset(session_id: UUID, number: int) -> Event:
    """Tells a client that is too far behind to read the session again."""
    return Event(session_id, number, "reset")


def listed(whose: UUID, session_id: UUID) -> Event:
    """The hint that this session stands otherwise now in the lists of a person, or in the one of a project.

    It has no number.
    """
    return Event(whose, 0, "listed", message_id=session_id)
