"""Reactions: given and taken back; doing either twice changes nothing."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chat.emojis import canonical
from chat.errors import BadValue
from chat.log import lock_message, margin_note, record
from chat.models import Message, Reaction, User
from chat.snapshot import views_of

# Enough for anybody; without a limit, one person could fill a message with all there are.
MAX_A_PERSON = 20


def add_reaction(*, message: Message, user: User, emoji: str) -> Message:
    """Give a message an emoji.

    Raises:
        BadValue: that is not one emoji, or the person has given this message too many.
    """
    found = _checked(emoji)
    with transaction.atomic():
        session = lock_message(message)
        mine = Reaction.objects.filter(message=message, user=user)
        if not mine.filter(emoji=found).exists():
            if mine.count() >= MAX_A_PERSON:
                raise BadValue(_("That is enough reactions to one message."), field="emoji")
            Reaction.objects.create(message=message, user=user, emoji=found)
            record(session, margin_note(views_of([message])[0]))
    return message


def remove_reaction(*, message: Message, user: User, emoji: str) -> Message:
    """Take one's own emoji back.

    Raises:
        BadValue: that is not one emoji.
    """
    found = _checked(emoji)
    with transaction.atomic():
        session = lock_message(message)
        gone, _by_table = Reaction.objects.filter(message=message, user=user, emoji=found).delete()
        if gone:
            record(session, margin_note(views_of([message])[0]))
    return message


def toggle_reaction(*, message: Message, user: User, emoji: str) -> Message:
    """Give it, or take it back if it was given; what a press of its button means.

    Raises:
        BadValue: as for giving one.
    """
    with transaction.atomic():
        lock_message(message)
        is_given = Reaction.objects.filter(message=message, user=user, emoji=_checked(emoji)).exists()
        change = remove_reaction if is_given else add_reaction
        return change(message=message, user=user, emoji=emoji)


def _checked(text: str) -> str:
    found = canonical(text)
    if found is None:
        raise BadValue(_("A reaction is one emoji."), field="emoji")
    return found
