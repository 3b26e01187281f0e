"""One reply, end to end: read the provider's deltas, hand them to the journal, end it with what it was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.conf import settings
from django.db import DataError, Error

from chat import metrics
from chat.generation.asking import ask_in_turn
from chat.generation.awaited import files_for
from chat.generation.choice import Candidate
from chat.generation.context import Given, messages_with_files, prompt_for
from chat.generation.ending import LostReply, Outcome, Whole, end_reply, parts_at_end, whole_of
from chat.generation.failure import EMPTY, OUR_FAULT, failure_of
from chat.generation.jobs import put_back
from chat.generation.journal import Journal
from chat.generation.noting import note_resumed
from chat.generation.reply import Assignment, Reply
from chat.generation.rounds import turns_of
from chat.generation.sent import note_sent
from chat.generation.takeover import end_or_go_on
from chat.generation.toolwork import PutAside, Work, offered_in
from chat.generation.waiting import note_waiting
from chat.models import Message, Session
from chat.parts import woven
from chat.providers.contract import Called, Finish, ProviderError, Reasoning, Text, Tool, Waiting
from chat.providers.registry import ProviderPool
from chat.threads import read, write

# Seconds between tries to write a reply's end.
ENDING_PAUSES = (0.2, 1.0, 3.0)
log = structlog.get_logger(__name__)


async def run_reply(
    reply: Reply, *, journal: Journal, providers: ProviderPool, worker_id: UUID
) -> Assignment | None:
    """Make the reply and end it, also when it is cut; one that is cut before it began goes back.

    What comes back is to be run in its place: it broke off in the middle, and another provider begins again.
    """
    try:
        reply.is_reading = True
        if reply.cut_as is None:
            await _make(reply, journal, providers, worker_id)
        failure = None
    except PutAside:
        return None
    except ProviderError as error:
        failure = failure_of(error.title, error.detail, is_retryable=error.retryable)
    except asyncio.CancelledError:
        if reply.cut_as is None:
            raise
        failure = None
    except Exception:
        log.exception("reply.failed", message=str(reply.message.pk))
        failure = OUR_FAULT
    reply.is_ending = True
    if reply.cut_as == Message.Status.INTERRUPTED and not (reply.deltas or reply.has_worked):
        await write(put_back, reply.assignment.generation_id, worker_id)
        return None
    return await _end(reply, failure, journal, worker_id)


async def _make(reply: Reply, journal: Journal, providers: ProviderPool, worker_id: UUID) -> None:
    """Ask, do what the model calls for, and ask again with what came of it, until it calls for nothing.

    Raises:
        ProviderError, PutAside, LostReply
    """
    work = Work(reply, worker_id, await offered_in(reply.assignment))
    if reply.assignment.begun is not None:
        await write(note_resumed, reply)
        await work.go_on()
    for number in range(settings.PARLEY_TOOL_ROUNDS + 1):
        reply.begin_round()
        reply.may_call = number < settings.PARLEY_TOOL_ROUNDS
        await ask_in_turn(reply, partial(_read_provider, reply, journal, providers, work.tools))
        if not reply.calls:
            return
        await journal.flush(reply)
        await work.answer(reply.calls)


async def _read_provider(
    reply: Reply, journal: Journal, providers: ProviderPool, tools: tuple[Tool, ...], candidate: Candidate
) -> None:
    provider = providers.get(candidate.config)
    window = provider.context_window(candidate.model) or candidate.facts.context_window
    given = await _given(reply, candidate, window, tools if candidate.facts.calls_tools else ())
    note_sent(reply, given, config=candidate.config)
    stream = provider.stream(given.prompt)
    try:
        async for delta in stream:
            match delta:
                case Text(text):
                    reply.add_text(text)
                    journal.mark(reply)
                case Reasoning(text):
                    reply.add_reasoning(text)
                    journal.mark(reply)
                case Waiting(why):
                    await write(note_waiting, reply, why)
                case Called(call) if reply.may_call:
                    reply.add_call(call)
                case Finish():
                    reply.finish(delta)
    finally:
        await stream.aclose()
    if not (reply.text.has_any or reply.calls):
        if not reply.has_words:
            reply.waste(candidate)
        raise ProviderError(*EMPTY, retryable=True, is_outage=False)


async def _given(reply: Reply, candidate: Candidate, window: int | None, tools: Sequence[Tool]) -> Given:
    """What this candidate is given; on the reply it is noted how files were."""
    session, message = reply.assignment.session, reply.message
    parts = woven(reply.tools, reply.text.text, reply.reasoning.text)
    own = turns_of(parts, reply.memo.get("echoes", ()))
    make = partial(prompt_for, session, message, candidate, window, tools=tools, own=own)
    # Most conversations have none, and one way to the database and back is shorter than two.
    given, with_files = await read(_unless_files, session, message, make)
    if given is None:
        given = await read(make, files=await files_for(reply, with_files))
    given = replace(given, prompt=replace(given.prompt, may_call=reply.may_call))
    message.files_given = list(given.files)
    return given


def _unless_files(
    session: Session, message: Message, make: Callable[[], Given]
) -> tuple[Given | None, Sequence[UUID]]:
    with_files = messages_with_files(session, message)
    return (None, with_files) if with_files else (make(), ())


async def _end(
    reply: Reply, failure: dict[str, Any] | None, journal: Journal, worker_id: UUID
) -> Assignment | None:
    taken = reply.watch.taken
    reply.text.close()
    reply.reasoning.close()
    try:
        await journal.flush(reply)
        outcome = _outcome(reply, failure, taken)
        parts = parts_at_end(reply.tools, reply.text.text, reply.reasoning.text)
        whole = await read(whole_of, reply.message.pk, reply.text.text, parts)
        following = await _write_end(reply, outcome, whole, worker_id)
    except LostReply:
        log.warning("reply.lost", message=str(reply.message.pk))
        return None
    if reply.watch.first_token is not None:
        metrics.FIRST_TOKEN_SECONDS.observe(reply.watch.first_token)
    metrics.REPLIES.labels(status=outcome.status.value).inc()
    metrics.TOKENS.inc((outcome.usage and outcome.usage.output_tokens) or reply.deltas)
    return following


async def _write_end(reply: Reply, outcome: Outcome, whole: Whole, worker_id: UUID) -> Assignment | None:
    """Write the end; a database that is away for a moment must not make a whole reply a torn one."""
    for pause in ENDING_PAUSES:
        try:
            return await write(end_or_go_on, reply, outcome, whole, worker_id=worker_id)
        except (DataError, OverflowError, ValueError):
            log.exception("reply.cannot_be_kept_as_it_is", message=str(reply.message.pk))
            break
        except Error:
            log.exception("reply.ending_again", message=str(reply.message.pk))
            await asyncio.sleep(pause)
    # Whatever it is that cannot be kept, the text can.
    bare = Outcome(Message.Status.ERROR, error=OUR_FAULT)
    await write(end_reply, reply, bare, whole, worker_id=worker_id)
    return None


def _outcome(reply: Reply, failure: dict[str, Any] | None, taken: float) -> Outcome:
    usage = reply.usage
    tokens = usage.output_tokens if usage else None
    first = reply.watch.first_token
    return Outcome(
        status=_status(reply, failure),
        error=failure,
        finish_reason=reply.finish_reason,
        usage=usage,
        first_token_ms=None if first is None else round(first * 1000),
        duration_ms=round(taken * 1000),
        tokens_per_second=reply.watch.speed(tokens, taken),
        model=reply.model,
    )


def _status(reply: Reply, failure: dict[str, Any] | None) -> Message.Status:
    if failure is not None:
        return Message.Status.ERROR
    return reply.cut_as or Message.Status.COMPLETE
