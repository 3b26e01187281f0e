"""OpenAI's own wire for what upstream_plan plans: files, calls of tools, filters; and what it refuses."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from tests import upstream_replies
from tests.upstream_plan import CACHED, FRESH, WRITTEN, Asking, Bit, Call, End, Say, Spoil, Think, plan
from tests.upstream_replies import Name, Step, delta, ending, event

PLANNED = {"reason", "tools", "errand", "ponder", "see", "filtered", "bytes", "crlf", "cached"}
REASONS = {"stop": "stop", "length": "length", "calls": "tool_calls", "filter": "content_filter"}


def steps(request: dict[str, Any]) -> Iterator[Step]:
    asking = asking_of(request)
    name = Name.parse(asking.model)
    if name.mode not in PLANNED:
        return upstream_replies.steps(request)
    return mangled(name, spoken(name, asking))


def spoken(name: Name, asking: Asking) -> Iterator[Step]:
    numbers = itertools.count()
    for bit in plan(asking):
        yield from encoded(bit, name, asking, numbers)


def encoded(bit: Bit, name: Name, asking: Asking, numbers: Iterator[int]) -> Iterator[Step]:
    match bit:
        case Think(text):
            yield Step(delta({"reasoning_content": text}))
        case Say(text):
            yield Step(delta({"content": text}), is_token=True)
        case Call(tool, arguments):
            yield from call(next(numbers), tool, arguments)
        case Spoil():
            yield from ending(name, 0, asking.model)
        case End(reason, said, thought, is_cached):
            yield Step(delta({}, REASONS[reason]))
            yield Step(
                event(
                    {"model": asking.model, "choices": [], "usage": usage(said, thought, is_cached=is_cached)}
                )
            )
            yield Step(b"data: [DONE]\n\n")


def call(index: int, tool: str, arguments: str) -> Iterator[Step]:
    """The head with its id, then the arguments in pieces that break anywhere."""
    head = {"id": f"call_{index}", "type": "function", "function": {"name": tool, "arguments": ""}}
    yield Step(delta({"tool_calls": [{"index": index} | head]}))
    for k in range(0, len(arguments), 5):
        piece = {"index": index, "function": {"arguments": arguments[k : k + 5]}}
        yield Step(delta({"tool_calls": [piece]}))


def usage(said: int, thought: int, *, is_cached: bool) -> dict[str, Any]:
    counted: dict[str, Any] = {"prompt_tokens": FRESH, "completion_tokens": said + thought}
    if thought:
        counted["completion_tokens_details"] = {"reasoning_tokens": thought}
    if is_cached:
        counted["prompt_tokens"] = FRESH + CACHED + WRITTEN
        counted["prompt_tokens_details"] = {"cached_tokens": CACHED}
    return counted


def mangled(name: Name, steps: Iterable[Step]) -> Iterator[Step]:
    """The same bytes in pieces of one, or with the other ends of lines."""
    for step in steps:
        match name.mode:
            case "bytes":
                yield from (Step(step.data[k : k + 1]) for k in range(len(step.data)))
                yield Step(is_token=step.is_token, act=step.act)
            case "crlf":
                yield Step(step.data.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n"), step.is_token, step.act)
            case _:
                yield step


def asking_of(request: dict[str, Any]) -> Asking:
    messages = request.get("messages", [])
    return Asking(
        model=str(request.get("model", "")),
        said=upstream_replies.last_said(messages),
        turns=len(messages),
        media=tuple(itertools.chain.from_iterable(map(media_of, messages))),
        results=results_of(messages),
    )


def results_of(messages: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """Of the tools that were called since the last question."""
    found: list[str] = []
    for message in messages:
        if message["role"] == "user":
            found.clear()
        elif message["role"] == "tool":
            found.append(str(message["content"]))
    return tuple(found)


def media_of(message: dict[str, Any]) -> Iterator[str]:
    content = message.get("content")
    for part in content if isinstance(content, list) else []:
        url = part.get("image_url", {}).get("url") or part.get("file", {}).get("file_data")
        if url:
            kind, _, data = str(url).removeprefix("data:").partition(";base64,")
            yield f"{kind} {len(data) * 3 // 4 - data.count('=')}"


def refused(request: dict[str, Any]) -> str:
    """A result without its call, or a call without its result."""
    open_calls: set[str] = set()
    for message in request.get("messages", []):
        if message["role"] == "tool":
            if message.get("tool_call_id") not in open_calls:
                return (
                    "messages with role 'tool' must be a response to a preceding message with 'tool_calls'."
                )
            open_calls.discard(message["tool_call_id"])
            continue
        if open_calls:
            return "An assistant message with 'tool_calls' must be followed by tool messages."
        open_calls = {one["id"] for one in message.get("tool_calls", [])}
    return "An assistant message with 'tool_calls' must be followed by tool messages." if open_calls else ""
