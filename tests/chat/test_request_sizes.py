"""What is too large is refused before it is kept."""

from __future__ import annotations

import json
from typing import Any

from chat.http.sizes import FORM_OVERHEAD, with_size_limit

Scope = dict[str, Any]


async def call(headers: list[tuple[bytes, bytes]], *bodies: bytes) -> tuple[list[Any], list[Any]]:
    """What the application got, and what the client got, under a limit of 10 bytes."""
    got: list[Any] = []
    sent: list[Any] = []
    waiting = [{"type": "http.request", "body": body, "more_body": True} for body in bodies]

    async def application(_scope: Scope, receive: Any, _send: Any) -> None:
        while waiting:
            got.append(await receive())

    async def receive() -> Any:
        return waiting.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await with_size_limit(application, 10)({"type": "http", "headers": headers}, receive, send)
    return got, sent


async def test_it_refuses_a_request_that_names_too_great_a_size() -> None:
    got, sent = await call([(b"content-length", str(FORM_OVERHEAD + 11).encode())], b"x")
    assert got == []
    assert sent[0]["status"] == 413
    assert json.loads(sent[1]["body"])["status"] == 413


async def test_it_reads_no_more_of_one_that_names_none() -> None:
    got, _ = await call([], b"x" * FORM_OVERHEAD, b"y" * 10, b"z")
    assert [message["type"] for message in got] == ["http.request", "http.request", "http.disconnect"]


async def test_it_lets_a_request_through_that_fits() -> None:
    got, sent = await call([(b"content-length", b"3")], b"abc")
    assert got[0]["body"] == b"abc"
    assert sent == []
