"""One reply of Anthropic's Messages API: blocks that begin, grow and stop."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from chat.providers.contract import Called, Delta, Reasoning, Text, ToolCall, Usage
from chat.providers.failures import Failures
from chat.providers.openai_calls import new_id
from chat.providers.reading import Reading, count, part, words

REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "tool_use": "tool_calls",
    "refusal": "content_filter",
}
# A call's arguments, or a thought that is given back.
MAX_HELD = 4 << 20


@dataclass(slots=True)
class Block:
    """A block that grows: its head as it came, and the pieces of what is held until it stops."""

    head: dict[str, Any]
    pieces: list[str] = field(default_factory=list)
    signature: str = ""


class Reply(Reading):
    """Kinds of events and blocks that nobody knows yet are passed over, as Anthropic asks for."""

    def __init__(self, failures: Failures) -> None:
        super().__init__(failures)
        self._blocks: dict[int, Block] = {}
        self._thoughts: list[dict[str, Any]] = []
        self._counts: dict[str, Any] = {}
        self._held = 0

    def deltas(self, event: dict[str, Any]) -> Iterator[Delta]:
        match event.get("type"):
            case "content_block_delta":
                yield from self._grown(event.get("index"), part(event, "delta"))
            case "content_block_start":
                yield from self._begun(event.get("index"), part(event, "content_block"))
            case "content_block_stop":
                yield from self._stopped(event.get("index"))
            case "message_start":
                message = part(event, "message")
                self.model = words(message.get("model")) or None
                self._count(part(message, "usage"))
            case "message_delta":
                reason = part(event, "delta").get("stop_reason")
                if isinstance(reason, str):
                    self.reason = REASONS.get(reason, reason)
                self._count(part(event, "usage"))
            case "message_stop":
                self.is_done = True
            case "error":
                raise self.failures.event(event.get("error"))

    def last(self) -> Iterator[Delta]:
        if self._thoughts:
            self.echo = {"anthropic": self._thoughts}
        yield from ()

    def _begun(self, index: object, head: dict[str, Any]) -> Iterator[Delta]:
        if isinstance(index, int):
            self._blocks[index] = Block(head)
        if head.get("type") == "text":
            yield from self._said(words(head.get("text")))

    def _grown(self, index: object, delta: dict[str, Any]) -> Iterator[Delta]:
        block = self._blocks.get(index) if isinstance(index, int) else None
        match delta.get("type"):
            case "text_delta":
                yield from self._said(words(delta.get("text")))
            case "thinking_delta" if thought := words(delta.get("thinking")):
                self._hold(block, thought)
                yield Reasoning(thought)
            case "input_json_delta":
                self._hold(block, words(delta.get("partial_json")))
            case "signature_delta" if block is not None:
                block.signature += words(delta.get("signature"))

    def _stopped(self, index: object) -> Iterator[Delta]:
        block = self._blocks.pop(index, None) if isinstance(index, int) else None
        if block is None:
            return
        match block.head.get("type"):
            case "tool_use":
                key = words(block.head.get("id")) or new_id()
                self.has_said = True
                yield Called(ToolCall(key, words(block.head.get("name")), "".join(block.pieces) or "{}"))
            case "thinking":
                thought = {"thinking": "".join(block.pieces), "signature": block.signature}
                self._thoughts.append({"type": "thinking"} | thought)
            case "redacted_thinking":
                self._thoughts.append({"type": "redacted_thinking", "data": words(block.head.get("data"))})

    def _said(self, text: str) -> Iterator[Delta]:
        if text:
            self.has_said = self.has_said or not text.isspace()
            yield Text(text)

    def _hold(self, block: Block | None, piece: str) -> None:
        self._held += len(piece)
        if self._held > MAX_HELD:
            raise self.failures.malformed()
        if block is not None:
            block.pieces.append(piece)

    def _count(self, usage: dict[str, Any]) -> None:
        """Counts at the start, and again, some of them, at the end: the last word on each is the one."""
        self._counts |= {name: value for name, value in usage.items() if value is not None}
        if self._counts:
            self.usage = read_usage(self._counts)


def read_usage(usage: dict[str, Any]) -> Usage:
    """Their input is what no cache had to do with; ours is all."""
    fresh = count(usage.get("input_tokens"))
    cached = count(usage.get("cache_read_input_tokens"))
    written = count(usage.get("cache_creation_input_tokens"))
    return Usage(
        None if fresh is None else fresh + (cached or 0) + (written or 0),
        count(usage.get("output_tokens")),
        cached_tokens=cached,
        cache_write_tokens=written,
        reasoning_tokens=count(part(usage, "output_tokens_details").get("thinking_tokens")),
    )
