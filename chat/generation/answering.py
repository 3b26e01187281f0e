"""One question to a model beside the conversation: all of its answer, or why there is none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from chat.generation.choice import Candidate
from chat.phrases import Phrase
from chat.providers.contract import Finish, Prompt, ProviderError, Text, Turn, Usage
from chat.providers.registry import ProviderPool
from chat.text import clean_text

TRIES = 3
# Seconds: for all of an answer, and between two tries where the provider does not say.
PATIENCE = 240.0
PAUSES = (1.0, 4.0)
LONGEST_PAUSE = 30.0
MAX_CHARS = 40_000
# What an answer beside the conversation may take; models that think first need most of it for that.
MAX_TOKENS = 4096
TOO_SLOW = Phrase("It took too long")
NOTHING = ProviderError(
    Phrase("The reply was empty"),
    Phrase("The model ended without writing anything that can be shown."),
    retryable=True,
)


@dataclass(frozen=True)
class Answer:
    text: str
    candidate: Candidate
    # Who answered, in the provider's words, and what it took; what nobody knows is None.
    model: str
    usage: Usage | None


async def answer_of(
    pool: ProviderPool, candidates: Sequence[Candidate], turns: Sequence[Turn], most: int = MAX_TOKENS
) -> Answer:
    """What the first of them that can answers; each is tried again where that may help.

    Raises:
        ProviderError: none could.
    """
    failure = NOTHING
    for candidate in candidates:
        for attempt in range(TRIES):
            try:
                async with asyncio.timeout(PATIENCE):
                    return await _asked(pool, candidate, turns, most)
            except TimeoutError:
                failure = ProviderError(TOO_SLOW, Phrase("The model did not end its answer in time."))
            except ProviderError as error:
                failure = error
            if not failure.retryable or attempt + 1 == TRIES:
                break
            await asyncio.sleep(min(LONGEST_PAUSE, failure.retry_after or PAUSES[attempt]))
    raise failure


async def _asked(pool: ProviderPool, candidate: Candidate, turns: Sequence[Turn], most: int) -> Answer:
    provider = pool.get(candidate.config)
    window = await window_of(pool, candidate)
    limit = min(most, window // 4) if window else None if most == MAX_TOKENS else most
    prompt = Prompt(candidate.model, tuple(turns), max_tokens=limit)
    pieces: list[str] = []
    usage: Usage | None = None
    model, length = candidate.model, 0
    async with aclosing(provider.stream(prompt)) as deltas:
        async for delta in deltas:
            match delta:
                case Text(text) if length < MAX_CHARS:
                    pieces.append(text)
                    length += len(text)
                case Finish(_, told, name):
                    usage, model = told, name or model
                case _:
                    pass
    text = clean_text("".join(pieces))[:MAX_CHARS].strip()
    if not text:
        raise NOTHING
    return Answer(text, candidate, clean_text(model), usage)


async def window_of(pool: ProviderPool, candidate: Candidate) -> int | None:
    """The model's window in tokens; None where nobody has told."""
    return pool.get(candidate.config).context_window(candidate.model) or candidate.facts.context_window
