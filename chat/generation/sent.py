"""What a model is given for a reply, noted so that the person can see it: ids and settings, not the texts."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils import timezone

from chat.generation.reply import Reply
from chat.models import SentPrompt
from chat.providers.contract import Prompt, Turn

# English has some four characters a token, scripts beyond ASCII some two; each turn has a frame.
ASCII_CHARS_PER_TOKEN = 4
OTHER_CHARS_PER_TOKEN = 2
TOKENS_PER_TURN = 4


def note_sent(reply: Reply, prompt: Prompt, *, provider: str, window: int | None) -> None:
    """Note what goes out now; it is saved with the reply's first words, or with its end."""
    assignment = reply.assignment
    keys = [turn.message_id for turn in prompt.turns if turn.message_id is not None]
    reply.sent_prompt = SentPrompt(
        generation_id=assignment.generation_id,
        provider=provider,
        model=prompt.model[:200],
        system_prompt="\n\n".join(turn.text for turn in prompt.turns if turn.message_id is None),
        temperature=prompt.temperature,
        max_tokens=prompt.max_tokens,
        window=window,
        packed_ids=b"".join(key.bytes for key in keys),
        estimated_tokens=sum(estimated_tokens(turn) for turn in prompt.turns),
        sent_at=timezone.now(),
    )


def estimated_tokens(turn: Turn) -> int:
    """Roughly, and without reading the text: the first token waits for it."""
    return TOKENS_PER_TURN + tokens_of(turn.text)


def tokens_of(text: str) -> int:
    return len(text) // (ASCII_CHARS_PER_TOKEN if text.isascii() else OTHER_CHARS_PER_TOKEN)


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
