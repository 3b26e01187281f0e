"""What a reply waits for, kept so that a reload shows it too."""

from __future__ import annotations

from django.db import transaction

from chat.generation.reply import Reply
from chat.log import lock_session, part_note, record
from chat.models import Generation


def note_waiting(reply: Reply, why: str) -> None:
    """Say in the session that the reply waits, and for what."""
    with transaction.atomic():
        session = lock_session(reply.message.session_id)
        Generation.objects.filter(pk=reply.assignment.generation_id).update(note=why[:200])
        part = {"index": 0, "type": "text", "state": "pending", "note": why[:200]}
        record(session, part_note(reply.message.pk, part))
