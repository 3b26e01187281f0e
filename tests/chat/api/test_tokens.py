"""Tokens: what they may do, until when, and when they were used last.

Proves C12.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from channels.testing import WebsocketCommunicator
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from chat.generation.engine import Engine
from chat.models import ApiToken, Session, User
from chat.services.tokens import create_token, revoke_token
from chat.threads import write
from config.asgi import application
from tests.chat.api.client import Api, session_path
from tests.factories import make_session, messages_of

READ = ApiToken.Scope.READ
HOUR = timedelta(hours=1)


@pytest.fixture
def reader(alice: User) -> Api:
    return Api(token=create_token(user=alice, scope=READ))


def test_a_token_that_reads_reads_all_and_changes_nothing(reader: Api, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"], name="As it was")
    path, said = session_path(session.id), messages_of(session)[0]
    for address in (
        "/chat/sessions",
        path,
        f"{path}/messages",
        f"/chat/messages/{said.id}",
        "/chat/templates",
    ):
        assert reader.get(address).status == 200
    assert reader.call("HEAD", path).status == 200
    for method, address, body in (
        ("PATCH", path, {"name": "Changed"}),
        ("PATCH", path, {"colour": "red"}),  # told before it is told what else is wrong
        ("DELETE", path, None),
        ("POST", f"{path}/messages", {"content": "Hello"}),
        ("POST", f"{path}/messages", {"content": " "}),
        ("PUT", f"/chat/messages/{said.id}", {"content": "Changed"}),
        ("POST", "/chat/attachments", None),
    ):
        refused = reader.call(method, address, body)
        assert (refused.status, refused.json["type"]) == (403, "/api/problems/insufficient-scope")
        assert 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    session.refresh_from_db()
    assert (session.name, session.message_count) == ("As it was", 2)


def test_a_token_that_has_expired_opens_nothing_and_says_so(alice: User) -> None:
    good, over = (
        Api(token=create_token(user=alice, expires_at=timezone.now() + when)) for when in (HOUR, -HOUR)
    )
    assert good.get("/chat/sessions").status == 200
    for refused in (over.get("/chat/sessions"), over.post("/chat/sessions", {"colour": "red"})):
        assert (refused.status, refused.json["detail"]) == (401, "This token has expired.")
        assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
    assert not Session.objects.exists()


def test_only_a_token_that_was_sent_is_called_invalid(alice: User) -> None:
    assert "error" not in Api().get("/chat/sessions").headers["WWW-Authenticate"]
    assert 'error="invalid_token"' in Api(token="wrong").get("/chat/sessions").headers["WWW-Authenticate"]


@pytest.mark.parametrize(("expires_in", "status"), [(HOUR, 403), (-HOUR, 401)])
def test_metrics_ask_for_a_token_that_is_good(alice: User, expires_in: timedelta, status: int) -> None:
    token = create_token(user=alice, scope=READ, expires_at=timezone.now() + expires_in)
    assert Client().get("/metrics", headers={"Authorization": f"Bearer {token}"}).status_code == status


def used_at(token: str) -> object:
    return ApiToken.objects.get(digest=ApiToken.digest_of(token)).last_used_at


def test_the_last_use_is_known_to_the_minute_and_costs_a_write_a_minute(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    writes: list[Callable[..., object]] = []

    def write_now(function: Callable[..., object], *args: object) -> None:
        writes.append(function)
        function(*args)

    monkeypatch.setattr("chat.threads.write_later", write_now)
    token = create_token(user=alice)
    api = Api(token=token)
    assert used_at(token) is None
    for _ in range(3):
        api.get("/chat/sessions")
    first = used_at(token)
    assert first is not None
    assert len(writes) == 1
    ApiToken.objects.update(last_used_at=timezone.now() - HOUR)
    api.get("/chat/sessions")
    assert len(writes) == 1  # another process may have written it a moment ago
    cache.clear()
    api.get("/chat/sessions")
    assert len(writes) == 2
    assert used_at(token) >= first  # type: ignore[operator]


def test_what_is_refused_for_its_token_is_no_use(alice: User) -> None:
    token = create_token(user=alice, expires_at=timezone.now() - HOUR)
    Api(token=token).get("/chat/sessions")
    time.sleep(0.05)
    assert used_at(token) is None


@pytest.mark.parametrize("address", ["/ws/chat/", "/ws/chat/sessions/{}/?format=json"])
@pytest.mark.parametrize("is_revoked", [True, False])
async def test_a_socket_ends_within_two_seconds_of_its_token(
    alice: User, live_engine: Engine, address: str, is_revoked: bool
) -> None:
    session = await write(make_session, alice)
    token, other = [await write(lambda: create_token(user=alice)) for _ in range(2)]
    ended, kept = [await opened(address.format(session.id), one) for one in (token, other)]
    row = ApiToken.objects.filter(digest=ApiToken.digest_of(token))
    await write(
        lambda: revoke_token(token=row.get()) if is_revoked else row.update(expires_at=timezone.now())
    )
    async with asyncio.timeout(2):
        while (message := await ended.receive_output(timeout=3))["type"] != "websocket.close":
            pass
    assert message["code"] == 4404
    while not kept.output_queue.empty():
        assert kept.output_queue.get_nowait()["type"] != "websocket.close"
    await kept.disconnect()
    connected, code = await socket_with(address.format(session.id), token).connect()
    assert (connected, code) == (False, 4403)


def socket_with(address: str, token: str) -> WebsocketCommunicator:
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"host", b"localhost")]
    return WebsocketCommunicator(application, address, headers=headers)


async def opened(address: str, token: str) -> WebsocketCommunicator:
    socket = socket_with(address, token)
    connected, _ = await socket.connect()
    assert connected
    return socket


async def test_a_token_that_reads_stops_nothing(
    alice: User, live_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped: list[object] = []
    monkeypatch.setattr("chat.consumers.session.stop_reply", lambda **which: stopped.append(which))
    session = await write(make_session, alice)
    for scope in ApiToken.Scope:
        token = await write(partial(create_token, user=alice, scope=scope))
        socket = await opened(f"/ws/chat/sessions/{session.id}/?format=json", token)
        await socket.send_to(json.dumps({"type": "stop"}))
        await asyncio.sleep(0.2)
        await socket.disconnect()
        assert len(stopped) == (scope is ApiToken.Scope.FULL)
