"""What a model is given for a reply, noted for the person to see: of messages the ids, not the texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from chat.generation.context import Given
from chat.generation.context.sections import Section
from chat.generation.reply import Reply
from chat.models import SentPrompt
from chat.providers.asked import asked_for, limit_in
from chat.providers.contract import Prompt, ProviderConfig


def note_sent(reply: Reply, given: Given, *, config: ProviderConfig) -> None:
    """Note what goes out now; it is saved with the reply's first words, or with its end."""
    prompt = given.prompt
    asked = asked_for(config, prompt)
    # A reply and the results of its tools are messages of their own; none of them twice.
    keys = dict.fromkeys(turn.message_id for turn in prompt.turns if turn.message_id is not None)
    keys |= dict.fromkeys(key for section in given.sections for key in section.messages)
    reply.sent_prompt = SentPrompt(
        generation_id=reply.assignment.generation_id,
        provider=config.name,
        model=prompt.model[:200],
        system_prompt="\n\n".join(section.text for section in given.sections if section.name == "system"),
        temperature=asked.get("temperature"),
        max_tokens=limit_in(asked),
        window=given.window,
        packed_ids=b"".join(key.bytes for key in keys),
        estimated_tokens=given.tokens,
        raw_tokens=round(given.tokens / given.scale),
        made_of=_made_of(given) | {"parameters": asked, "kept_back": _kept_back(prompt, asked)},
        sent_at=timezone.now(),
    )


def _kept_back(prompt: Prompt, asked: dict[str, Any]) -> list[str]:
    """What the conversation is set to and this provider is not told, as it would refuse it."""
    return ["temperature"] if prompt.temperature is not None and "temperature" not in asked else []


def _made_of(given: Given) -> dict[str, Any]:
    return {
        "sections": [_section(section) for section in given.sections],
        "turns": given.turn_tokens,
        "files": given.file_tokens,
        "window": given.budget.window,
        "reply": given.budget.reply,
        "left_out": given.left_out,
        "from_depth": given.from_depth,
        "options": dict(given.prompt.options),
        "tools": [tool.name for tool in given.prompt.tools],
    }


def _section(section: Section) -> dict[str, Any]:
    """The session's own prompt has a column, and messages have their words themselves."""
    text = {} if section.name == "system" else {"text": section.own_text or section.text}
    more = {"about": dict(section.about)} if section.about else {}
    return {
        "name": section.name,
        "title": str(section.title),
        "tokens": section.tokens,
        "cut": section.is_cut,
        **text,
        **more,
    }


def keep_sent(replies: Iterable[Reply]) -> None:
    """Save what was noted, within the caller's transaction."""
    rows = []
    for reply in replies:
        if reply.message.files_given:
            reply.message.save(update_fields=["files_given"])
        if reply.sent_prompt is not None:
            rows.append(reply.sent_prompt)
    if rows:
        # A reply begins once; should one begin again all the same, its words matter more than this.
        SentPrompt.objects.bulk_create(rows, ignore_conflicts=True)
