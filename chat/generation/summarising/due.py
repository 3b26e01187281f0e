"""When a summary is due: a reply has ended, and what was sent for it nearly filled the window."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from chat.background import queue
from chat.generation.reply import Reply
from chat.models import Aside, Message, Session

# Of the room that there is for what is given.
NEAR = 0.75


def is_near_the_window(reply: Reply) -> bool:
    """Asked after each reply; no query."""
    sent, session = reply.sent_prompt, reply.assignment.session
    if sent is None or not (settings.PARLEY_SUMMARIES and session.summarises) or session.is_temporary:
        return False
    if reply.message.status != Message.Status.COMPLETE or _is_local(reply):
        return False
    made_of = sent.made_of
    return bool(made_of["left_out"]) or sent.estimated_tokens > NEAR * _room(made_of)


def _is_local(reply: Reply) -> bool:
    """The bundled model is too weak for a summary that others rely on."""
    if settings.PARLEY_SUMMARY_MODEL:
        return False
    return reply.candidate is not None and reply.candidate.config.kind == "local"


def _room(made_of: dict[str, Any]) -> int:
    return int(made_of["window"]) - int(made_of["reply"])


def begin_summary(reply: Reply) -> None:
    """Have the older turns summed up, unless that is under way. Nobody waits for it."""
    message, sent = reply.message, reply.sent_prompt
    assert sent is not None
    session = Session.objects.filter(pk=message.session_id, deleted_at=None).first()
    if session is None:
        return
    # Whose providers, keys and limits they are: the owner's are not spent by who writes along.
    who = reply.assignment.requested_by or session.owner_id
    about = {
        "before_depth": message.depth + 1,
        "room": _room(sent.made_of),
        "provider": sent.provider,
        "model": sent.model,
    }
    begin_aside(session, Aside(owner_id=who, purpose=Aside.Purpose.CONTEXT, data=about))


def begin_aside(session: Session, aside: Aside) -> Aside:
    """Queue it; or, where one of its kind is under way there, the one that is."""
    aside.session = session
    try:
        with transaction.atomic():
            aside.save(force_insert=True)
            queue.wake()
    except IntegrityError:
        open_ones = Aside.objects.filter(session=session, purpose=aside.purpose, ended_at=None)
        return open_ones.first() or aside
    return aside
