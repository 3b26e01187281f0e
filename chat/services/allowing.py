"""What a person says when a model asks to use a tool that changes something."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _

from chat import audit
from chat.errors import NotAllowed
from chat.generation.noting import tool_note
from chat.generation.toolwork import refusal_of
from chat.hub import hub
from chat.log import lock_message, record
from chat.models import Generation, Message, User
from chat.parts import AT, Part


def decide_call(*, message: Message, call_id: str, author: User, is_allowed: bool) -> None:
    """Allow or forbid a call that waits; when none waits any more, the reply goes on.

    A second word on the same call changes nothing. Who may stop the reply may forbid it too, so that a
    conversation need not wait for somebody who is away.

    Raises:
        NotAllowed: the tool would act for somebody else.
    """
    with transaction.atomic():
        session = lock_message(message)
        generation = Generation.objects.filter(message=message, state=Generation.State.WAITING).first()
        call = next((part for part in message.parts if _waits(part) and part["id"] == call_id), None)
        if generation is None or call is None:
            return
        if is_allowed and generation.requested_by_id != author.pk:
            raise NotAllowed(_("The tool would act for the person who asked: only they can allow it."))
        tools, changed = _decided(message.parts, call, is_allowed=is_allowed)
        message.parts = tools
        message.save(update_fields=["parts"])
        notes = [tool_note(message.pk, tools, part) for part in changed]
        if not any(map(_waits, tools)):
            Generation.objects.filter(pk=generation.pk).update(state=Generation.State.QUEUED)
            transaction.on_commit(lambda: hub.give_order("work"))
        record(session, *notes)
        audit.note(audit.Action.TOOL_DECIDED, session, tool=call["name"], is_allowed=is_allowed)


def _waits(part: Part) -> bool:
    return bool(part["type"] == "tool-call" and part["state"] == "pending")


def _decided(tools: list[Part], call: Part, *, is_allowed: bool) -> tuple[list[Part], list[Part]]:
    """All tools as they are then, and which of them are new or changed."""
    if is_allowed:
        changed = [{**call, "state": "running", "decision": "allowed"}]
    else:
        changed = [{**part, AT: call[AT]} for part in refusal_of(call)]
    others = [changed[0] if part is call else part for part in tools]
    return others + changed[1:], changed
