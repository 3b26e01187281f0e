"""Event streams, with the engine at work: a reply's own, and a session's from any number on.

Proves B25 and E4.
"""

from __future__ import annotations

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.test import AsyncClient

from chat.generation.engine import Engine
from chat.hub import hub
from chat.models import ApiToken, Session, User
from chat.providers.contract import Finish, ProviderError, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.sessions import delete_session
from chat.threads import write
from tests.factories import make_session, make_token, make_user, messages_of


@dataclass(frozen=True)
class Heard:
    id: int
    event: str
    data: Any


class Listener:
    """A program in the loop of the engine."""

    def __init__(self, token: str) -> None:
        self.client = AsyncClient()
        self.headers = {"Authorization": f"Bearer {token}"}

    async def call(self, method: str, path: str, body: Any = None, **headers: str) -> Any:
        sent = self.headers | {name.replace("_", "-"): value for name, value in headers.items()}
        call: Any = self.client.generic
        data = b"" if body is None else json.dumps(body).encode()
        return await call(method, f"/api{path}", data, content_type="application/json", headers=sent)

    async def stream(self, method: str, path: str, body: Any = None, **headers: str) -> AsyncIterator[Heard]:
        response = await self.call(method, path, body, Accept="text/event-stream", **headers)
        assert response.status_code == 200, response.content
        assert response.headers["Content-Type"] == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        return heard(response)


async def heard(response: Any) -> AsyncIterator[Heard]:
    rest = ""
    async for piece in response:
        rest += piece.decode()
        *blocks, rest = rest.split("\n\n")
        for block in blocks:
            if not block.startswith(":"):
                fields = dict(line.split(": ", 1) for line in block.split("\n"))
                yield Heard(int(fields["id"]), fields["event"], json.loads(fields["data"]))


async def until_done(events: AsyncIterator[Heard]) -> list[Heard]:
    found = []
    async with asyncio.timeout(10):
        async for event in events:
            found.append(event)
            if event.event == "done":
                break
    return found


def text_of(events: list[Heard]) -> str:
    text = ""
    for event in events:
        if event.data.get("type") == "delta":
            assert event.data["offset"] == len(text)
            text += event.data["text"]
    return text


@pytest.fixture
async def listener(transactional_db: None) -> Listener:
    return Listener(await write(lambda: make_token(make_user("alice"))))


@pytest.fixture
async def session(listener: Listener) -> Session:
    return await write(lambda: make_session(User.objects.get(username="alice")))


async def test_a_reply_comes_from_ack_to_done(
    listener: Listener, session: Session, live_engine: Engine
) -> None:
    events = await listener.stream(
        "POST", f"/chat/sessions/{session.id}/messages", {"content": "One two three"}
    )
    found = [event async for event in events]
    assert found[0].event == "ack"
    assert (found[-1].event, found[-1].data["status"]) == ("done", "complete")
    assert found[-2].data["type"] == "assistant"
    assert text_of(found) == "One two three" == found[-2].data["message"]["content"]
    assert [event.id for event in found] == sorted({event.id for event in found})


async def test_a_retry_hears_it_all_again(listener: Listener, session: Session, live_engine: Engine) -> None:
    path, body, key = f"/chat/sessions/{session.id}/messages", {"content": "One two"}, str(uuid4())
    first = await until_done(await listener.stream("POST", path, body, Idempotency_Key=key))
    again = await until_done(await listener.stream("POST", path, body, Idempotency_Key=key))
    assert (again[0].event, again[-1]) == ("ack", first[-1])
    assert text_of(again) == "One two"
    other = await listener.call("POST", path, {"content": "Three"}, Idempotency_Key=key)
    assert other.status_code == 422


