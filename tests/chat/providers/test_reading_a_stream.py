"""The parser alone, fed every way that a network may cut a stream."""

from __future__ import annotations

from collections.abc import Iterable

import pytest

from chat.providers.contract import Delta, Finish, ProviderConfig, ProviderError, Text, Usage
from chat.providers.failures import Failures
from chat.providers.openai_reply import Reply
from chat.providers.sse import MAX_LINE, DataLines, LineTooLong
from tests.upstream_openai import steps
from tests.upstream_replies import UNICODE


def wire(model: str) -> bytes:
    return b"".join(step.data for step in steps({"model": model}))


def read(chunks: Iterable[bytes]) -> list[Delta]:
    reply = Reply(Failures(ProviderConfig("Acme", "openai")))
    deltas = [delta for chunk in chunks for delta in reply.feed(chunk)]
    return [*deltas, *reply.close()]


@pytest.mark.parametrize("model", ["odd", "utf8split", "reason5", "tools", "n5"])
def test_it_reads_the_same_wherever_the_stream_is_cut(model: str) -> None:
    data = wire(model)
    whole = read([data])
    assert len(whole) > 1
    assert all(read([data[:k], data[k:]]) == whole for k in range(len(data)))
    assert read(data[k : k + 1] for k in range(len(data))) == whole


def test_it_reads_all_that_the_format_allows() -> None:
    assert read([wire("odd")]) == [
        Text("a"),
        Text("b"),
        Text("c"),
        Text("d"),
        Finish("stop", Usage(None, 4), None),
    ]


def test_it_keeps_characters_whole() -> None:
    assert read([wire("utf8split")])[0] == Text(UNICODE)


@pytest.mark.parametrize(
    "event",
    [
        b'{"choices":[{"delta":{"content":"\\ud83d"}}]}',
        b'{"choices":[{"delta":{"content":"\\u0000"}}]}',
        b'{"choices":[{"delta":{"content":"\xff\xfe"}}]}',
    ],
)
def test_it_hands_on_whatever_a_model_says(event: bytes) -> None:
    reply = Reply(Failures(ProviderConfig("Acme", "openai")))
    (delta,) = reply.feed(b"data: " + event + b"\n\n")
    assert isinstance(delta, Text)
    assert delta.text


@pytest.mark.parametrize("event", [b"{", b"[" * 200_000, b"1" * 5000, b"\xff", b"nonsense"])
def test_it_calls_what_it_cannot_read_damaged(event: bytes) -> None:
    reply = Reply(Failures(ProviderConfig("Acme", "openai")))
    with pytest.raises(ProviderError, match="damaged"):
        list(reply.feed(b"data: " + event + b"\n\n"))


def test_it_does_not_hold_a_line_without_an_end() -> None:
    lines = DataLines()
    assert not list(lines.feed(b"x" * MAX_LINE))
    with pytest.raises(LineTooLong):
        list(lines.feed(b"x"))
