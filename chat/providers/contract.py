"""What a provider takes, gives and raises. Everything above speaks only this."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping
from dataclasses import astuple, dataclass, field
from decimal import Decimal
from typing import Any, Literal, Protocol
from uuid import UUID

Role = Literal["system", "user", "assistant", "tool"]


@dataclass(frozen=True, slots=True)
class Media:
    """A file that a model reads itself: a picture (image/png, -jpeg, -webp, -gif) or a PDF."""

    mime_type: str
    data: bytes = field(repr=False)
    name: str = ""

    @property
    def is_picture(self) -> bool:
        return self.mime_type.startswith("image/")


@dataclass(frozen=True, slots=True)
class ToolCall:
    """`arguments` is JSON as the model wrote it: it may be none."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side says. A turn of the role `tool` is the result of the call with the id `call_id`.

    `message_id`: the message that says it, where it is one; no server is told. `echo` is what the provider
    asked to be given back with this turn, unread (see Finish). `thoughts` are what the model thought where
    tools were called, for who wants to read them again.
    """

    role: Role
    text: str
    message_id: UUID | None = field(default=None, compare=False)
    media: tuple[Media, ...] = ()
    calls: tuple[ToolCall, ...] = ()
    call_id: str = ""
    is_error: bool = False
    echo: Any = None
    thoughts: str = ""


@dataclass(frozen=True, slots=True)
class Tool:
    """What a model may call; `schema` is the JSON Schema of its arguments, an object."""

    name: str
    description: str
    schema: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Prompt:
    """`options` are the provider's own, by the names that `chat.providers.options` lists for its kind.

    `max_output` is how much the model can write, where that is known: for who wants a limit in any case.
    """

    model: str
    turns: tuple[Turn, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    tools: tuple[Tool, ...] = ()
    # Whether it may call them now; what was called before is only understood with the tools beside it.
    may_call: bool = True
    max_output: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """In tokens. What a cache gave or took is part of the input, and thoughts are part of the output.

    None: the provider did not say. `cost` is in US dollars, by the few that tell it themselves.
    """

    input_tokens: int | None
    output_tokens: int | None
    cached_tokens: int | None = None
    cache_write_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost: Decimal | None = None


def added(one: Usage | None, other: Usage | None) -> Usage | None:
    """What both took together; what one of them does not know, is not known."""
    if one is None or other is None:
        return None
    pairs = zip(astuple(one), astuple(other), strict=True)
    return Usage(*(None if None in pair else sum(pair) for pair in pairs))


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
class Called:
    """The model has called a tool, and said all of the call; what it wrote before came before."""

    call: ToolCall


# Why a model ended, in OpenAI's words whoever it is.
Reason = Literal["stop", "length", "tool_calls", "content_filter"]


@dataclass(frozen=True, slots=True)
class Finish:
    """Always the last delta of a reply that ended well; `model` is who answered, if it said so.

    `reason` is one of Reason, or the provider's own word. `echo` is JSON that this provider wants back, as it
    is, with the assistant's turn: signed thoughts, without which it would not go on after a tool's result.
    """

    reason: str | None
    usage: Usage | None
    model: str | None = None
    echo: Any = None


Delta = Text | Reasoning | Waiting | Called | Finish


@dataclass(frozen=True, slots=True)
class ProviderConfig:
    """`timeout` is the silence, in seconds, after which the provider counts as failed.

    Two of different owners may have the same name; None: it is the site's. One that `has_own_key` is the
    site's but for the key. `options` hold where a conversation says nothing else. One that `stays_outside`
    never reaches into this machine or its own network. `base_url` may be shown; where it is masked, the
    `secret_url` is what is connected to.
    """

    name: str
    kind: str
    base_url: str = ""
    api_key: str = field(default="", repr=False)
    models: tuple[str, ...] = ()
    timeout: float = 60.0
    owner: UUID | None = None
    has_own_key: bool = False
    options: Mapping[str, Any] = field(default_factory=dict, compare=False)
    stays_outside: bool = False
    secret_url: str = field(default="", repr=False)

    @property
    def address(self) -> str:
        """The whole of it, for who connects to it alone."""
        return self.secret_url or self.base_url


@dataclass(frozen=True, slots=True)
class Listed:
    """A model as its provider lists it. What the list does not say is None."""

    name: str
    label: str = ""
    context_window: int | None = None
    max_output: int | None = None
    sees_pictures: bool | None = None
    reads_documents: bool | None = None
    calls_tools: bool | None = None
    reasons: bool | None = None


class Provider(Protocol):
    config: ProviderConfig

    def stream(self, prompt: Prompt) -> AsyncGenerator[Delta, None]:
        """Closing or cancelling it closes the request upstream.

        Raises ProviderError, also after deltas that are good to keep.
        """
        ...

    async def models(self) -> tuple[str, ...]:
        """Those of the configuration; where it names none, those that the server lists."""
        ...

    async def listed(self) -> tuple[Listed, ...]:
        """What the server itself lists now, whatever the configuration names.

        Raises ProviderError, which says what is wrong with the address or the key.
        """
        ...

    def context_window(self, model: str) -> int | None:
        """In tokens; None where it is not known."""
        ...

    async def aclose(self) -> None: ...


class ProviderError(Exception):
    """A failure in words for the person who asked: no key, no credentials, no stack trace.

    `retryable`: the person may try again. `is_outage`: the server is at fault and not what it was asked, so
    that we try again by ourselves, and hold it against its health; the same as `retryable`, unless said.
    """

    def __init__(
        self,
        title: str,
        detail: str,
        *,
        retryable: bool = False,
        retry_after: float | None = None,
        is_outage: bool | None = None,
    ) -> None:
        super().__init__(title, detail)
        self.title = title
        self.detail = detail
        self.retryable = retryable
        self.retry_after = retry_after
        self.is_outage = retryable if is_outage is None else is_outage

    def __str__(self) -> str:
        return f"{self.title}: {self.detail}"
