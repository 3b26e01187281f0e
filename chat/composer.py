"""The one door for what a person asks of a model; whoever asks too often is told so here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from django.db import transaction

from chat.errors import TooMany
from chat.models import Message, Session, User
from chat.services.content import Draft
from chat.services.rate_limits import count_message
from chat.services.sending import Sent, regenerate_reply, resend_message, send_message
from chat.services.sessions import create_session


def submit(
    *,
    author: User,
    draft: Draft,
    session: Session | None = None,
    attachment_ids: Sequence[UUID] = (),
    parent_id: UUID | None = None,
    queue: bool = False,
    provider: str = "",
    model: str = "",
) -> Sent:
    """Send what was typed; without a session one is made, and the first message names it.

    Raises:
        TooMany: of the rate limit.
        Refused: as `send_message`; then no session was made either.
    """
    _count(author, draft)
    send = partial(
        send_message,
        author=author,
        draft=draft,
        attachment_ids=attachment_ids,
        parent_id=parent_id,
        queue=queue,
    )
    session = session or _session_of_retry(author, draft.id)
    if session is not None:
        return send(session=session)
    with transaction.atomic():
        return send(session=create_session(owner=author, provider=provider, model=model))


def _count(author: User, draft: Draft) -> None:
    """Count a message, but not one that is sent again because its answer was lost."""
    try:
        count_message(user=author)
    except TooMany:
        if not Message.objects.filter(pk=draft.id, author=author).exists():
            raise


def resend(*, message: Message, author: User, draft: Draft) -> Sent:
    """Send a changed message as another branch.

    Raises:
        TooMany: of the rate limit.
        Refused: as `resend_message`.
    """
    count_message(user=author)
    return resend_message(message=message, author=author, draft=draft)


def regenerate(*, message: Message, author: User, provider: str = "", model: str = "") -> Message:
    """Have a reply made again, by that model or by the session's.

    Raises:
        TooMany: of the rate limit.
        Refused: as `regenerate_reply`.
    """
    count_message(user=author)
    return regenerate_reply(message=message, author=author, provider=provider, model=model)


def _session_of_retry(author: User, message_id: UUID) -> Session | None:
    """A first message that is sent again finds the session that it made."""
    earlier = Message.objects.select_related("session").filter(pk=message_id, author=author).first()
    return None if earlier is None else earlier.session
