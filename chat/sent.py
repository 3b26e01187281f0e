"""What a model was given for a reply, read back: the record, and the messages as they were then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chat.models import Attachment, Message, MessageEdit, SentPrompt

PAGE = 50


@dataclass(frozen=True)
class SentMessage:
    """A message as it went out. `message` is None where it has been removed for good."""

    message: Message | None
    text: str = ""
    is_edited_since: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sent:
    """A page of what was sent for a reply; `before` leads to the page of those before, 0 is the end."""

    prompt: SentPrompt
    count: int
    messages: tuple[SentMessage, ...]
    before: int


def sent_for(reply: Message, *, before: int | None = None) -> Sent | None:
    """What was given for `reply`, or for the original that it is a copy of; None where nobody noted it."""
    prompt = SentPrompt.objects.filter(generation__message=reply.origin or reply.pk).first()
    if prompt is None:
        return None
    keys = prompt.message_ids
    end = len(keys) if before is None else min(before, len(keys))
    start = max(0, end - PAGE)
    return Sent(prompt, len(keys), _as_sent(keys[start:end], prompt), start)


def _as_sent(keys: Sequence[UUID], prompt: SentPrompt) -> tuple[SentMessage, ...]:
    rows = Message.objects.in_bulk(keys)
    earlier: dict[UUID, str] = {}
    edits = MessageEdit.objects.filter(message__in=keys, edited_at__gt=prompt.sent_at)
    # The first edit after it was sent kept what it said until then.
    for edit in edits.order_by("-edited_at", "-id"):
        earlier[edit.message_id] = edit.content
    files: dict[UUID | None, list[str]] = {}
    for attachment in Attachment.objects.filter(message__in=keys).order_by("created_at", "id"):
        files.setdefault(attachment.message_id, []).append(attachment.name)
    return tuple(
        SentMessage(row, earlier.get(key, row.content), key in earlier, tuple(files.get(key, ())))
        if (row := rows.get(key))
        else SentMessage(None)
        for key in keys
    )
