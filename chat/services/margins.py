"""What stands beside messages, copied along with them: what they said before, notes, reactions."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from chat.models import Annotation, MessageEdit, Reaction, User
from chat.models.ids import for_database, new_id
from chat.models.rows import among
from chat.services.copying import insert_copies

_OF_THE_COPY = {"id": "pair.new", "message_id": "pair.message"}


def copy_margins(copies: Mapping[UUID, UUID], *, reader: User) -> None:
    """Copy the edits of messages, and of the notes and reactions those that are `reader`'s own.

    Others' stay where those people can reach them.
    """
    near = among([for_database(key) for key in copies])
    edits = MessageEdit.objects.filter(message__in=near)
    notes = Annotation.objects.live().filter(message__in=near, author=reader)
    for model, found in ((MessageEdit, edits), (Annotation, notes)):
        rows = [
            (for_database(key), for_database(new_id()), for_database(copies[message]))
            for key, message in found.values_list("pk", "message_id")
        ]
        if rows:
            insert_copies(model, ("old", "new", "message"), rows, _OF_THE_COPY)
    given = Reaction.objects.filter(message__in=near, user=reader)
    pairs = [(key, for_database(copies[message])) for key, message in given.values_list("pk", "message_id")]
    if pairs:
        insert_copies(Reaction, ("old", "message"), pairs, {"id": None, "message_id": "pair.message"})
