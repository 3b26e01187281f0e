"""Rows as turns: a message each, or a reply with its calls of tools and their results as one whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple, cast

from chat.events import encode
from chat.generation.context.path import Row
from chat.generation.context.tokens import PER_TURN, tokens_in
from chat.generation.given import Plan
from chat.providers.contract import Role, ToolCall, Turn


class Group(NamedTuple):
    """Turns that go together or not at all, oldest first; `file_tokens` are those of files among them."""

    turns: tuple[Turn, ...]
    depth: int
    tokens: int
    file_tokens: int = 0

    @property
    def is_system(self) -> bool:
        return self.turns[0].role == "system"


class Grouping:
    """Takes rows, newest first; holds results of tools until the reply that called them comes."""

    def __init__(self) -> None:
        self._results: dict[str, Row] = {}

    def groups(self, rows: Iterable[Row], plan: Plan) -> Iterator[Group]:
        for row in rows:
            if row.role == "tool":
                self._results |= {str(part.get("call_id", "")): row for part in _parts(row, "tool-result")}
            else:
                group = _group(row, plan, self._results)
                # A result without its call would be refused.
                self._results = {}
                if group is not None:
                    yield group


def _group(row: Row, plan: Plan, results: Mapping[str, Row]) -> Group | None:
    """Files go along with what was said; they are put in when it is settled what goes."""
    if row.parts and row.role == "assistant" and (calls := tuple(_calls(row, results))):
        return _calling(row, calls, results)
    files = plan.tokens_of(row.id) if row.id in plan.given else 0
    if not (row.content or files):
        return None
    turn = Turn(cast(Role, row.role), row.content, row.id)
    return Group((turn,), row.depth, PER_TURN + tokens_in(row.content) + files, files)


def _calling(row: Row, calls: tuple[ToolCall, ...], results: Mapping[str, Row]) -> Group:
    own = Turn("assistant", row.content, row.id, calls=calls)
    turns = (own, *(_result(call, results[call.id]) for call in calls))
    tokens = sum(PER_TURN + tokens_in(turn.text) for turn in turns)
    return Group(turns, row.depth, tokens + sum(tokens_in(call.name + call.arguments) for call in calls))


def _calls(row: Row, results: Mapping[str, Row]) -> Iterator[ToolCall]:
    """Those whose results are there; others would be refused."""
    for part in _parts(row, "tool-call"):
        key = str(part.get("id", ""))
        if key and key in results:
            yield ToolCall(key, str(part.get("name", "")), _as_text(part.get("arguments", {})))


def _result(call: ToolCall, row: Row) -> Turn:
    part = next(part for part in _parts(row, "tool-result") if str(part.get("call_id", "")) == call.id)
    is_error = part.get("state") == "error"
    return Turn("tool", _as_text(part.get("result", "")), row.id, call_id=call.id, is_error=is_error)


def _parts(row: Row, kind: str) -> list[dict[str, object]]:
    return [part for part in row.parts if part.get("type") == kind]


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else encode(value)
