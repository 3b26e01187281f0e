"""What a tool is to whoever offers and calls it. The engine, the pages and plugins speak only this."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from chat.phrases import Phrase
from chat.providers.contract import Media, Tool

Transport = Literal["stdio", "http", "sse"]
# Progress so far, of how much (None: the server does not say), and what it is doing.
OnProgress = Callable[[float, float | None, str], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Where a server is and how it is spoken to.

    `env` and `headers` hold secrets, and so may `args` and `url`: `hidden` is what of these is not shown.

    `is_guarded`: only public addresses may be reached, since it was set up by somebody who is no staff.
    """

    key: str
    name: str
    transport: Transport
    command: str = ""
    args: tuple[str, ...] = field(default=(), repr=False)
    env: Mapping[str, str] = field(default_factory=dict, repr=False)
    url: str = field(default="", repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    hidden: tuple[str, ...] = field(default=(), repr=False)
    is_guarded: bool = True

    @property
    def secrets(self) -> tuple[str, ...]:
        return (*self.env.values(), *self.headers.values(), *self.hidden)


@dataclass(frozen=True, slots=True)
class Listed:
    """A tool as its server lists it; `only_reads` is the server's own word, which nobody has checked."""

    name: str
    title: str = ""
    description: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    only_reads: bool = False


@dataclass(frozen=True, slots=True)
class Caller:
    """For whom a tool works: it sees what this person may see."""

    user_id: UUID
    session_id: UUID | None = None
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Offered:
    """A tool that a model may call in one conversation.

    `name` is unique among those offered together and one that every provider takes. `server` is what people
    call the server; `server_key` and `tool` are what `call` looks it up by. `asks`: a person says yes first.
    """

    name: str
    title: str
    description: str
    schema: Mapping[str, Any]
    server: str
    server_key: str
    tool: str
    changes: bool
    asks: bool
    caller: Caller

    @property
    def for_model(self) -> Tool:
        return Tool(self.name, self.description, self.schema)


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a call. `text` is what the model reads: untrusted, without control characters, bounded.

    `structured` is the JSON that the tool gave beside it, None where it gave none.
    """

    text: str
    is_error: bool = False
    media: tuple[Media, ...] = ()
    structured: Any = None


@dataclass(frozen=True, slots=True)
class PluginTool:
    """A tool that a plugin brings. `run` gets the arguments, which fit the schema; a plain function runs in a
    thread that many wait for. What it raises as ToolError is told to the model, everything else is logged.
    """

    name: str
    title: object  # its str() is in the reader's language
    description: str
    schema: Mapping[str, Any]
    run: Callable[[Caller, dict[str, Any]], str | Result | Awaitable[str | Result]]
    changes: bool = True


class ToolError(Exception):
    """A failure in words: a server cannot be reached, or a tool cannot do what it was asked."""

    def __init__(self, words: str | Phrase) -> None:
        super().__init__(words)
        self.words = words
