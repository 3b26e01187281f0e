"""What is too large does not reach Django, or is refused by it in words."""

from __future__ import annotations

import io
import json
from typing import Any

from asgiref.sync import async_to_sync
from django.test import AsyncClient
from pytest_django import Settings

from chat.http.sizes import BODY, FORM_OVERHEAD, PIECE_BYTES, with_body_from_file, with_size_limit
from chat.models import Message, User
from tests.factories import make_session

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

    limited = with_size_limit(application, lambda _path: 10 + FORM_OVERHEAD)
    await limited({"type": "http", "headers": headers}, receive, send)
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


async def test_a_body_is_handed_on_from_its_file_and_the_file_is_closed() -> None:
    got: list[Any] = []
    file = io.BytesIO(b"x" * PIECE_BYTES + b"end")
    waiting = [{"type": "http.request", "body": b"", "more_body": False}, {"type": "http.disconnect"}]

    async def application(scope: Scope, receive: Any, _send: Any) -> None:
        assert BODY not in scope
        got.extend([await receive() for _ in range(3)])

    async def receive() -> Any:
        return waiting.pop(0)

    await with_body_from_file(application)({"type": "http", BODY: file}, receive, None)
    assert [(one.get("body", b"")[-3:], one.get("more_body")) for one in got] == [
        (b"xxx", True),
        (b"end", False),
        (b"", None),
    ]
    assert file.closed


async def test_a_file_that_nobody_reads_is_closed_too() -> None:
    file = io.BytesIO(b"body")

    async def application(_scope: Scope, _receive: Any, _send: Any) -> None:
        return

    await with_body_from_file(application)({"type": "http", BODY: file}, None, None)
    assert file.closed


def post_form(user: User, path: str, **headers: str) -> Any:
    client = AsyncClient()
    client.force_login(user)
    call: Any = async_to_sync(client.post)
    return call(path, {"content": "ocean " * 500}, headers=headers)


def test_a_form_that_is_too_large_is_answered_with_a_page(alice: User, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048
    for path in ("/send/", f"/chat/{make_session(alice).id}/send/", "/login/"):
        answer = post_form(alice, path)
        assert answer.status_code == 413
        assert "<html" in answer.content.decode()
        assert "up to 2 KB of text" in answer.content.decode()
    assert not Message.objects.exists()


def test_the_script_shows_that_beside_the_composer(alice: User, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2048
    answer = post_form(alice, "/send/", **{"HX-Request": "true"})
    assert (answer.status_code, answer["HX-Retarget"]) == (413, "#composer-error")
    assert "Too long" in answer.content.decode()
