"""What a person chooses of an export: which messages, and what of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Self
from uuid import UUID

from chat.phrases import Phrase

LEVELS = range(1, 7)
"""Levels that the title of a document may have; what it holds goes further down, to 6 at most."""

LANGUAGE = r"^[\w.+#-]*$"
"""What may stand behind a fence as the name of a language."""
BAD_LANGUAGE = Phrase("The name of a language has letters, digits and the signs _ . + # - alone.")


@dataclass(frozen=True, slots=True)
class Options:
    """All formats take all of them; one that means nothing to a format changes nothing there.

    None is as the format has it: documents to be read leave these things out, JSON has them.
    """

    # When each message was written.
    timestamps: bool = True
    # What the conversation is: owner, project, model, dates, tags, counts.
    metadata: bool = True
    # Of the document's title.
    heading_level: int = 1
    # Of code blocks that name none (Markdown).
    code_language: str = ""
    # The first and the last message; both are in it.
    from_message_id: UUID | None = None
    to_message_id: UUID | None = None
    # These alone.
    message_ids: tuple[UUID, ...] = ()
    system: bool = True
    tools: bool = True
    # What a model thought before it answered.
    reasoning: bool | None = None
    # All versions of edited messages and repeated replies, not only those on show.
    alternatives: bool | None = None
    # Notes and reactions.
    annotations: bool = True

    @property
    def is_range(self) -> bool:
        """Whether they name the first or the last message."""
        return bool(self.from_message_id or self.to_message_id)

    def kept(self) -> dict[str, Any]:
        """As a row keeps them: what differs from how it is by default."""
        standard = Options()
        return {
            name: _plain(value) for name, value in asdict(self).items() if value != getattr(standard, name)
        }

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Self:
        """What `kept` says, which was checked when it was kept."""
        known = {field.name for field in fields(cls)}
        return cls(**{name: _read(name, value) for name, value in kept.items() if name in known})


def _plain(value: Any) -> Any:
    match value:
        case UUID():
            return str(value)
        case tuple():
            return [str(one) for one in value]
        case _:
            return value


def _read(name: str, value: Any) -> Any:
    if name == "message_ids":
        return tuple(UUID(one) for one in value)
    return UUID(value) if name.endswith("_message_id") and value is not None else value
