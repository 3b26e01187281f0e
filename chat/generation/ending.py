"""How a reply ends: its text in one row, its chunks gone, its session counted, all in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from chat.beside import NO_MARGIN, margins_of
from chat.generation.charged import add_cost, charge_orphan, charge_reply
from chat.generation.lanes import read_places
from chat.generation.reply import Reply
from chat.generation.sent import keep_sent
from chat.hub import hub
from chat.index import Analysis, analysis_of, index_messages
from chat.log import Note, done_note, error_note, lock_session, message_note, record, session_note
from chat.models import Chunk, Generation, Message, Session
from chat.parts import Part, cut_off, is_whole, passages, stored, woven
from chat.providers.contract import Usage
from chat.rendering import RENDERER_VERSION, render_passages
from chat.snapshot import MessageView, views_of

ENDING_FIELDS = (
    "content", "parts", "status", "error", "finish_reason", "provider", "model", "tried",
    "input_tokens", "output_tokens", "cached_tokens", "cache_write_tokens", "reasoning_tokens", "cost",
    "first_token_ms", "duration_ms", "tokens_per_second", "html", "html_version", "updated_at",
)  # fmt: skip


class LostReply(Exception):
    """Another process took this one for dead and has ended the reply."""


@dataclass(frozen=True)
class Outcome:
    status: Message.Status
    error: dict[str, Any] | None = None
    finish_reason: str = ""
    usage: Usage | None = None
    first_token_ms: int | None = None
    duration_ms: int | None = None
    tokens_per_second: float | None = None
    model: str = ""
    # The reply that goes on in its place.
    continued_by: UUID | None = None


def rendered(message_id: UUID, texts: Sequence[str]) -> str:
    """The HTML that is kept with a message of these passages; ids in it are the message's own."""
    return render_passages(texts, prefix=message_id.hex)


@dataclass(frozen=True)
class Whole:
    """What is kept with a whole reply: its HTML, and what the search index has of it."""

    html: str
    analysis: Analysis


def whole_of(message_id: UUID, content: str, parts: Sequence[Part] = ()) -> Whole:
    """Made before the transaction that keeps it, in which nobody may wait for it."""
    texts = [text for _steps, text in passages(parts)] if is_whole(parts) else [content]
    return Whole(rendered(message_id, texts), analysis_of(content))


def end_reply(reply: Reply, outcome: Outcome, whole: Whole, *, worker_id: UUID) -> None:
    """End a reply that this worker wrote; all its text is saved as chunks already.

    Raises:
        LostReply: it is no longer this worker's.
    """
    message = reply.message
    with transaction.atomic():
        session = lock_session(message.session_id)
        mine = Generation.objects.filter(
            pk=reply.assignment.generation_id, state=Generation.State.RUNNING, worker=worker_id
        )
        if mine.update(state=Generation.State.ENDED, ended_at=timezone.now(), note="") != 1:
            raise LostReply
        if not reply.has_begun:
            keep_sent([reply])
        message.content = reply.text.text
        read_places([reply])
        message.cost = charge_reply(session, reply, usage=outcome.usage, model=outcome.model)
        message.parts = parts_at_end(cut_off(reply.tools), reply.text.text, reply.reasoning.text)
        _write(session, message, outcome, whole, reply.assignment.alternatives)


def end_orphan(session: Session, generation: Generation, *, status: Message.Status) -> None:
    """End what a dead process left, with all its text; the session is locked."""
    Generation.objects.filter(pk=generation.pk).update(
        state=Generation.State.ENDED, ended_at=timezone.now(), note=""
    )
    end_unrun(session, generation, status=status)


def end_unrun(session: Session, generation: Generation, *, status: Message.Status) -> None:
    """End the reply of a generation that nobody runs any more, with all its text; the session is locked."""
    [view] = views_of([generation.message])
    message = generation.message
    message.content = view.content
    message.parts = parts_at_end(cut_off(message.parts), view.content, view.reasoning)
    if view.content or message.parts:  # it had begun
        message.cost = charge_orphan(session, generation, view.content + view.reasoning)
    whole = whole_of(message.pk, view.content, message.parts)
    _write(session, message, Outcome(status), whole, view.alternatives)


def parts_at_end(tools: Sequence[Part], text: str, thoughts: str) -> list[Part]:
    """What is kept of a reply that has ended; where tools were called the text is there, in its places."""
    if tools:
        return stored(woven(tools, text, thoughts))
    return [{"type": "reasoning", "state": "complete", "text": thoughts}] if thoughts else []


def _write(
    session: Session, message: Message, outcome: Outcome, whole: Whole, alternatives: tuple[UUID, ...]
) -> None:
    message.status = outcome.status
    message.error = outcome.error
    message.finish_reason = outcome.finish_reason[:40]
    usage = outcome.usage or Usage(None, None)
    message.input_tokens, message.output_tokens = usage.input_tokens, usage.output_tokens
    message.cached_tokens, message.cache_write_tokens = usage.cached_tokens, usage.cache_write_tokens
    message.reasoning_tokens = usage.reasoning_tokens
    message.first_token_ms = outcome.first_token_ms
    message.duration_ms = outcome.duration_ms
    message.tokens_per_second = outcome.tokens_per_second
    message.model = (outcome.model or message.model)[:200]
    message.html, message.html_version = whole.html, RENDERER_VERSION
    message.save(update_fields=ENDING_FIELDS)
    Chunk.objects.drop(message.pk)
    index_messages(session, [(message, whole.analysis)])
    session.total_tokens += (usage.input_tokens or 0) + (usage.output_tokens or 0)
    add_cost(session, message.cost)
    session.updated_at = timezone.now()
    # While it was written nobody could edit it or attach anything.
    margin = margins_of([message.pk]).get(message.pk, NO_MARGIN)
    view = MessageView(
        message,
        message.content,
        _reasoning_of(message),
        alternatives=alternatives,
        reactions=margin.reactions,
        annotations=margin.annotations,
    )
    notes = _last_notes(session, message, message_note("assistant", view), outcome.continued_by)
    # Who stops a reply has seen it, and one that another takes the place of is not the end.
    if outcome.status != Message.Status.STOPPED and outcome.continued_by is None:
        session.last_reply_event = session.last_event_id + len(notes)
    record(session, *notes, changed=["total_tokens", "cost", "last_reply_event", "updated_at"])
    if Generation.objects.filter(session=session, state=Generation.State.QUEUED).exists():
        transaction.on_commit(lambda: hub.give_order("work"))


def _reasoning_of(message: Message) -> str:
    return "".join(part["text"] for part in message.parts if part["type"] == "reasoning")


def _last_notes(session: Session, message: Message, whole: Note, continued_by: UUID | None) -> list[Note]:
    """In the contract's order: the error if any, the whole message, done."""
    failed = [error_note(message.pk, message.error, continued_by)] if message.error else []
    return [session_note(session), *failed, whole, done_note(message.pk, message.status, continued_by)]