async def test_a_failure_is_told_before_done(
    listener: Listener, session: Session, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("broken", [Text("Half"), ProviderError("Cut off", "The server hung up.", retryable=True)])
    await write(lambda: Session.objects.update(model="broken"))
    events = await listener.stream("POST", f"/chat/sessions/{session.id}/messages", {"content": "Go"})
    found = await until_done(events)
    assert [event.event for event in found[-3:]] == ["error", "message", "done"]
    assert found[-3].data["title"] == "Cut off"
    assert (found[-2].data["message"]["content"], found[-1].data["status"]) == ("Half", "error")


async def test_a_reply_that_another_takes_over_comes_from_ack_to_the_others_done(
    listener: Listener, session: Session, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    """No error and no end before the last word; a retry hears the same again."""
    scripts.script("broken", [Text("Half"), ProviderError("Cut off", "The server hung up.", retryable=True)])
    scripts.script("spare", [Text("Here "), 0.06, Text("it is"), Finish("stop", None)])
    stand_ins = [{"provider": "scripted", "model": "spare"}]
    await write(lambda: Session.objects.update(provider="scripted", model="broken", fallbacks=stand_ins))
    path, key = f"/chat/sessions/{session.id}/messages", str(uuid4())
    found = [e async for e in await listener.stream("POST", path, {"content": "Go"}, Idempotency_Key=key)]
    first, last = found[0].data["assistant_message"]["id"], found[-1].data["message_id"]
    assert [event.event for event in found if event.event != "message"] == ["ack", "done"]
    told = [(event.data["type"], event.data["message_id"]) for event in found if event.event == "message"]
    assert told.index(("assistant", first)) < told.index(("created", last)) < told.index(("assistant", last))
    assert (found[-1].data["status"], found[-2].data["message"]["content"]) == ("complete", "Here it is")
    assert text_of([event for event in found if event.data.get("message_id") == last]) == "Here it is"
    assert found[-2].data["message"]["tried"][0]["message_id"] == first
    again = [e async for e in await listener.stream("POST", path, {"content": "Go"}, Idempotency_Key=key)]
    assert (again[0].event, again[-1]) == ("ack", found[-1])


async def test_stop_ends_the_stream_with_what_came(
    listener: Listener, session: Session, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("slow", [Text("Begun"), asyncio.Event(), Finish("stop", None)])
    await write(lambda: Session.objects.update(model="slow"))
    found = []
    async with asyncio.timeout(10):
        async for event in await listener.stream(
            "POST", f"/chat/sessions/{session.id}/messages", {"content": "Go"}
        ):
            found.append(event)
            if event.data.get("type") == "delta":
                await listener.call("POST", f"/chat/sessions/{session.id}/stop")
    assert (found[-1].data["status"], found[-2].data["message"]["content"]) == ("stopped", "Begun")


async def test_regenerating_streams_the_new_reply(listener: Listener, live_engine: Engine) -> None:
    session = await write(lambda: make_session(User.objects.get(username="alice"), ["Say it", "No"]))
    _, reply = await write(messages_of, session)
    found = await until_done(await listener.stream("POST", f"/chat/messages/{reply.id}/regenerate"))
    assert found[0].event == "ack"
    assert text_of(found) == "Say it"


async def test_a_session_is_heard_from_any_number_on(
    listener: Listener, session: Session, live_engine: Engine
) -> None:
    path = f"/chat/sessions/{session.id}"
    live = asyncio.create_task(until_done(await listener.stream("GET", f"{path}/stream")))
    await asyncio.sleep(0.1)
    await until_done(await listener.stream("POST", f"{path}/messages", {"content": "One two three"}))
    whole = await live
    assert text_of(whole) == "One two three"
    for middle in whole[:-1]:
        events = await listener.stream("GET", f"{path}/stream", Last_Event_ID=str(middle.id))
        rest = await until_done(events)
        assert rest[0].id > middle.id
        assert rest[-1] == whole[-1]
    everything = await until_done(await listener.stream("GET", f"{path}/stream", Last_Event_ID="0"))
    assert text_of(everything) == "One two three"


@pytest.mark.parametrize("sent", ["abc", "-1", "1.5", "²"])
async def test_a_last_event_id_that_is_no_number_is_refused(
    listener: Listener, session: Session, sent: str
) -> None:
    refused = await listener.call("GET", f"/chat/sessions/{session.id}/stream", Last_Event_ID=sent)
    assert refused.status_code == 400


@pytest.mark.parametrize("sent", ["999", "9" * 19, "1" + "0" * 30, "9" * 5000])
async def test_a_number_from_the_future_is_answered_with_a_reset(
    listener: Listener, session: Session, live_engine: Engine, sent: str
) -> None:
    events = await listener.stream("GET", f"/chat/sessions/{session.id}/stream", Last_Event_ID=sent)
    assert (await anext(events)).event == "reset"


async def test_the_stream_ends_with_the_session(
    listener: Listener, session: Session, live_engine: Engine
) -> None:
    events = await listener.stream("GET", f"/chat/sessions/{session.id}/stream")
    await write(delete_session, session=session)
    async with asyncio.timeout(5):
        found = [event async for event in events]
    assert {event.event for event in found} <= {"session"}


async def test_the_stream_ends_when_one_is_suspended(
    listener: Listener, session: Session, live_engine: Engine
) -> None:
    events = await listener.stream("GET", f"/chat/sessions/{session.id}/stream")
    await write(lambda: User.objects.update(is_active=False))
    async with asyncio.timeout(5):
        assert [event async for event in events] == []


async def test_the_stream_ends_with_its_token(
    listener: Listener, session: Session, live_engine: Engine
) -> None:
    events = await listener.stream("GET", f"/chat/sessions/{session.id}/stream")
    await write(lambda: ApiToken.objects.all().delete())
    async with asyncio.timeout(2):
        assert [event async for event in events] == []


async def test_a_client_that_leaves_before_it_reads_leaves_no_listener(
    listener: Listener, session: Session, live_engine: Engine
) -> None:
    path = f"/chat/sessions/{session.id}/messages"
    response = await listener.call("POST", path, {"content": "Hello"}, Accept="text/event-stream")
    assert session.id in hub._listeners
    del response
    async with asyncio.timeout(5):
        while session.id in hub._listeners:
            gc.collect()  # the generators let go of one another in turns
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("body", [{"content": " "}, {"content": "Hello", "colour": "red"}, {}])
async def test_a_refusal_is_a_problem_and_no_stream(
    listener: Listener, session: Session, body: object
) -> None:
    refused = await listener.call(
        "POST", f"/chat/sessions/{session.id}/messages", body, Accept="text/event-stream"
    )
    assert refused.status_code in (400, 422)
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert session.id not in hub._listeners


async def test_a_stranger_gets_no_stream(listener: Listener, session: Session) -> None:
    token = await write(lambda: make_token(make_user("charlie")))
    charlie = Listener(token)
    path = f"/chat/sessions/{session.id}"
    for method, address, body in (
        ("GET", f"{path}/stream", None),
        ("POST", f"{path}/messages", {"content": "Hi"}),
    ):
        refused = await charlie.call(method, address, body, Accept="text/event-stream")
        assert refused.status_code == 404
    assert session.id not in hub._listeners
