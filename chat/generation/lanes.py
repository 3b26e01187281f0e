"""Several replies to one question: what each of them must know of the others."""

from __future__ import annotations

from collections.abc import Iterable

from chat.events import BEGINS, OPENS
from chat.generation.reply import Reply
from chat.log import Note, message_note
from chat.models import Message


def begins_note(reply: Reply) -> Note:
    """That a reply begins, as far as it is saved; its row says how its text is told after it."""
    return message_note("updated", reply.view(), row_kind=OPENS if reply.lane else BEGINS)


def read_places(replies: Iterable[Reply]) -> None:
    """Read anew which are on show: somebody may have chosen another one; the session is locked.

    One that is made alone needs no query.
    """
    several = [reply.message for reply in replies if reply.lane]
    if several:
        shown = Message.objects.filter(pk__in=[message.pk for message in several], is_active=True)
        keys = set(shown.values_list("pk", flat=True))
        for message in several:
            message.is_active = message.pk in keys
