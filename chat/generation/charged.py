"""What a reply took: told by its provider, or by our own estimate where that told nothing."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from chat.costs import charge
from chat.errors import NoProvider
from chat.generation.choice import provider_for
from chat.generation.reply import Reply
from chat.generation.sent import tokens_of
from chat.models import Generation, Message, Purpose, SentPrompt, Session
from chat.providers.contract import ProviderConfig, Usage


def charge_reply(session: Session, reply: Reply, *, usage: Usage | None, model: str) -> Decimal | None:
    """Count what this process had made; `model` is who answered. Its cost, None where it is not known.

    What no model has begun to answer is not counted.
    """
    if usage is None and not reply.deltas:
        return None
    sent = reply.sent_prompt.estimated_tokens if reply.sent_prompt else 0
    about = Usage(sent, tokens_of(reply.text.text) + tokens_of(reply.reasoning.text))
    config = reply.candidate.config if reply.candidate else None
    return _charge(session, reply.message, reply.assignment.requested_by, config, model, usage, about)


def charge_orphan(session: Session, generation: Generation, text: str) -> Decimal | None:
    """Count what a dead process left; its provider can tell nothing any more."""
    message = generation.message
    try:
        config, _ = provider_for(message.provider, message.model)
    except NoProvider:
        config = None
    sent = SentPrompt.objects.filter(generation=generation).values_list("estimated_tokens", flat=True).first()
    about = Usage(sent or 0, tokens_of(text))
    return _charge(session, message, generation.requested_by_id, config, message.model, None, about)


def _charge(
    session: Session,
    message: Message,
    user_id: UUID | None,
    config: ProviderConfig | None,
    model: str,
    usage: Usage | None,
    about: Usage,
) -> Decimal | None:
    return charge(
        session=session,
        user_id=user_id or session.owner_id,
        purpose=Purpose.REPLY,
        config=config,
        provider=message.provider,
        model=model,
        asked=message.model,
        usage=usage,
        about=about,
    )
