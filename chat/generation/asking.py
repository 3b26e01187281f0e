"""Asks one candidate after the other until one answers; it knows nothing of what an answer is made of."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from chat.generation.affording import afforded
from chat.generation.attempts import Patience
from chat.generation.chain import entry_of
from chat.generation.choice import Candidate
from chat.generation.health import health_name, note_failure, note_success
from chat.generation.reply import Reply
from chat.generation.waiting import note_asked, note_waiting
from chat.phrases import Phrase
from chat.providers.contract import ProviderError
from chat.threads import read, write

TRYING_AGAIN = Phrase("Trying again…")
Ask = Callable[[Candidate], Awaitable[None]]


async def ask_in_turn(reply: Reply, ask: Ask) -> None:
    """Have the first candidate that can do it make the reply.

    Raises:
        ProviderError: nobody did, and this is why the first who was asked did not. Where `reply.has_words`
            the one who is asked broke off in the middle, and `reply.rest` could go on.
    """
    assignment = reply.assignment
    if not assignment.candidates:
        raise ProviderError(Phrase("No model to answer"), assignment.problem)
    failures: list[tuple[Candidate, ProviderError]] = []
    left = deque(assignment.candidates)
    while left:
        candidate = left.popleft()
        if failures:
            await write(note_asked, reply, candidate, entry_of(*_named(*failures[-1])))
            reply.begin_anew()
        reply.candidate = candidate
        try:
            return await _ask_patiently(reply, candidate, ask)
        except ProviderError as error:
            if not failures:
                left = deque(await _stand_ins(reply, left))
            if reply.has_words:
                reply.rest = tuple(left)
                raise
            failures.append((candidate, error))
    raise _told(reply, failures)


async def _stand_ins(reply: Reply, left: Iterable[Candidate]) -> list[Candidate]:
    """Who may go on now that the first has failed, and costs the person nothing that they may not take."""
    found = tuple(left) or await _further(reply)
    kept, skipped = await read(afforded, reply.assignment.requested_by, found)
    reply.message.tried = [*reply.message.tried, *skipped]
    return kept


async def _further(reply: Reply) -> tuple[Candidate, ...]:
    """Those that stand in for who has failed; whom of them nobody asks is told with the reply."""
    if reply.assignment.further is None:
        return ()
    chain = await read(reply.assignment.further)
    reply.message.tried = [*reply.message.tried, *chain.skipped]
    reply.ailing |= chain.ailing
    return chain.candidates


async def _ask_patiently(reply: Reply, candidate: Candidate, ask: Ask) -> None:
    """Raises ProviderError when it is enough, or when something of the reply can be seen."""
    patience = Patience()
    name = health_name(candidate.config)
    while True:
        try:
            await ask(candidate)
        except ProviderError as error:
            pause = None if reply.has_words else patience.pause_after(error)
            if pause is None:
                await read(note_failure, name, error)
                raise
            reply.begin_anew()
            await write(note_waiting, reply, TRYING_AGAIN)
            await asyncio.sleep(pause)
        else:
            if name in reply.ailing:
                await read(note_success, name)
            return


def _told(reply: Reply, failures: list[tuple[Candidate, ProviderError]]) -> ProviderError:
    """All have failed: the reply is that of the first, as the person chose; the others are what was tried."""
    (first, error), *others = failures
    skipped = reply.message.tried[: len(reply.message.tried) - len(others)]
    reply.message.tried = [*skipped, *(entry_of(*_named(*one)) for one in others)]
    reply.candidate = first
    reply.message.provider = first.config.name
    reply.message.model = reply.model = first.model
    return error


def _named(candidate: Candidate, error: ProviderError) -> tuple[str, str, ProviderError]:
    return candidate.config.name, candidate.model, error
