"""What a model was given for a reply, read back: the record, and the messages as they were then."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from chat.models import Attachment, Message, MessageEdit, SentPrompt

PAGE = 50
# What was left out is counted up to here.
MOST_COUNTED = 10_000


@dataclass(frozen=True)
class SentMessage:
    """A message as it went out. `message` is None where it has been removed for good."""

    message: Message | None
    text: str = ""
    is_edited_since: bool = False
    files: tuple[str, ...] = ()


@dataclass(frozen=True)
class SentSection:
    """A part of what went, in tokens; `text` is empty for what is made of messages, and for what is left."""

    name: str
    title: str
    tokens: int
    text: str = ""
    is_cut: bool = False
    # Where it begins in the window, and how much of it that is, in thousandths: for a bar.
    start: int = 0
    share: int = 0


@dataclass(frozen=True)
class Sent:
    """A page of what was sent for a reply; `before` leads to the page of those before, 0 is the end."""

    prompt: SentPrompt
    count: int
    messages: tuple[SentMessage, ...]
    before: int
    sections: tuple[SentSection, ...] = ()
    # The window that it was made for; 0 where that was not noted.
    window: int = 0
    # Why older messages were left out, and how many there are; empty if none were.
    left_out: str = ""
    left_count: int = 0
    options: dict[str, Any] = field(default_factory=dict)
    tools: tuple[str, ...] = ()


def sent_for(reply: Message, *, before: int | None = None) -> Sent | None:
    """What was given for `reply`, or for the original that it is a copy of; None where nobody noted it."""
    prompt = (
        SentPrompt.objects.select_related("generation")
        .filter(generation__message=reply.origin or reply.pk)
        .first()
    )
    if prompt is None:
        return None
    keys = prompt.message_ids
    end = len(keys) if before is None else min(before, len(keys))
    start = max(0, end - PAGE)
    made_of = prompt.made_of
    return Sent(
        prompt,
        len(keys),
        _as_sent(keys[start:end], prompt),
        start,
        sections=tuple(sections_of(prompt)),
        window=made_of.get("window", 0),
        left_out=made_of.get("left_out", ""),
        left_count=_left_count(reply, made_of),
        options=made_of.get("options", {}),
        tools=tuple(made_of.get("tools", ())),
    )


def sections_of(prompt: SentPrompt) -> list[SentSection]:
    """All that filled the window, in the order in which it went, then the reply's share and what is free."""
    made_of = prompt.made_of
    if not made_of:
        return []
    kept = [
        SentSection(
            one["name"],
            _title(one),
            one["tokens"],
            prompt.system_prompt if one["name"] == "system" else one.get("text", ""),
            one["cut"],
        )
        for one in made_of["sections"]
    ]
    kept.append(SentSection("turns", _("Messages"), made_of["turns"] - made_of["files"]))
    if made_of["files"]:
        kept.append(SentSection("files", _("Files in them"), made_of["files"]))
    kept.append(SentSection("reply", _("Kept free for the reply"), made_of["reply"]))
    return placed(kept, made_of["window"])


def placed(sections: Sequence[SentSection], window: int) -> list[SentSection]:
    """With their places on a bar; more than the whole of it is cut off."""
    found, used = [], 0
    for one in sections:
        start, end = (min(1000, round(1000 * at / max(1, window))) for at in (used, used + one.tokens))
        used += one.tokens
        found.append(replace(one, start=start, share=end - start))
    return found


def _title(section: dict[str, Any]) -> str:
    titles = {
        "system": _("System prompt"),
        "project": _("Instructions of the project"),
        "replies": _("Replies to be merged, and how"),
        "summary": _("Summary of the first %(count)s messages")
        % {"count": section.get("about", {}).get("count", "")},
    }
    return titles.get(section["name"]) or section.get("title") or section["name"]


def _left_count(reply: Message, made_of: dict[str, Any]) -> int:
    """How many messages lie before those that went, and are there now; a summary may stand for some."""
    if not made_of.get("left_out"):
        return 0
    before = Message.objects.live().filter(session=reply.session_id, is_active=True)
    return len(before.filter(depth__lt=made_of["from_depth"]).values_list("pk")[:MOST_COUNTED])


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
