"""What a reply waits for, kept so that a reload shows it too."""

from __future__ import annotations

from django.db import transaction

from chat.generation.chain import Entry
from chat.generation.choice import Candidate
from chat.generation.reply import Reply
from chat.log import lock_session, part_note, record
from chat.models import Generation, Message, Session
from chat.phrases import Phrase

# Told with the name filled in; kept without, so that it can be translated.
ASKING_ANOTHER = Phrase("Asking %(name)s instead…", name="%(name)s")


def note_waiting(reply: Reply, why: str) -> None:
    """Say in the session that the reply waits, and for what."""
    with transaction.atomic():
        session = lock_session(reply.message.session_id)
        _tell(session, reply, why, why)


def note_asked(reply: Reply, candidate: Candidate, failed: Entry) -> None:
    """Say that another one is asked now, and keep with the reply how the one before `failed`."""
    message = reply.message
    message.tried = [*tried_without(message, candidate), failed]
    message.provider, message.model = candidate.config.name, candidate.model[:200]
    reply.model = message.model
    with transaction.atomic():
        session = lock_session(message.session_id)
        # Somebody may have stopped it, and it may have ended, while this waited for its turn.
        pending = Message.objects.filter(pk=message.pk, status=Message.Status.PENDING)
        if pending.update(provider=message.provider, model=message.model, tried=message.tried):
            _tell(session, reply, ASKING_ANOTHER.msgid, asking(message))


def tried_without(message: Message, candidate: Candidate) -> list[Entry]:
    """Who was asked, or left alone, before this one: it may have been left alone so far itself."""
    key = (candidate.config.name, candidate.model[:200])
    return [entry for entry in message.tried if (entry["provider"], entry["model"]) != key]


def asking(message: Message) -> Phrase:
    """That this one's provider is asked instead of another."""
    return Phrase(ASKING_ANOTHER.msgid, name=message.model or message.provider)


def _tell(session: Session, reply: Reply, kept: str, told: str) -> None:
    Generation.objects.filter(pk=reply.assignment.generation_id).update(note=kept[:200])
    part = {"index": 0, "type": "text", "state": "pending", "note": told[:200]}
    record(session, part_note(reply.message.pk, part))
