"""Replies that are to be made: their rows, told of, and queued; one, or several to a question at once."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils import timezone

from chat.generation import jobs
from chat.log import ack_note, message_note, record, session_note
from chat.models import Message, Session, User
from chat.services import tree
from chat.services.lineups import Asked
from chat.snapshot import MessageView, views_of


def replies_to(session: Session, parent: Message | None, models: Sequence[Asked]) -> list[Message]:
    """Rows of replies by each of those, or by the session's own model; the first is on show."""
    return [
        Message(
            session=session,
            parent=parent,
            depth=0 if parent is None else parent.depth + 1,
            role=Message.Role.ASSISTANT,
            status=Message.Status.PENDING,
            provider=provider,
            model=model,
            is_active=place == 0,
        )
        for place, (provider, model) in enumerate(models or [(session.provider, session.model)])
    ]


def add_replies(session: Session, parent: Message | None, replies: Sequence[Message], author: User) -> None:
    """Put them beside those that are there, the first on show, and have them made; the session is locked."""
    tree.show_up_to(session, parent)
    Message.objects.bulk_create(replies)
    session.message_count += 1
    session.updated_at = timezone.now()
    session.follow_ups = {}
    views = views_of([parent, *replies] if parent else replies)
    answers = views[-len(replies) :]
    record(
        session,
        ack_note(views[0], *answers),
        *(message_note("created", view) for view in answers),
        session_note(session),
        changed=["message_count", "follow_ups", "updated_at"],
    )
    have_made(answers, session, author)


def have_made(
    views: Sequence[MessageView], session: Session, author: User, *, is_behind: bool = False
) -> None:
    """Queue the making of replies that were told; of several each in its lane."""
    for lane, view in enumerate(views, 1):
        jobs.enqueue(
            message=view.message,
            session=session,
            requested_by=author,
            alternatives=view.alternatives,
            is_behind=is_behind,
            lane=lane if len(views) > 1 else 0,
        )
