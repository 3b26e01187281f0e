"""A reply that broke off in the middle: its text stays, as an alternative, and another model begins anew."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat.generation.ending import Outcome, Whole, end_reply
from chat.generation.reply import Assignment, Reply
from chat.generation.waiting import ASKING_ANOTHER, tried_without
from chat.log import lock_session, message_note, record, session_note
from chat.models import Generation, Message, Session
from chat.models.ids import new_id
from chat.snapshot import views_of


def end_or_go_on(reply: Reply, outcome: Outcome, whole: Whole, *, worker_id: UUID) -> Assignment | None:
    """End a reply; where it broke off and others could answer, what is to be run in its place.

    All in one transaction: who dies in it has done neither, and who dies after it leaves a reply that has not
    begun, and is begun again as any other.

    Raises:
        LostReply: it is no longer this worker's.
    """
    if not reply.rest or reply.cut_as is not None or outcome.status != Message.Status.ERROR:
        end_reply(reply, outcome, whole, worker_id=worker_id)
        return None
    with transaction.atomic():
        session = lock_session(reply.message.session_id)
        old = Generation.objects.get(pk=reply.assignment.generation_id)
        if old.stop_requested_at is not None:
            end_reply(reply, outcome, whole, worker_id=worker_id)
            return None
        message = _successor(reply, outcome)
        # It stays where it is in the tree, and off the screen.
        Message.objects.filter(pk=reply.message.pk).update(is_active=False)
        end_reply(reply, replace(outcome, continued_by=message.pk), whole, worker_id=worker_id)
        message.save(force_insert=True)
        generation = _take_place(session, old, message)
        _tell(message)
    return replace(
        reply.assignment,
        generation_id=generation.pk,
        message=message,
        alternatives=(*reply.assignment.alternatives, message.pk),
        candidates=reply.rest,
        ailing=reply.ailing,
        further=None,
    )


def _successor(reply: Reply, outcome: Outcome) -> Message:
    old, candidate = reply.message, reply.rest[0]
    return Message(
        id=new_id(),
        session_id=old.session_id,
        parent_id=old.parent_id,
        depth=old.depth,
        role=old.role,
        status=Message.Status.PENDING,
        visibility=old.visibility,
        merged_from=old.merged_from,
        provider=candidate.config.name,
        model=candidate.model[:200],
        tried=[*tried_without(old, candidate), _entry(reply, outcome.error or {})],
    )


def _entry(reply: Reply, error: dict[str, Any]) -> dict[str, Any]:
    """Who broke off, and why, with what is there of it."""
    asked = reply.candidate
    return {
        "provider": asked.config.name if asked else reply.message.provider,
        "model": asked.model[:200] if asked else reply.message.model,
        "title": error["title"],
        "detail": error["detail"],
        "said": error["said"],
        "message_id": str(reply.message.pk),
    }


def _take_place(session: Session, old: Generation, message: Message) -> Generation:
    """The new one is made here and now, and what waits behind the old one waits behind it."""
    Message.objects.filter(parent=old.message_id).update(parent=message)
    generation = Generation.objects.create(
        message=message,
        session=session,
        requested_by_id=old.requested_by_id,
        lane=old.lane,
        state=Generation.State.RUNNING,
        worker_id=old.worker_id,
        started_at=timezone.now(),
        note=ASKING_ANOTHER.msgid,
    )
    # Should this process die, what waits comes after it in the queue too.
    Generation.objects.filter(pk=generation.pk).update(created_at=old.created_at)
    return generation


def _tell(message: Message) -> None:
    session = lock_session(message.session_id)
    behind = Message.objects.live().on_path(session).filter(depth__gt=message.depth).order_by("depth")
    new, *others = views_of([message, *behind])
    notes = [message_note("updated", view) for view in others]
    record(session, message_note("created", new), *notes, session_note(session))
