"""A model's turn that another place keeps as one, as the messages that we keep: replies, and tools' answers.

One answer of a model is one message here, and what a tool answered is a message after it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from chat.importers import values
from chat.importers.conversation import Node
from chat.importers.trees import thought


@dataclass(frozen=True, slots=True)
class Words:
    text: str


@dataclass(frozen=True, slots=True)
class Thought:
    text: str


@dataclass(frozen=True, slots=True)
class Call:
    id: str
    name: str
    arguments: Any


@dataclass(frozen=True, slots=True)
class Result:
    id: str
    name: str
    result: Any
    is_error: bool = False


Block = Words | Thought | Call | Result
# What is known of a turn when it has ended.
OF_THE_END = (
    "status", "error", "finish_reason", "input_tokens", "output_tokens", "cost",
    "first_token_ms", "duration_ms", "tokens_per_second",
)  # fmt: skip


def call_part(call: Call) -> dict[str, Any]:
    arguments = call.arguments if isinstance(call.arguments, dict) else {"input": call.arguments}
    return {
        "type": "tool-call",
        "state": "complete",
        "id": call.id,
        "name": call.name,
        "arguments": values.plain(arguments),
    }


def result_part(result: Result) -> dict[str, Any]:
    return {
        "type": "tool-result",
        "state": "error" if result.is_error else "complete",
        "id": result.id,
        "name": result.name,
        "result": values.plain(result.result),
    }


def messages_of(first: Node, blocks: Iterable[Block]) -> tuple[Node, ...]:
    """The messages of a turn, one after the other; `first` says all but what is in the blocks.

    The first one has its files, the last one what is known of how it ended. A turn that says nothing
    gives one message without a role.
    """
    turn = _Turn(first)
    for block in blocks:
        turn.add(block)
    return turn.messages()


class _Turn:
    def __init__(self, first: Node) -> None:
        self._first = first
        self._nodes: list[Node] = []
        self._begin()

    def _begin(self) -> None:
        self._words: list[str] = []
        self._thoughts: list[str] = []
        self._calls: list[dict[str, Any]] = []

    def add(self, block: Block) -> None:
        match block:
            case Words(text) | Thought(text) if not text.strip():
                return
            case Words(text):
                if self._calls:
                    self._end()
                self._words.append(text)
            case Thought(text):
                if self._words or self._calls:
                    self._end()
                self._thoughts.append(text)
            case Call():
                self._calls.append(call_part(block))
            case Result():
                self._end()
                self._append("tool", parts=(result_part(block),))

    def messages(self) -> tuple[Node, ...]:
        self._end()
        if not self._nodes:
            has_more = self._first.files or self._first.error
            return (self._first if has_more else replace(self._first, role=""),)
        first, last = self._nodes[0], self._nodes[-1]
        if last is not first and last.role == first.role:
            known = {name: getattr(first, name) for name in OF_THE_END}
            nothing = Node(key="")
            self._nodes[0] = replace(first, **{name: getattr(nothing, name) for name in OF_THE_END})
            self._nodes[-1] = replace(last, **known)
        return tuple(self._nodes)

    def _end(self) -> None:
        content = "\n\n".join(filter(None, (words.strip("\n") for words in self._words)))
        thoughts = "\n\n".join(filter(None, self._thoughts))
        parts = ((thought(thoughts),) if thoughts else ()) + tuple(self._calls)
        if content or parts:
            self._append(self._first.role, content=values.text(content), parts=parts)
        self._begin()

    def _append(self, role: str, **fields: Any) -> None:
        first = self._first
        if not self._nodes:
            self._nodes.append(replace(first, role=role, **fields))
            return
        key = f"{first.key}/{len(self._nodes)}"
        node = Node(
            key=key,
            parent=self._nodes[-1].key,
            role=role,
            provider=first.provider if role == first.role else "",
            model=first.model if role == first.role else "",
            visibility=first.visibility,
            created_at=first.created_at,
            updated_at=first.updated_at,
            **fields,
        )
        self._nodes.append(node)
