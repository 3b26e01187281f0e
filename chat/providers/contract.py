"""What a provider takes, gives and raises. Everything above speaks only this."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Literal, Protocol
from uuid import UUID

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Turn:
    """`message_id`: the message that says it, where it is one; no server is told."""

    role: Role
    text: str
    message_id: UUID | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Prompt:
    model: str
    turns: tuple[Turn, ...]
    temperature: float | None = None
    max_tokens: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    input_tokens: int | None
    output_tokens: int | None


@dataclass(frozen=True, slots=True)
class Text:
    text: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    text: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """Nothing has come yet, and `why` tells the person what for."""

    why: str


@dataclass(frozen=True, slots=True)
class Finish:
    """Always the last delta of a reply that ended well; `model` is who answered, if it said so."""

    reason: str | None
    usage: Usage | None
    model: str | None = None


Delta = Text | Reasoning | Waiting | Finish


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """`timeout` is the silence, in seconds, after which the provider counts as failed."""

    name: str
    kind: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    models: tuple[str, ...] = ()
    timeout: float = 60.0


class Provider(Protocol):
    config: ProviderConfig

    def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """Closing or cancelling it closes the request upstream.

        Raises ProviderError, also after deltas that are good to keep.
        """
        ...

    async def models(self) -> tuple[str, ...]: ...

    def context_window(self, model: str) -> int | None:
        """In tokens; None where it is not known."""
        ...

    async def aclose(self) -> None: ...


class ProviderError(Exception):
    """A failure in words for the person who asked: no key, no credentials, no stack trace."""

    def __init__(
        self,
        title: str,
        detail: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(title, detail)
        self.title = title
        self.detail = detail
        self.retryable = retryable
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"
