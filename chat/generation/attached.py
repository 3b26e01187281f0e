"""The files of messages, with what is kept of each; nothing of what is in them is read here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from chat.extracting.kinds import PICTURE, reader_of
from chat.models import Attachment, Extract

# A page of HTML that is no longer goes as it is written, since who made it may ask about that.
MAX_SOURCE = 20_000


@dataclass(frozen=True, slots=True)
class AttachedFile:
    """A file of a message, and what is kept of it; nothing of what is in it is here."""

    id: UUID
    message_id: UUID
    name: str
    mime_type: str
    size: int
    stored: str
    is_text: bool
    reader: str
    extract: Extract | None

    @property
    def is_picture(self) -> bool:
        return self.reader == PICTURE

    @property
    def is_source(self) -> bool:
        """Text that goes as it lies there."""
        return self.is_text and (not self.reader or self.size <= MAX_SOURCE)

    @property
    def waits(self) -> bool:
        """It is to be read before a model can be given it."""
        if not self.reader or self.is_source:
            return False
        return self.extract is None or not self.extract.has_ended


Files = Mapping[UUID, tuple[AttachedFile, ...]]


def files_of(messages: Iterable[UUID]) -> Files:
    """The files of those messages that have some, in the messages' order, with two queries."""
    keys = list(messages)
    found = Attachment.objects.filter(message__in=keys)
    rows = list(found.order_by("position", "created_at", "id"))
    kept = Extract.objects.defer("text").in_bulk({row.file.name for row in rows}) if rows else {}
    files: dict[UUID, list[AttachedFile]] = defaultdict(list)
    for row in rows:
        assert row.message_id is not None
        files[row.message_id].append(attached_file(row, kept.get(row.file.name or "")))
    return {key: tuple(files[key]) for key in keys if key in files}


def attached_file(row: Attachment, extract: Extract | None) -> AttachedFile:
    return AttachedFile(
        row.pk,
        row.message_id or row.pk,
        row.name,
        row.mime_type,
        row.size,
        row.file.name or "",
        row.is_readable,
        reader_of(row.mime_type, row.name),
        extract,
    )
