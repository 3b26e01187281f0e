"""What a reply or an answer took: told by its provider, or by our own estimate where that told nothing."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from chat.costs import bounded, charge
from chat.errors import NoProvider
from chat.estimates import tokens_in
from chat.generation.answering import Answer
from chat.generation.choice import Candidate, candidate_of, provider_for
from chat.generation.reply import Reply
from chat.log import lock_session
from chat.models import Generation, Message, Purpose, SentPrompt, Session, User
from chat.providers.contract import Turn, Usage


def charge_reply(session: Session, reply: Reply, *, usage: Usage | None, model: str) -> Decimal | None:
    """Count what this process had made; `model` is who answered. Its cost, None where it is not known.

    What no model has begun to answer is not counted. What was answered with nothing is, in the conversation
    and in the sums of the day, and not with the reply. The caller saves the session.
    """
    who = reply.assignment.requested_by or session.owner_id
    for candidate, told in reply.wasted:
        wasted = bounded(told)
        add_cost(session, _charge(session, who, candidate, candidate.model, wasted))
        session.total_tokens += (wasted.input_tokens or 0) + (wasted.output_tokens or 0)
    if usage is None and not reply.deltas:
        return None
    sent = reply.sent_prompt.estimated_tokens if reply.sent_prompt else 0
    about = Usage(sent, tokens_in(reply.text.text) + tokens_in(reply.reasoning.text))
    return _charge(session, who, reply.candidate, model, usage, about)


def charge_orphan(session: Session, generation: Generation, text: str) -> Decimal | None:
    """Count what a dead process left, if it had begun; its provider can tell nothing any more."""
    if not text:
        return None
    message = generation.message
    sent = SentPrompt.objects.filter(generation=generation).values_list("estimated_tokens", flat=True).first()
    about = Usage(sent or 0, tokens_in(text))
    who = generation.requested_by_id or session.owner_id
    return _charge(
        session,
        who,
        _asked_for(message, generation.requested_by),
        message.model,
        None,
        about,
        provider=message.provider,
    )


def charge_answer(
    session_id: UUID, who: UUID, purpose: Purpose, answer: Answer, turns: Sequence[Turn]
) -> None:
    """Count what an answer beside the conversation took, for who asked and in the conversation's own sums."""
    usage = answer.usage or Usage(None, None)
    session = lock_session(session_id)
    cost = charge(
        session=session,
        user_id=who,
        purpose=purpose,
        config=answer.candidate.config,
        usage=answer.usage,
        model=answer.model,
        asked=answer.candidate.model,
        about=Usage(sum(tokens_in(turn.text) for turn in turns), tokens_in(answer.text)),
    )
    session.total_tokens += (usage.input_tokens or 0) + (usage.output_tokens or 0)
    add_cost(session, cost)
    session.save(update_fields=["total_tokens", "cost"])


def add_cost(session: Session, cost: Decimal | None) -> None:
    """The caller saves."""
    if cost is not None:
        session.cost = (session.cost or Decimal(0)) + cost


def _asked_for(message: Message, asker: User | None) -> Candidate | None:
    try:
        return candidate_of(*provider_for(message.provider, message.model, asker))
    except NoProvider:
        return None


def _charge(
    session: Session,
    who: UUID,
    candidate: Candidate | None,
    model: str,
    usage: Usage | None,
    about: Usage | None = None,
    *,
    provider: str = "",
) -> Decimal | None:
    return charge(
        session=session,
        user_id=who,
        purpose=Purpose.REPLY,
        config=candidate.config if candidate else None,
        provider=provider,
        model=model,
        asked=candidate.model if candidate else "",
        usage=usage,
        about=about,
    )
