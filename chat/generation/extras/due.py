"""When a title and follow-ups are due: a reply has ended well, and the site and the person want them."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction

from chat.background import queue
from chat.generation.reply import Reply
from chat.models import Extra, Message, Session, User

Purpose = Extra.Purpose


def are_due(reply: Reply) -> bool:
    """Asked after each reply; no query."""
    message = reply.message
    if message.status != Message.Status.COMPLETE or message.visibility != Message.Visibility.SHOWN:
        return False
    return settings.PARLEY_FOLLOW_UPS or _may_be_titled(reply.assignment.session)


def _may_be_titled(session: Session) -> bool:
    return settings.PARLEY_TITLES == "model" and session.awaits_title and not session.is_temporary


def begin_extras(reply: Reply) -> None:
    """Have what is due written. Nobody waits for it."""
    session = Session.objects.live().filter(pk=reply.message.session_id).first()
    if session is None:
        return
    # Whose providers, keys and limits they are: the owner's are not spent by who writes along.
    who = User.objects.filter(pk=reply.assignment.requested_by or session.owner_id).first()
    if who is None:
        return
    asked = reply.candidate
    about = {"provider": asked.config.name, "model": asked.model} if asked else {}
    with transaction.atomic():
        if who.liking.titles and _may_be_titled(session) and _claim(session):
            _begin(session, who, Purpose.TITLE, {**about, "name": session.name})
        if who.liking.follow_ups and settings.PARLEY_FOLLOW_UPS:
            _begin(session, who, Purpose.FOLLOW_UPS, {**about, "message_id": str(reply.message.pk)})


def _claim(session: Session) -> bool:
    """Whether it is this one that has the title written: that is done once."""
    waiting = Session.objects.filter(pk=session.pk, awaits_title=True, is_name_typed=False)
    return waiting.update(awaits_title=False) == 1


def _begin(session: Session, who: User, purpose: Purpose, about: dict[str, Any]) -> None:
    Extra.objects.create(session=session, owner=who, purpose=purpose, data=about)
    queue.wake()
