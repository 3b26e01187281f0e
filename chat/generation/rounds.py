"""What a reply with tools has said and done so far, as the turns that its model goes on from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from chat.parts import Part
from chat.providers.contract import ToolCall, Turn


def turns_of(parts: Iterable[Part], echoes: Sequence[Any] = ()) -> list[Turn]:
    """One turn for each of the model's answers, and one for each result after it.

    `parts` are those of one message, in order; `echoes` are what the provider wants back, answer by answer.
    A call whose result is not there is left out, as no provider takes one.
    """
    parts = [*parts]
    echo = iter(echoes)
    answered = {_key(part) for part in parts if part["type"] == "tool-result"}
    turns: list[Turn] = []
    answer: list[Part] = []
    results: list[Part] = []
    for part in [*parts, None]:
        if results and (part is None or part["type"] != "tool-result"):
            turns += [_answer(answer, answered, next(echo, None)), *map(_result, results)]
            answer, results = [], []
        if part is not None:
            (results if part["type"] == "tool-result" else answer).append(part)
    if any(part["type"] != "reasoning" for part in answer):
        turns.append(_answer(answer, answered, None))
    return [turn for turn in turns if turn.text or turn.calls or turn.call_id]


def _answer(parts: Sequence[Part], answered: set[str], echo: Any) -> Turn:
    text, thoughts = (
        "".join(part["text"] for part in parts if part["type"] == kind) for kind in ("text", "reasoning")
    )
    calls = [part for part in parts if part["type"] == "tool-call" and _key(part) in answered]
    return Turn("assistant", text.strip("\n"), calls=tuple(map(_call, calls)), echo=echo, thoughts=thoughts)


def _call(part: Part) -> ToolCall:
    arguments = json.dumps(part.get("arguments") or {}, ensure_ascii=False, separators=(",", ":"))
    return ToolCall(_key(part), str(part.get("name", "")), arguments)


def _key(part: Part) -> str:
    """Which call it is, or is the result of; programs that put in parts name that in either way."""
    return str(part.get("call_id") or part.get("id") or "")


def _result(part: Part) -> Turn:
    said = part.get("result", "")
    text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
    return Turn("tool", text, call_id=_key(part), is_error=part.get("state") == "error")
