"""How full a model's window is for the next message: what was sent last, and the length of what came since.

No text is read for it, and it takes as many queries however long the conversation is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models.functions import Length
from django.utils.translation import gettext as _

from chat.models import Message, SentPrompt, Session
from chat.sent import SentSection, placed, sections_of

# As most scripts that are written with letters have it.
CHARS_PER_TOKEN = 4
# Messages that may have come since the last reply, and replies that are asked what was sent for them.
MOST, LAST = 200, 4


@dataclass(frozen=True)
class Gauge:
    """In tokens; `sections` have their places on a bar."""

    tokens: int
    window: int
    sections: tuple[SentSection, ...]
    model: str

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.tokens / max(1, self.window)))

    @property
    def is_near(self) -> bool:
        """With the reply's share it does not fit much longer."""
        reply = sum(one.tokens for one in self.sections if one.name == "reply")
        return self.tokens > 0.75 * (self.window - reply)


def gauge_of(session: Session) -> Gauge | None:
    """None where no reply is on show of which it was noted what was sent for it."""
    replies = Message.objects.live().on_path(session).filter(role=Message.Role.ASSISTANT)
    newest = list(replies.order_by("-depth").values_list("pk", "depth", "output_tokens")[:LAST])
    prompts = SentPrompt.objects.filter(generation__message__in=[key for key, *_rest in newest])
    found = {prompt.generation.message_id: prompt for prompt in prompts.select_related("generation")}
    for key, depth, output in newest:
        if (prompt := found.get(key)) and prompt.made_of:
            return _gauge(session, prompt, depth, output)
    return None


def _gauge(session: Session, prompt: SentPrompt, depth: int, output: int | None) -> Gauge:
    """What went then, with the reply and what was said after it among the messages."""
    since = Message.objects.live().on_path(session).filter(depth__gte=depth).order_by("depth")
    lengths: Sequence[int] = list(since.values_list(Length("content"), flat=True)[:MOST])
    came = sum(lengths[1:]) // CHARS_PER_TOKEN
    came += output if output is not None else sum(lengths[:1]) // CHARS_PER_TOKEN
    sections = [
        replace(one, tokens=one.tokens + came) if one.name == "turns" else one for one in sections_of(prompt)
    ]
    window = int(prompt.made_of["window"])
    used = sum(one.tokens for one in sections if one.name != "reply")
    return Gauge(used, window, tuple(placed(sections, window)), prompt.model)


def words_of(gauge: Gauge) -> str:
    return _("%(percent)s %% of the model’s window is full") % {"percent": gauge.percent}
