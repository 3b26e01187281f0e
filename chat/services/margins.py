"""What stands beside messages, copied along with them: what they said before, notes, reactions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from chat.index import columns_of_copies
from chat.models import Annotation, MessageEdit, Reaction, SearchEntry, Session, User
from chat.models.ids import for_database, new_id
from chat.models.rows import among
from chat.services.copying import insert_copies

_OF_THE_COPY = {"id": "pair.new", "message_id": "pair.message"}


def copy_margins(session: Session, copies: Mapping[UUID, UUID], *, reader: User) -> None:
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
            if model is Annotation:
                _copy_entries(session, rows)
    given = Reaction.objects.filter(message__in=near, user=reader)
    pairs = [(key, for_database(copies[message])) for key, message in given.values_list("pk", "message_id")]
    if pairs:
        insert_copies(Reaction, ("old", "message"), pairs, {"id": None, "message_id": "pair.message"})


def _copy_entries(session: Session, notes: Sequence[tuple[UUID | str, UUID | str, UUID | str]]) -> None:
    """What is found of a note is found of its copy."""
    copies = {old: (new, message) for old, new, message in notes}
    found = SearchEntry.objects.filter(annotation__in=among(list(copies))).order_by("id")
    pairs = found.values_list("id", "annotation_id")
    rows = [(key, *copies[for_database(old)]) for key, old in pairs]
    if rows:
        own = {"annotation_id": "pair.new", "message_id": "pair.message"}
        insert_copies(SearchEntry, ("old", "new", "message"), rows, {**columns_of_copies(session), **own})
