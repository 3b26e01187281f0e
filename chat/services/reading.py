"""How far a person has read: the mark only moves on, and never beyond what is there."""

from __future__ import annotations

from django.db import transaction

from chat.log import tell_lists
from chat.models import ReadMark, Session, User


def mark_seen(*, session: Session, user: User, number: int) -> None:
    """The person has seen the end of the reply that ended with event `number`."""
    seen = min(number, session.last_reply_event)
    with transaction.atomic():
        mark, is_new = ReadMark.objects.get_or_create(session=session, user=user, defaults={"number": seen})
        has_moved = is_new or ReadMark.objects.filter(session=session, user=user, number__lt=seen).update(
            number=seen
        )
        if has_moved:
            tell_lists(user.pk, session.pk)
