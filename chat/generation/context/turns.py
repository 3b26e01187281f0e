"""Rows as turns: a message each, or a reply with its calls of tools and their results as one whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from chat.estimates import PER_TURN, tokens_in
from chat.generation.context.path import Row
from chat.generation.given import Plan
from chat.generation.rounds import turns_of
from chat.parts import Part, is_whole, with_words
from chat.providers.contract import Role, Turn

# In tokens: of what a tool answered so much goes, however little room there is.
MIN_RESULT = 100


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
        self._results: list[Part] = []

    def groups(self, rows: Iterable[Row], plan: Plan) -> Iterator[Group]:
        for row in rows:
            if row.role == "tool":
                self._results[:0] = [part for part in row.parts if part.get("type") == "tool-result"]
            else:
                group = _group(row, plan, self._results)
                # A result without its call would be refused.
                self._results = []
                if group is not None:
                    yield group


def _group(row: Row, plan: Plan, results: Sequence[Part]) -> Group | None:
    """Files go along with what was said; they are put in when it is settled what goes."""
    if row.role == "assistant" and any(part.get("type") == "tool-call" for part in row.parts):
        return _calling(row, results)
    files = plan.tokens_of(row.id) if row.id in plan.given else 0
    if not (row.content or files):
        return None
    turn = Turn(cast(Role, row.role), row.content, row.id)
    return Group((turn,), row.depth, PER_TURN + tokens_in(row.content) + files, files)


def _calling(row: Row, results: Sequence[Part]) -> Group | None:
    """A reply with the results that are in it, or in messages after it."""
    said = row.parts if is_whole(row.parts) else [*with_words(row.content), *row.parts]
    turns = [replace(turn, message_id=row.id) for turn in turns_of([*said, *results])]
    return Group(tuple(turns), row.depth, tokens_of(turns)) if turns else None


def tokens_of(turns: Iterable[Turn]) -> int:
    return sum(
        PER_TURN + tokens_in(turn.text) + sum(tokens_in(call.name + call.arguments) for call in turn.calls)
        for turn in turns
    )


def bounded(turns: Sequence[Turn], *, most: int) -> list[Turn]:
    """The turns with what tools answered cut to what fits, each to an even part of it."""
    results = [turn for turn in turns if turn.call_id]
    if tokens_of(turns) <= most or not results:
        return [*turns]
    rest = most - tokens_of(turn for turn in turns if not turn.call_id)
    longest = max(MIN_RESULT, rest // len(results))
    return [_cut(turn, longest) if turn.call_id else turn for turn in turns]


def _cut(turn: Turn, tokens: int) -> Turn:
    has = tokens_in(turn.text)
    if has <= tokens:
        return turn
    return replace(turn, text=f"{turn.text[: len(turn.text) * tokens // has]}\n[It is cut here.]")
