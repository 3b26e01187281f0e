"""Calls of tools in the OpenAI protocol, in all the pieces that servers make of them. Proves C5."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chat.providers.contract import (
    Called,
    Delta,
    Finish,
    ProviderConfig,
    ProviderError,
    Reasoning,
    ToolCall,
    Turn,
)
from chat.providers.failures import Failures
from chat.providers.openai_reply import Reply
from chat.providers.pairing import arguments_of, paired

WHOLE = {"id": "a", "type": "function", "function": {"name": "f", "arguments": '{"x":1}'}}
PARALLEL = [
    [{"index": 0, "id": "a", "function": {"name": "f", "arguments": ""}}],
    [{"index": 1, "id": "b", "function": {"name": "g", "arguments": "{"}}],
    [{"index": 0, "function": {"arguments": '{"x"'}}, {"index": 1, "function": {"arguments": "}"}}],
    [{"index": 0, "function": {"arguments": ":1}"}}],
]
LATE_ID = [
    [{"index": 0, "function": {"name": "f", "arguments": '{"x":1}'}}],
    [{"index": 0, "id": "a", "function": {}}],
]
NAME_AGAIN = [
    [{"index": 0, "id": "a", "function": {"name": "f", "arguments": '{"x"'}}],
    [{"index": 0, "id": "a", "function": {"name": "f", "arguments": ":1}"}}],
]
WITHOUT_INDEX = [[WHOLE], [{"id": "b", "function": {"name": "g", "arguments": "{}"}}]]
ALL_ZERO = [[{"index": 0} | WHOLE], [{"index": 0, "id": "b", "function": {"name": "g", "arguments": "{}"}}]]
AS_OBJECT = [[{"index": 0, "id": "a", "function": {"name": "f", "arguments": {"x": 1}}}]]
F, G = ToolCall("a", "f", '{"x":1}'), ToolCall("b", "g", "{}")


def wire(pieces: list[Any], reason: str | None = "tool_calls", name: str = "tool_calls") -> bytes:
    events: list[Any] = [{"choices": [{"delta": {name: piece}}]} for piece in pieces]
    events.append({"choices": [{"delta": {}, "finish_reason": reason}]})
    return b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events) + b"data: [DONE]\n\n"


def read(data: bytes) -> list[Delta]:
    reply = Reply(Failures(ProviderConfig("Acme", "openai")))
    return [*reply.feed(data), *reply.close()]


def calls_in(deltas: list[Delta]) -> list[ToolCall]:
    return [delta.call for delta in deltas if isinstance(delta, Called)]


@pytest.mark.parametrize(
    ("pieces", "calls"),
    [
        (PARALLEL, [F, G]),
        (LATE_ID, [F]),
        (NAME_AGAIN, [F]),
        (WITHOUT_INDEX, [F, G]),
        (ALL_ZERO, [F, G]),
        (AS_OBJECT, [ToolCall("a", "f", '{"x": 1}')]),
        ([[None, 3, {"index": "x"}], [{"index": 0} | WHOLE]], [F]),
    ],
)
def test_the_calls_are_put_together_again(pieces: list[Any], calls: list[ToolCall]) -> None:
    assert calls_in(read(wire(pieces))) == calls


@pytest.mark.parametrize("reason", ["tool_calls", "stop", "function_call", None])
def test_it_ends_with_calls_whatever_the_server_calls_that(reason: str | None) -> None:
    finish = read(wire(PARALLEL, reason))[-1]
    assert isinstance(finish, Finish)
    assert finish.reason == "tool_calls"


def test_the_old_way_of_one_call_is_read_too() -> None:
    pieces = [{"name": "f", "arguments": ""}, {"arguments": '{"x":1}'}]
    (call,) = calls_in(read(wire(pieces, "function_call", "function_call")))
    assert (call.name, call.arguments) == ("f", '{"x":1}')
    assert call.id.startswith("call_")


def test_what_never_got_a_name_is_no_call() -> None:
    with pytest.raises(ProviderError, match="empty reply"):
        read(wire([[{"index": 0, "id": "a"}]]))


@pytest.mark.parametrize(
    "pieces",
    [
        [[{"index": k, "id": str(k), "function": {"name": "f"}}] for k in range(200)],
        [[{"index": 0, "function": {"arguments": "x" * 900_000}}]] * 2,
    ],
)
def test_more_than_any_model_asks_for_is_not_held(pieces: list[Any]) -> None:
    with pytest.raises(ProviderError, match="damaged"):
        read(wire(pieces))


def test_thoughts_before_a_call_are_given_back() -> None:
    thought = b'data: {"choices":[{"delta":{"reasoning_content":"Hm."}}]}\n\n'
    finish = read(thought + wire(PARALLEL))[-1]
    assert isinstance(finish, Finish)
    assert finish.echo == {"openai": {"reasoning_content": "Hm."}}


def test_blocks_of_thoughts_that_come_in_pieces_are_given_back_whole() -> None:
    pieces: list[dict[str, Any]] = [
        {"type": "reasoning.text", "text": "Let", "format": "x", "index": 0},
        {"type": "reasoning.text", "text": " me.", "signature": None, "index": 0},
        {"type": "reasoning.text", "signature": "S", "index": 0},
        {"type": "reasoning.encrypted", "data": "D", "id": "r", "index": 1},
        {"type": "reasoning.summary", "summary": "Whole."},
    ]
    events = [{"choices": [{"delta": {"reasoning_details": [piece]}}]} for piece in pieces]
    thoughts = b"".join(b"data: %b\n\n" % json.dumps(event).encode() for event in events)
    *_deltas, finish = deltas = read(thoughts + wire(PARALLEL))
    assert [one.text for one in deltas if isinstance(one, Reasoning)] == ["Let", " me.", "Whole."]
    assert isinstance(finish, Finish)
    assert finish.echo["openai"]["reasoning_details"] == [
        {"type": "reasoning.text", "text": "Let me.", "format": "x", "index": 0, "signature": "S"},
        pieces[3],
        pieces[4],
    ]


def test_a_block_of_thoughts_of_no_kind_ends_nothing() -> None:
    odd = b'data: {"choices":[{"delta":{"reasoning_details":[{"type":[],"index":0,"text":"Hm."}]}}]}\n\n'
    assert isinstance(read(odd + wire(PARALLEL))[-1], Finish)


def test_each_call_is_followed_by_its_result() -> None:
    asking = Turn("assistant", "", calls=(F, G))
    first, second = Turn("tool", "1", call_id="a"), Turn("tool", "2", call_id="b")
    stray = Turn("tool", "3", call_id="c")
    assert paired([asking, second, first]) == [asking, first, second]
    assert paired([asking, second]) == [Turn("assistant", "", calls=(G,)), second]
    assert paired([asking, Turn("user", "?"), first]) == [
        Turn("assistant", ""),
        Turn("user", "?"),
        Turn("user", "1"),
    ]
    assert paired([asking, first, second, stray]) == [asking, first, second, Turn("user", "3")]


@pytest.mark.parametrize("arguments", ["", "[]", "{", "[" * 100_000, "3"])
def test_arguments_that_are_none_are_none(arguments: str) -> None:
    assert arguments_of(ToolCall("a", "f", arguments)) == {}
