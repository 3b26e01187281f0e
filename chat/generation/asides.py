"""Questions to models beside the conversation, asked from a job's thread: `ask` waits for the answer.

The job is a row, so what a kill cuts off is begun again; its threads are few and its own, so that no reply
waits for it. Titles, tags and follow-ups are asked for here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from chat.background.control import Control, Interrupted
from chat.background.kinds import JobFailed
from chat.errors import NoProvider
from chat.generation.affording import afforded
from chat.generation.answering import MAX_TOKENS, Answer, answer_of, window_of
from chat.generation.choice import Candidate, candidate_of, provider_for
from chat.models import User
from chat.phrases import Phrase
from chat.providers.contract import ProviderError, Turn
from chat.providers.registry import ProviderPool

LOOK_SECONDS = 0.2
T = TypeVar("T")


class Line:
    """To the loop on which this process's providers live."""

    def __init__(self, pool: ProviderPool, loop: asyncio.AbstractEventLoop) -> None:
        self.pool = pool
        self.loop = loop


_line: Line | None = None


def open_line(line: Line | None) -> None:
    """Have questions of this process asked there; None: no more."""
    global _line
    _line = line


def candidates_for(provider: str, model: str, owner: User) -> Sequence[Candidate]:
    """Who is asked where this person wishes for that model.

    Raises:
        JobFailed: there is none, or a limit that is used up forbids to ask it, whoever began the job.
    """
    try:
        wished = candidate_of(*provider_for(provider, model, owner))
    except NoProvider as missing:
        raise JobFailed(Phrase("There is no model to ask. %(why)s", why=missing.words)) from missing
    kept, refused = afforded(owner.pk, [wished])
    if refused:
        why = Phrase("%(title)s: %(detail)s", title=refused[0]["title"], detail=refused[0]["detail"])
        raise JobFailed(why)
    return kept


def ask(
    candidates: Sequence[Candidate],
    turns: Sequence[Turn],
    control: Control,
    *,
    progress: int,
    most: int = MAX_TOKENS,
) -> Answer:
    """The answer of the first of them that can, in `most` tokens at most, thoughts included.

    Raises:
        JobFailed: none can.
        Cancelled, Interrupted: it is to end here; the request is closed.
    """
    line = _open_line()
    return _wait(line, answer_of(line.pool, candidates, turns, most), control, progress)


def window_for(candidate: Candidate, control: Control) -> int | None:
    """The window of a model, in tokens; None where nobody has told. Raises as `ask`."""
    line = _open_line()
    return _wait(line, window_of(line.pool, candidate), control, 0)


def _open_line() -> Line:
    if _line is None:
        raise Interrupted  # this process is ending, and another one goes on
    return _line


def _wait(line: Line, question: Coroutine[Any, Any, T], control: Control, progress: int) -> T:
    future: Future[T] = asyncio.run_coroutine_threadsafe(question, line.loop)
    try:
        while True:
            try:
                return future.result(LOOK_SECONDS)
            except TimeoutError:
                if future.done():
                    raise
            control.go_on(progress)
    except ProviderError as error:
        raise JobFailed(Phrase("%(title)s: %(detail)s", title=error.title, detail=error.detail)) from error
    finally:
        future.cancel()
