"""A provider for tests that plays what it is told: the model's name picks the script."""

from __future__ import annotations

import asyncio
import itertools
import re
from collections.abc import AsyncGenerator, Sequence
from typing import ClassVar

from chat.providers.contract import (
    Delta,
    Finish,
    Listed,
    Prompt,
    ProviderConfig,
    ProviderError,
    Text,
    Usage,
)
from chat.providers.facts import SCRIPTED, Facts

# A number sleeps that many seconds; an event waits until the test sets it; an error is raised.
Line = Delta | float | asyncio.Event | Exception


WINDOW = 4096


class ScriptedProvider:
    """Scripts and prompts are shared by all instances, as a test seldom holds the one in the engine."""

    scripts: ClassVar[dict[str, tuple[tuple[Line, ...], ...]]] = {}
    prompts: ClassVar[list[Prompt]] = []
    abandoned: ClassVar[list[Prompt]] = []

    def __init__(self, config: ProviderConfig) -> None:
        self.config = config

    @classmethod
    def script(cls, name: str, *rounds: Sequence[Line]) -> None:
        """Played as it stands, so it should end with a Finish or an error, as providers do.

        There may be one for each time that the model is asked in a reply: at first, and after each of its
        calls of tools; the last is played again and again.
        """
        cls.scripts[name] = tuple(map(tuple, rounds))

    @classmethod
    def can(cls, name: str, facts: Facts) -> None:
        """What is known of that model before it is asked."""
        SCRIPTED[name] = facts

    @classmethod
    def reset(cls) -> None:
        cls.scripts.clear()
        SCRIPTED.clear()
        cls.prompts.clear()
        cls.abandoned.clear()

    async def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        self.prompts.append(prompt)
        if prompt.model != "default" and prompt.model not in self.scripts:
            raise ProviderError("No such script", f"Nobody wrote a script “{prompt.model}”.")
        try:
            for line in self._lines(prompt):
                match line:
                    case Exception():
                        raise line
                    case float() | int():
                        await asyncio.sleep(line)
                    case asyncio.Event():
                        await line.wait()
                    case _:
                        yield line
        except (GeneratorExit, asyncio.CancelledError):
            self.abandoned.append(prompt)
            raise

    def _lines(self, prompt: Prompt) -> Sequence[Line]:
        rounds = self.scripts.get(prompt.model) or (echo(prompt),)
        reply = itertools.takewhile(lambda turn: turn.role != "user", reversed(prompt.turns))
        return rounds[min(sum(bool(turn.calls) for turn in reply), len(rounds) - 1)]

    async def models(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(("default", *self.scripts)))

    async def listed(self) -> tuple[Listed, ...]:
        return tuple(Listed(name, context_window=WINDOW) for name in await self.models())

    def context_window(self, model: str) -> int | None:
        return WINDOW

    async def aclose(self) -> None:
        """Nothing is open."""


def echo(prompt: Prompt) -> list[Line]:
    """The last words of the user, one at a time; together they are what was said, spaces included."""
    said = next((turn.text for turn in reversed(prompt.turns) if turn.role == "user"), "")
    words = re.findall(r"\s*\S+|\s+$", said)
    usage = Usage(sum(len(turn.text.split()) for turn in prompt.turns), len(words))
    return list(itertools.chain(map(Text, words), [Finish("stop", usage, prompt.model)]))
