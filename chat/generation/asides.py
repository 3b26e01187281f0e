"""Questions to models beside the conversation, asked from a job's thread: `ask` waits for the answer.

The job is a row, so what a kill cuts off is begun again; its threads are few and its own, so that no reply
waits for it. Titles, tags and the like are asked for here too.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from chat.background.control import Control, Interrupted
from chat.background.kinds import JobFailed
from chat.generation.answering import Answer, answer_of, window_of
from chat.generation.choice import Candidate
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


def ask(candidates: Sequence[Candidate], turns: Sequence[Turn], control: Control, *, progress: int) -> Answer:
    """The answer of the first of them that can.

    Raises:
        JobFailed: none can.
        Cancelled, Interrupted: it is to end here; the request is closed.
    """
    line = _open_line()
    return _wait(line, answer_of(line.pool, candidates, turns), control, progress)


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
