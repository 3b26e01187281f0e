"""The one door for what a person types: a message, in a session that is there or is made for it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from chat.models import Message, Session, User
from chat.services.messages import Sent, send_message
from chat.services.sessions import create_session


def submit(
    *,
    author: User,
    content: str,
    session: Session | None = None,
    message_id: UUID | None = None,
    attachment_ids: Sequence[UUID] = (),
    parent_id: UUID | None = None,
    queue: bool = False,
    provider: str = "",
    model: str = "",
) -> Sent:
    """Send what was typed; without a session one is made, and the first message names it.

    Raises:
        Refused: as `send_message`; then no session was made either.
    """
    with transaction.atomic():
        if session is None:
            session = _session_of_retry(author, message_id) or create_session(
                owner=author, provider=provider, model=model
            )
        return send_message(
            session=session,
            author=author,
            content=content,
            message_id=message_id,
            attachment_ids=attachment_ids,
            parent_id=parent_id,
            queue=queue,
        )


def _session_of_retry(author: User, message_id: UUID | None) -> Session | None:
    """A first message that is sent again finds the session that it made."""
    if message_id is None:
        return None
    earlier = Message.objects.select_related("session").filter(pk=message_id, author=author).first()
    return None if earlier is None else earlier.session
