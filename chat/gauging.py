"""What the next message would take of the model that is chosen for it: what goes along, how full it makes it.

No text is read for it, and it takes as many queries however long the conversation is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from django.db.models import QuerySet
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from chat.errors import NoProvider
from chat.estimates import Scales, tokens_of_length
from chat.generation.choice import Candidate, candidate_of, provider_for
from chat.generation.context.budget import Budget, budget_for
from chat.models import Message, SentPrompt, Session, User
from chat.sent import SentSection, placed, sections_of

# Of a conversation in which no reply has ended yet.
USUAL_REPLY = 400
# Messages that may have come since the last reply, and replies that are asked what they were given and took.
MOST, LAST = 400, 5


@dataclass(frozen=True)
class Coming:
    """In tokens as they are estimated, for no model in particular; the reply is in what its model told."""

    context: float = 0.0
    reply: int = USUAL_REPLY
    scales: Scales = Scales()
    # What the newest reply was given, where that was noted, and how much has come since.
    prompt: SentPrompt | None = None
    since: float = 0.0


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


@dataclass(frozen=True)
class _Given:
    """The newest replies, and the first of them of which it is known what was given for it, or how much."""

    replies: Sequence[Message]
    scales: Scales
    reply: Message | None = None
    prompt: SentPrompt | None = None


def coming_in(session: Session) -> Coming:
    """What was given for the last reply of which that is known, and what came since; else its length."""
    return _coming(session, _given_in(session))


def _given_in(session: Session) -> _Given:
    replies = list(_on_show(session).filter(role=Message.Role.ASSISTANT).order_by("-depth")[:LAST])
    found = SentPrompt.objects.filter(generation__message__in=replies).select_related("generation")
    prompts = {prompt.generation.message_id: prompt for prompt in found}
    asked = [(reply, prompts[reply.pk]) for reply in replies if reply.pk in prompts]
    scales = Scales((one.provider, one.model, reply.input_tokens, one.raw_tokens) for reply, one in asked)
    for reply in replies:
        prompt = prompts.get(reply.pk)
        prompt = prompt if prompt and prompt.made_of else None
        if prompt is not None or reply.input_tokens is not None:
            return _Given(replies, scales, reply, prompt)
    return _Given(replies, scales)


def _coming(session: Session, given: _Given) -> Coming:
    length, reply, prompt = _length_of_reply(session, given.replies), given.reply, given.prompt
    if reply is None:
        return Coming(_lengths(session, after=-1), length, given.scales)
    scale = given.scales.of("", prompt.provider, prompt.model) if prompt else 1.0
    tokens = (prompt.raw_tokens or prompt.estimated_tokens) if prompt else reply.input_tokens or 0
    since = _said(session, reply, scale) + _lengths(session, after=reply.depth)
    return Coming(tokens + since, length, given.scales, prompt, since)


def gauge_of(session: Session, user: User) -> Gauge | None:
    """None where no reply is on show of which it was noted what was sent for it."""
    given = _given_in(session)
    if given.prompt is None:
        return None
    prompt, chosen, coming = given.prompt, _chosen(session, user), _coming(session, given)
    scale = coming.scales.of(chosen.config.kind, chosen.config.name, chosen.model) if chosen else 1.0
    budget = _budget(session, prompt, chosen)
    sections = tuple(placed([*_resized(prompt, coming.since, scale, budget.reply)], budget.window))
    used = sum(one.tokens for one in sections if one.name != "reply")
    return Gauge(used, budget.window, sections, _name(chosen) if chosen else prompt.model)


def _resized(prompt: SentPrompt, since: float, scale: float, reply: int) -> Iterator[SentSection]:
    """What was given then, with what came since among the messages, as this model would count it."""
    raw = prompt.raw_tokens or prompt.estimated_tokens
    factor = scale * raw / max(1, prompt.estimated_tokens)
    for one in sections_of(prompt):
        came = since * scale if one.name == "turns" else 0
        yield replace(one, tokens=reply if one.name == "reply" else round(one.tokens * factor + came))


def _name(chosen: Candidate) -> str:
    """Where the provider decides which model it is, that one's."""
    return chosen.model or chosen.config.name


def words_of(gauge: Gauge) -> str:
    return _("%(percent)s %% of the model’s window is full") % {"percent": gauge.percent}


def _chosen(session: Session, user: User) -> Candidate | None:
    """Who would answer this person; None where that one is not there for them."""
    try:
        return candidate_of(*provider_for(session.provider, session.model, user))
    except NoProvider:
        return None


def _budget(session: Session, prompt: SentPrompt, chosen: Candidate | None) -> Budget:
    """The one that it was given by then, where the same model is asked again: it may have told its window."""
    if chosen is None or (chosen.config.name, chosen.model[:200]) == (prompt.provider, prompt.model):
        return Budget(int(prompt.made_of["window"]), int(prompt.made_of["reply"]))
    facts, longest = chosen.facts, session.all_settings["max_tokens"]
    return budget_for(window=facts.context_window, max_tokens=longest, max_output=facts.max_output)


def _on_show(session: Session) -> QuerySet[Message]:
    return Message.objects.live().on_path(session).defer("content", "html", "parts")


def _length_of_reply(session: Session, replies: Sequence[Message]) -> int:
    """As the last ones were long, and no longer than the session allows."""
    told = [reply.output_tokens for reply in replies if reply.output_tokens is not None]
    usual = round(sum(told) / len(told)) if told else USUAL_REPLY
    return min(usual, session.all_settings["max_tokens"] or usual)


def _said(session: Session, reply: Message, scale: float) -> float:
    """What is sent along of a reply: not what was thought."""
    if reply.output_tokens is None:
        return _lengths(session, after=reply.depth - 1, most=1)
    return max(0, reply.output_tokens - (reply.reasoning_tokens or 0)) / scale


def _lengths(session: Session, *, after: int, most: int = MOST) -> int:
    """Of what stands below that depth."""
    below = Message.objects.live().on_path(session).filter(depth__gt=after)
    lengths = below.order_by("depth" if most == 1 else "-depth").values_list(Length("content"), flat=True)
    return tokens_of_length(sum(lengths[:most]))
