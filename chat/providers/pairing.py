"""Calls of tools beside their results: what every server insists on, and what a conversation may not have."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

from chat.providers.contract import ToolCall, Turn


def paired(turns: Sequence[Turn]) -> list[Turn]:
    """Each call with its result right after it, in the order of the calls.

    A call that has no result (the reply was stopped, or the window begins behind it) is left out; a result
    without its call would be refused, so it goes as the user's words.
    """
    sent: list[Turn] = []
    index = 0
    while index < len(turns):
        turn = turns[index]
        index += 1
        if turn.role == "tool":
            sent.append(dataclasses.replace(turn, role="user", call_id=""))
            continue
        if turn.calls:
            results, index = _results(turns, index)
            sent += _answered(turn, results)
        else:
            sent.append(turn)
    return sent


def _results(turns: Sequence[Turn], index: int) -> tuple[list[Turn], int]:
    results = []
    while index < len(turns) and turns[index].role == "tool":
        results.append(turns[index])
        index += 1
    return results, index


def _answered(turn: Turn, results: Sequence[Turn]) -> list[Turn]:
    by_id = {result.call_id: result for result in results}
    calls = tuple(call for call in turn.calls if call.id in by_id)
    strays = [result for result in results if result.call_id not in {call.id for call in calls}]
    asking = dataclasses.replace(turn, calls=calls)
    return [asking, *(by_id[call.id] for call in calls), *paired(strays)]


def arguments_of(call: ToolCall) -> dict[str, Any]:
    """The arguments as an object, where a server wants no text; none where the model wrote none."""
    try:
        arguments = json.loads(call.arguments)
    except (ValueError, RecursionError):
        return {}
    return arguments if isinstance(arguments, dict) else {}
