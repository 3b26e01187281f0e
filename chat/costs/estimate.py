"""What the next message would take, roughly: what goes along with it, and what may come back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models.functions import Length

from chat.models import Message, Session

# Of a conversation in which no reply has ended yet.
USUAL_REPLY = 400
CHARS_PER_TOKEN = 4
# Messages before the next one that are looked at, and replies whose length is taken for the next one's.
MOST = 400
LAST = 5


@dataclass(frozen=True, slots=True)
class Next:
    """In tokens: what the conversation adds to the next message, and how long its reply may be."""

    context: int
    reply: int


def next_of(session: Session | None) -> Next:
    """What a provider told of the last reply is believed; without that, letters are counted. Two queries."""
    if session is None:
        return Next(0, USUAL_REPLY)
    shown = Message.objects.live().on_path(session).filter(role=Message.Role.ASSISTANT)
    last = list(
        shown.exclude(output_tokens=None)
        .order_by("-depth")
        .only("depth", "input_tokens", "output_tokens")[:LAST]
    )
    reply = _mean([row.output_tokens or 0 for row in last]) if last else USUAL_REPLY
    if longest := session.all_settings["max_tokens"]:
        reply = min(reply, longest)
    if not last or last[0].input_tokens is None:
        return Next(_letters(session, -1), reply)
    told = last[0].input_tokens + (last[0].output_tokens or 0)
    return Next(told + _letters(session, last[0].depth), reply)


def _mean(counts: Sequence[int]) -> int:
    return round(sum(counts) / len(counts))


def _letters(session: Session, after: int) -> int:
    """Of what stands below that depth."""
    shown = Message.objects.live().on_path(session).filter(depth__gt=after).order_by("-depth")
    lengths: Iterable[int] = shown.values_list(Length("content"), flat=True)[:MOST]
    return sum(lengths) // CHARS_PER_TOKEN
