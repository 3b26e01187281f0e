"""What a fake model server says to a request, whatever its wire: each dialect makes its own bytes of it.

Beyond upstream_replies' models, each dialect knows:

tools      says "Let me see.", calls two tools at once, and says their results once they are there
errand     the same, but the tools that the question names, a line each: `name {"with": "arguments"}`
ponder     as tools, after thinking: a real server refuses the results without the signed thoughts
see        names the kinds and sizes of files that came
filtered5  held back by its filter after five tokens       cached5  a part of the prompt came from the cache
bytes5     five tokens, a byte at a time                   crlf5    with CRLF
unpaid     refused: no credit left                         late     headers a byte at a time, for ever
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from tests.upstream_replies import UNICODE, Name, markdown, numbered, words

FRESH, CACHED, WRITTEN = 7, 8, 2
CALLS = (("get_weather", '{"city": "Köln"}'), ("get_time", "{}"))

Reason = Literal["stop", "length", "calls", "filter"]


@dataclass(frozen=True, slots=True)
class Asking:
    """A request, as far as the plan looks at it."""

    model: str
    said: str = ""
    turns: int = 0
    media: tuple[str, ...] = ()
    results: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Think:
    text: str


@dataclass(frozen=True, slots=True)
class Say:
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Spoil:
    """How the stream goes wrong."""

    how: str


@dataclass(frozen=True, slots=True)
class End:
    reason: Reason
    said: int
    thought: int
    is_cached: bool = field(default=False)


Bit = Think | Say | Call | Spoil | End
SPOILT = {"hang", "pings", "drop", "shut", "cut", "bad", "huge", "err"}
LAST: dict[str, Reason] = {"length": "length", "filtered": "filter"}


def plan(asking: Asking) -> Iterator[Bit]:
    name = Name.parse(asking.model)
    thoughts, calls = thoughts_of(name, asking), () if asking.results else calls_of(name, asking)
    said = list(words("Let me see.") if calls else said_by(name, asking))
    yield from map(Think, thoughts)
    yield from map(Say, said)
    if calls:
        yield from (Call(*call) for call in calls)
    if name.mode in SPOILT:
        yield Spoil(name.mode)
    else:
        reason = "calls" if calls else LAST.get(name.mode, "stop")
        yield End(reason, len(said), len(thoughts), name.mode == "cached")


def calls_of(name: Name, asking: Asking) -> Sequence[tuple[str, str]]:
    """Which tools it calls, and their arguments as JSON."""
    match name.mode:
        case "tools" | "ponder":
            return CALLS
        case "errand":
            lines = (line.partition(" ") for line in asking.said.splitlines())
            return [(tool, arguments) for tool, _, arguments in lines if arguments.startswith("{")]
        case _:
            return ()


def thoughts_of(name: Name, asking: Asking) -> list[str]:
    match name.mode:
        case "reason":
            return numbered(name.count)
        case "muse":
            return words(asking.said)
        case "ponder" if not asking.results:
            return ["Two ", "questions."]
        case _:
            return []


def said_by(name: Name, asking: Asking) -> list[str]:
    match name.mode:
        case "md":
            source = markdown()
            return [next(source) for _ in range(name.count)]
        case "muse":
            return words(asking.said)
        case "echo":
            return words(f"{asking.said}\n\n({asking.turns} turns)")
        case "utf8split":
            return [UNICODE]
        case "see":
            return words(", ".join(asking.media) or "nothing")
        case "tools" | "ponder":
            return words("; ".join(asking.results))
        case "errand":
            return words("; ".join(asking.results) or "There is nothing to do.")
        case "empty":
            return []
        case _:
            return numbered(name.count)
