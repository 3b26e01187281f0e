"""The calls of tools in a reply that runs: each is saved with its state before anybody is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from chat.generation.ending import LostReply
from chat.generation.lanes import begins_note, read_places
from chat.generation.reply import Reply
from chat.generation.sent import keep_sent
from chat.log import Note, lock_session, message_note, part_note, record
from chat.models import Generation, Message
from chat.parts import AT, Part, place, without_mark


def note_tools(reply: Reply, changed: Sequence[Part], *, worker_id: UUID) -> None:
    """Save the tool parts that are new, or that are otherwise than they were, and tell of them.

    All that came before them is saved already (see Journal.flush).

    Raises:
        LostReply: it is no longer this worker's.
    """
    with transaction.atomic():
        session = lock_session(reply.message.session_id)
        if not _mine(reply, worker_id).exists():
            raise LostReply
        record(session, *_noted(reply, changed))


def _mine(reply: Reply, worker_id: UUID) -> QuerySet[Generation]:
    return Generation.objects.filter(
        pk=reply.assignment.generation_id, state=Generation.State.RUNNING, worker=worker_id
    )


def _noted(reply: Reply, changed: Sequence[Part]) -> list[Note]:
    """The events of what changed, which is saved; within the caller's transaction."""
    notes = [] if reply.has_begun else [_begin(reply)]
    reply.tools = _joined(reply.tools, changed, reply.mark)
    notes += [tool_note(reply.message.pk, reply.tools, one) for one in changed]
    Message.objects.filter(pk=reply.message.pk).update(parts=reply.tools)
    reply.has_begun = True
    return notes


def _begin(reply: Reply) -> Note:
    _show_as(reply, Message.Status.STREAMING)
    keep_sent([reply])
    return begins_note(reply)


def _show_as(reply: Reply, status: Message.Status) -> None:
    reply.message.status = status
    Message.objects.filter(pk=reply.message.pk).update(status=status)
    read_places([reply])


def _joined(tools: Sequence[Part], changed: Sequence[Part], mark: list[int]) -> list[Part]:
    """The tools with those that changed in their places, and the new ones behind them."""
    found = {_key(one): one for one in tools}
    for one in changed:
        at = found.get(_key(one), {AT: mark})[AT]
        found[_key(one)] = {**one, AT: at}
    return list(found.values())


def tool_note(message_id: UUID, tools: Sequence[Part], changed: Part) -> Note:
    """The event of a tool part that changed; its row keeps what the message itself does not tell."""
    number, kept = next((n, one) for n, one in enumerate(tools) if _key(one) == _key(changed))
    part = {"index": place(tools, number), **kept}
    brief = {name: part[name] for name in ("index", "type", "state", "id", AT)}
    note = part_note(message_id, without_mark(part))
    return Note(note.name, note.data, note.kind, note.message_id, {"part": brief})


def _key(part: Part) -> tuple[str, str]:
    return part["type"], part["id"]


def wait_for_person(reply: Reply, calls: Sequence[Part], *, worker_id: UUID) -> None:
    """Put the reply aside until somebody has decided on these calls; what it needs then is kept with it.

    Whoever sees that they are asked can answer: that it waits is saved with the calls.

    Raises:
        LostReply: it is no longer this worker's.
    """
    with transaction.atomic():
        session = lock_session(reply.message.session_id)
        waits = {"state": Generation.State.WAITING, "worker": None, "memo": reply.put_by()}
        if _mine(reply, worker_id).update(**waits) != 1:
            raise LostReply
        notes = _noted(reply, calls)
        _show_as(reply, Message.Status.PENDING)
        record(session, *notes, message_note("updated", reply.view()))


def note_resumed(reply: Reply) -> None:
    """Say that a reply that waited for a person goes on."""
    with transaction.atomic():
        session = lock_session(reply.message.session_id)
        _show_as(reply, Message.Status.STREAMING)
        record(session, message_note("updated", reply.view()))
