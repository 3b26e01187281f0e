"""Replies under way: stopped on request."""

from __future__ import annotations

from uuid import UUID

from chat.generation import jobs
from chat.models import Session


def stop_reply(*, session: Session, message_id: UUID | None = None) -> bool:
    """Stop the reply that runs or is next, or that one; whether there was any. What waits goes on."""
    return jobs.request_stop(session=session, message_id=message_id)
