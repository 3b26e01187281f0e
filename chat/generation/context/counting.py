"""What a provider's own counts make of our estimates."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chat.generation.choice import Candidate
from chat.generation.context.tokens import scale_of
from chat.models import SentPrompt

# Replies that are looked at, the newest of them.
LOOKED_AT = 4
# The model of this machine makes more tokens of the same text: 433 where the estimate is 303.
SMALL_VOCABULARY = 1.4


def scale_for(candidate: Candidate, newest_replies: Sequence[UUID]) -> float:
    """By what estimates are multiplied for that model, as the last of these replies that it wrote tells."""
    untold = SMALL_VOCABULARY if candidate.config.kind == "local" else 1.0
    if not newest_replies:
        return untold
    prompts = SentPrompt.objects.filter(
        generation__message__in=newest_replies[:LOOKED_AT],
        generation__message__input_tokens__isnull=False,
        provider=candidate.config.name,
        model=candidate.model[:200],
        raw_tokens__isnull=False,
    )
    found = prompts.order_by("-sent_at").values_list("generation__message__input_tokens", "raw_tokens")
    told, estimated = found.first() or (None, None)
    return scale_of(told=told, estimated=estimated) if told and estimated else untold
