"""What a model wrote beside a conversation: kept where nobody did otherwise meanwhile, and told to all."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chat.index import index_title
from chat.log import lock_session, record, session_note
from chat.models import Message


def keep_title(session_id: UUID, title: str, *, instead_of: str) -> None:
    """Name the conversation, unless it is called otherwise by now: what a person typed is never replaced."""
    session = lock_session(session_id)
    if not title or session.is_name_typed or session.name != instead_of or session.deleted_at is not None:
        return
    session.name = title
    index_title(session)
    record(session, session_note(session), changed=["name"])


def keep_follow_ups(session_id: UUID, reply_id: UUID, questions: Sequence[str]) -> None:
    """Show what could be asked next, unless somebody has asked by now."""
    session = lock_session(session_id)
    last = Message.objects.live().on_path(session).order_by("-depth").values_list("pk", flat=True).first()
    if not questions or last != reply_id:
        return
    session.follow_ups = {"message_id": str(reply_id), "questions": list(questions)}
    record(session, session_note(session), changed=["follow_ups"])
