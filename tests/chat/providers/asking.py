"""How these tests ask a provider, and what they keep of its answer."""

from __future__ import annotations

from dataclasses import dataclass, field

from chat.providers.contract import (
    Delta,
    Finish,
    Prompt,
    Provider,
    ProviderError,
    Reasoning,
    Text,
    Turn,
    Waiting,
)


@dataclass
class Answer:
    deltas: list[Delta] = field(default_factory=list)
    error: ProviderError | None = None

    @property
    def text(self) -> str:
        return "".join(delta.text for delta in self.deltas if isinstance(delta, Text))

    @property
    def reasoning(self) -> str:
        return "".join(delta.text for delta in self.deltas if isinstance(delta, Reasoning))

    @property
    def waited(self) -> int:
        return sum(isinstance(delta, Waiting) for delta in self.deltas)

    @property
    def finish(self) -> Finish:
        assert self.error is None, self.error
        assert isinstance(self.deltas[-1], Finish)
        return self.deltas[-1]


def prompt(model: str, text: str = "Hello", *, max_tokens: int | None = None) -> Prompt:
    return Prompt(model, (Turn("user", text),), max_tokens=max_tokens)


async def ask(provider: Provider, asked: Prompt) -> Answer:
    """What came, and the error that ended it, if one did."""
    answer = Answer()
    try:
        async for delta in provider.stream(asked):
            answer.deltas.append(delta)
    except ProviderError as error:
        answer.error = error
    return answer
