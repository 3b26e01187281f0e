"""What is too large does not reach Django, or is refused by it in words."""

from __future__ import annotations

import json
from typing import Any

from asgiref.sync import async_to_sync
from django.test import AsyncClient
from pytest_django import Settings

from chat.http.sizes import FORM_OVERHEAD, with_size_limit
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
