"""A fake of Anthropic's Messages API: named events, pings, signed thoughts, its errors, and what it refuses.

`python -m tests.upstream_anthropic --port N`, or `async with AnthropicUpstream() as up`. Models: see
upstream_plan.
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

from tests.upstream import Asked, Upstream, main
from tests.upstream_openai import mangled
from tests.upstream_plan import CACHED, FRESH, WRITTEN, Asking, Bit, Call, End, Say, Spoil, Think, plan
from tests.upstream_replies import Name, Step, split_bytes

REASONS = {"stop": "end_turn", "length": "max_tokens", "calls": "tool_use", "filter": "refusal"}
ERRORS = {400: "invalid_request_error", 401: "authentication_error", 402: "billing_error"}
ERRORS |= {403: "permission_error", 404: "not_found_error", 413: "request_too_large"}
ERRORS |= {429: "rate_limit_error", 500: "api_error", 504: "timeout_error", 529: "overloaded_error"}
KNOWN = {
    "model", "messages", "max_tokens", "stream", "system", "tools", "tool_choice", "thinking",
    "output_config", "metadata", "stop_sequences", "service_tier", "cache_control",
}  # fmt: skip
VERSION = "2026-10-21"
SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3h"
LISTED = ("claude-opus-4-6", "claude-sonnet-4-5-20250929", "claude-haiku-4-5-20251001")


class AnthropicUpstream(Upstream):
    base = ""
    too_long = "prompt is too long: 208310 tokens > 200000 maximum"
    unpaid = (400, "Your credit balance is too low to access the Anthropic API.")
    elsewhere = "http://127.0.0.2:9/v1/messages"

    def is_wrong_key(self, asked: Asked) -> bool:
        bearer = asked.headers.get("authorization", "").removeprefix("Bearer ")
        return (asked.headers.get("x-api-key") or bearer) in {"", "wrong"}

    def is_listing(self, asked: Asked) -> bool:
        return asked.path.startswith("/v1/models")

    def listing(self, asked: Asked) -> object:
        """Two pages, whatever page size is asked for."""
        first = "after_id=" not in asked.path
        page = LISTED[:2] if first else LISTED[2:]
        return {"data": list(map(listed, page)), "has_more": first, "first_id": page[0], "last_id": page[-1]}

    def said(self, asked: Asked) -> str:
        return asking_of(asked.body).said

    def refused(self, asked: Asked) -> str:
        """The version of 2026-10-21 knows no sampling parameters any more."""
        if asked.headers.get("anthropic-version") != VERSION:
            return "anthropic-version: header is required"
        return refused(asked.body)

    def steps(self, asked: Asked) -> Iterator[Step]:
        asking = asking_of(asked.body)
        name = Name.parse(asking.model)
        return odd() if name.mode == "odd" else mangled(name, Stream(asking).steps())

    def problem(self, status: int, message: str) -> tuple[int, object, str]:
        extra = "request-id: req_011CSHoEeqs5C35K2UUqR7Fy\r\n"
        if status == 429:
            extra += "retry-after: 7\r\nanthropic-ratelimit-requests-remaining: 0\r\n"
        error = {"type": ERRORS.get(status, "api_error"), "message": message}
        return status, {"type": "error", "error": error, "request_id": "req_011CSHoEeqs5C35K2UUqR7Fy"}, extra


def listed(name: str) -> dict[str, Any]:
    able, unable = {"supported": True}, {"supported": False}
    capabilities = {"image_input": able, "pdf_input": able, "thinking": able, "batch": unable}
    return {
        "type": "model",
        "id": name,
        "display_name": name.replace("-", " ").title(),
        "created_at": "2026-02-04T00:00:00Z",
        "max_input_tokens": 200_000,
        "max_tokens": 64_000,
        "capabilities": capabilities,
    }


class Stream:
    """One reply: blocks one after the other, each begun and stopped."""

    def __init__(self, asking: Asking) -> None:
        self.asking = asking
        self.index = -1
        self.kind = ""

    def steps(self) -> Iterator[Step]:
        is_cached = Name.parse(self.asking.model).mode == "cached"
        yield Step(begun(self.asking.model, is_cached=is_cached))
        yield Step(event({"type": "ping"}))
        for bit in plan(self.asking):
            yield from self.encoded(bit)

    def encoded(self, bit: Bit) -> Iterator[Step]:
        match bit:
            case Think(text):
                yield from self.block("thinking", {"type": "thinking", "thinking": "", "signature": ""})
                yield self.delta({"type": "thinking_delta", "thinking": text})
            case Say(text):
                yield from self.block("text", {"type": "text", "text": ""})
                yield from self.said(text)
            case Call(name, arguments):
                yield from self.call(name, arguments)
            case Spoil(how):
                yield from spoilt(how)
            case End(reason, said, thought):
                yield from self.block("", {})
                yield Step(ended(REASONS[reason], said, thought))
                yield Step(event({"type": "message_stop"}))

    def said(self, text: str) -> Iterator[Step]:
        step = self.delta({"type": "text_delta", "text": text}, is_token=True)
        if self.asking.model == "utf8split":
            yield from split_bytes(step.data)
        else:
            yield step

    def call(self, name: str, arguments: str) -> Iterator[Step]:
        yield from self.block(
            name, {"type": "tool_use", "id": f"toolu_{self.index + 1}", "name": name, "input": {}}
        )
        pieces = [arguments[k : k + 5] for k in range(0, len(arguments), 5)] if arguments != "{}" else []
        for piece in ("", *pieces):
            yield self.delta({"type": "input_json_delta", "partial_json": piece})

    def block(self, kind: str, head: dict[str, Any]) -> Iterator[Step]:
        """Begin a block of that kind, where it is not the one that is open."""
        if kind == self.kind:
            return
        if self.kind == "thinking":
            yield self.delta({"type": "signature_delta", "signature": SIGNATURE})
        if self.kind:
            yield Step(event({"type": "content_block_stop", "index": self.index}))
        self.kind = kind
        if kind:
            self.index += 1
            yield Step(event({"type": "content_block_start", "index": self.index, "content_block": head}))

    def delta(self, delta: dict[str, Any], *, is_token: bool = False) -> Step:
        return Step(event({"type": "content_block_delta", "index": self.index, "delta": delta}), is_token)


def begun(model: str, *, is_cached: bool) -> bytes:
    usage = {
        "input_tokens": FRESH,
        "cache_creation_input_tokens": WRITTEN if is_cached else 0,
        "cache_read_input_tokens": CACHED if is_cached else 0,
        "output_tokens": 1,
        "service_tier": "standard",
    }
    message = {"id": "msg_01", "type": "message", "role": "assistant", "model": model, "content": []}
    rest = {"stop_reason": None, "stop_sequence": None, "usage": usage}
    return event({"type": "message_start", "message": message | rest})


def ended(reason: str, said: int, thought: int) -> bytes:
    usage: dict[str, Any] = {"output_tokens": said + thought}
    if thought:
        usage["output_tokens_details"] = {"thinking_tokens": thought}
    delta = {"stop_reason": reason, "stop_sequence": None}
    return event({"type": "message_delta", "delta": delta, "usage": usage})


def event(payload: dict[str, Any]) -> bytes:
    return f"event: {payload['type']}\ndata: {json.dumps(payload, ensure_ascii=False)}\n\n".encode()


def spoilt(how: str) -> Iterator[Step]:
    match how:
        case "hang":
            yield Step(act="hang")
        case "pings":
            yield from itertools.chain.from_iterable(
                itertools.repeat((Step(event({"type": "ping"})), Step(act="ping")), 1000)
            )
        case "drop":
            yield Step(act="reset")
        case "shut":
            yield Step(act="close")
        case "bad":
            yield Step(b'event: content_block_delta\ndata: {"type":"content_block_delta","delta":{ oh\n\n')
            yield Step(act="hang")
        case "huge":
            yield from itertools.repeat(Step(b"data: " + b"x" * 65536), 1000)
        case "err":
            problem = {"type": "overloaded_error", "message": "The engine overheated"}
            yield Step(event({"type": "error", "error": problem}))


def odd() -> Iterator[Step]:
    """What the API says that it may send one day, and what the format allows."""
    yield Step(b": a comment\r\n\r\n")
    yield Step(begun("odd", is_cached=False).replace(b"\n", b"\r\n"))
    yield Step(event({"type": "vibe_check", "mood": "good"}) + b"event: novel\ndata: 3\n\ndata:\n\n")
    yield Step(
        event({"type": "content_block_start", "index": 0, "content_block": {"type": "hologram", "x": 1}})
    )
    yield Step(
        event({"type": "content_block_delta", "index": 0, "delta": {"type": "hologram_delta", "y": 1}})
    )
    yield Step(event({"type": "content_block_stop", "index": 0}))
    yield Step(
        event({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": "a"}})
    )
    for text in ("b", "c", "d"):
        delta = {"type": "text_delta", "text": text}
        yield Step(event({"type": "content_block_delta", "index": 1, "delta": delta}).replace(b": ", b":"))
    yield Step(ended("end_turn", 4, 0) + b'event: message_stop\ndata: {"type": "message_stop"}')


def asking_of(request: dict[str, Any]) -> Asking:
    messages = request.get("messages", [])
    mine = [list(map(dict, blocks_of(m))) for m in messages if m["role"] == "user"]
    said = ["".join(b["text"] for b in blocks if b["type"] == "text") for blocks in mine]
    blocks = list(itertools.chain.from_iterable(mine))
    return Asking(
        model=str(request.get("model", "")),
        said=next((text for text in reversed(said) if text), ""),
        turns=len(messages) + ("system" in request),
        media=tuple(media_of(b) for b in blocks if b["type"] in {"image", "document"}),
        results=tuple(said_in(b.get("content", "")) for b in blocks if b["type"] == "tool_result"),
    )


def blocks_of(message: dict[str, Any]) -> list[dict[str, Any]]:
    content = message["content"]
    return content if isinstance(content, list) else [{"type": "text", "text": content}]


def said_in(content: object) -> str:
    if isinstance(content, list):
        return "".join(block.get("text", "") for block in content)
    return str(content)


def media_of(block: dict[str, Any]) -> str:
    source = block["source"]
    data = source["data"]
    return f"{source['media_type']} {len(data) * 3 // 4 - data.count('=')}"


def refused(request: dict[str, Any]) -> str:
    if unknown := sorted(request.keys() - KNOWN):
        return f"{unknown[0]}: Extra inputs are not permitted"
    if not request.get("max_tokens"):
        return "max_tokens: Field required"
    thinking = request.get("thinking", {})
    if thinking.get("type") == "enabled" and thinking["budget_tokens"] >= request["max_tokens"]:
        return "`max_tokens` must be greater than `thinking.budget_tokens`."
    return next(filter(None, map(refused_block, all_blocks(request))), "") or refused_order(request)


def all_blocks(request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    system = request.get("system", [])
    yield from [{"type": "text", "text": system}] if isinstance(system, str) else system
    for message in request.get("messages", []):
        yield from blocks_of(message)


def refused_block(block: dict[str, Any]) -> str:
    if block["type"] == "text" and not block["text"].strip():
        return "messages: text content blocks must contain non-whitespace text"
    return ""


def refused_order(request: dict[str, Any]) -> str:
    """Calls are answered in the very next message, thoughts come back as they were signed."""
    messages = request.get("messages", [])
    if not messages or messages[0]["role"] != "user":
        return "messages: first message must use the user role"
    open_calls: set[str] = set()
    for before, message in itertools.pairwise([{"role": ""}, *messages]):
        if message["role"] not in {"user", "assistant"} or message["role"] == before["role"]:
            return "messages: roles must alternate between user and assistant"
        blocks = blocks_of(message)
        if {b["tool_use_id"] for b in blocks if b["type"] == "tool_result"} != open_calls:
            return "messages: `tool_use` ids were found without `tool_result` blocks immediately after"
        open_calls = {b["id"] for b in blocks if b["type"] == "tool_use"}
        is_thinking = request["model"].startswith("ponder") and open_calls
        if is_thinking and (blocks[0]["type"], blocks[0].get("signature")) != ("thinking", SIGNATURE):
            return "messages.1.content.0.type: Expected `thinking` or `redacted_thinking`"
    return "messages: `tool_use` ids were found without `tool_result` blocks" if open_calls else ""


if __name__ == "__main__":
    main(AnthropicUpstream, __doc__)
