"""One question to several models over the API: asked, streamed, sent again, asked beside, merged.

Proves F2 and B25.
"""

from __future__ import annotations

import asyncio
from importlib import import_module
from typing import Any
from uuid import uuid4

import pytest
from pytest_django import Settings

from chat.generation.engine import Engine
from chat.models import ConfiguredProvider, Lineup, Message, Session, User
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.threads import read, write
from tests.chat.api.client import Api, session_path
from tests.chat.api.test_streams import Listener, text_of
from tests.factories import add_message, make_session, make_token, make_user, messages_of

THREE = [{"provider": "scripted", "model": name} for name in ("one", "two", "three")]
END = Finish("stop", None)


def messages_path(session: Session) -> str:
    return f"{session_path(session.id)}/messages"


def test_sending_to_several_answers_with_all_replies_the_one_on_show_first(api: Api, alice: User) -> None:
    session = make_session(alice)
    sent = api.post(messages_path(session), {"content": "Which way?", "models": THREE})
    assert sent.status == 202
    replies = sent.json["assistant_messages"]
    assert [one["model"] for one in replies] == ["one", "two", "three"]
    assert replies[0] == sent.json["assistant_message"]
    keys = [one["id"] for one in replies]
    assert [one["alternatives"] for one in replies] == [keys] * 3
    shown = [one["id"] for one in api.get(messages_path(session)).json["items"]]
    assert shown == [sent.json["user_message"]["id"], keys[0]]
    assert api.get(session_path(session.id)).json["message_count"] == 2


@pytest.mark.parametrize(
    "models",
    [
        THREE[:1],
        [*THREE, *THREE],
        [THREE[0], THREE[0]],
        [THREE[0], {"provider": "nobody", "model": "x"}],
        [THREE[0], {"model": "x"}],
        [THREE[0], {**THREE[1], "colour": "red"}],
        "one",
        [],
    ],
)
def test_models_that_cannot_be_asked_together_are_refused(api: Api, alice: User, models: Any) -> None:
    session = make_session(alice)
    refused = api.post(messages_path(session), {"content": "Which way?", "models": models})
    assert refused.status == 422
    assert all(field.split(".")[0] == "models" for field in refused.json["errors"])
    assert not Message.objects.exists()


def test_each_model_counts_as_a_message(api: Api, alice: User, settings: Settings) -> None:
    settings.PARLEY_RATE_LIMIT = "4/h"
    path = messages_path(make_session(alice))
    assert api.post(path, {"content": "Which way?", "models": THREE}).status == 202
    path = messages_path(make_session(alice))
    assert api.post(path, {"content": "Which way?", "models": THREE[:2]}).status == 429
    assert api.post(path, {"content": "Which way?"}).status == 202


def test_sent_again_with_its_key_it_is_there_once(api: Api, alice: User) -> None:
    path, key = messages_path(make_session(alice)), str(uuid4())
    body = {"content": "Which way?", "models": THREE}
    first = api.post(path, body, Idempotency_Key=key)
    again = api.post(path, body, Idempotency_Key=key)
    assert (again.status, again.json) == (202, first.json)
    other = api.post(path, {**body, "models": THREE[:2]}, Idempotency_Key=key)
    assert (other.status, other.json["type"]) == (422, "/api/problems/id-reused")


def test_sent_again_with_its_key_it_is_there_when_a_model_is_gone(api: Api, alice: User) -> None:
    session, key = make_session(alice), str(uuid4())
    extra = ConfiguredProvider.objects.create(name="mine", kind="scripted", owner=alice)
    models = [*THREE[:2], {"provider": "mine", "model": "default"}]
    body = {"content": "Which way?", "models": models}
    first = api.post(messages_path(session), body, Idempotency_Key=key)
    assert first.status == 202
    extra.delete()
    again = api.post(messages_path(session), body, Idempotency_Key=key)
    assert (again.status, again.json["assistant_messages"]) == (202, first.json["assistant_messages"])
    assert api.post(messages_path(session), body).status == 422


def test_others_are_asked_beside_a_reply(api: Api, alice: User) -> None:
    _, reply = messages_of(make_session(alice, ["Hello", "Hi"]))
    again = api.post(f"/chat/messages/{reply.id}/regenerate", {"models": THREE[:2]})
    assert again.status == 202
    keys = [one["id"] for one in again.json["assistant_messages"]]
    assert again.json["assistant_message"]["alternatives"] == [str(reply.id), *keys]


def test_there_must_be_two_whole_replies_to_merge(api: Api, alice: User) -> None:
    said, reply = messages_of(make_session(alice, ["Hello", "Hi"]))
    assert api.post(f"/chat/messages/{said.id}/merge").status == 422
    add_message(reply.session, said, "Good day", is_active=False, model="two")
    merged = api.post(f"/chat/messages/{said.id}/merge", {"provider": "scripted", "model": "three"})
    assert merged.status == 202
    told = merged.json["assistant_message"]
    assert (told["model"], [one["model"] for one in told["merged_from"]]) == ("three", ["", "two"])
    assert api.post(f"/chat/messages/{said.id}/merge").status == 409
    assert Lineup.objects.count() == 0


@pytest.fixture
async def listener(transactional_db: None) -> Listener:
    return Listener(await write(lambda: make_token(make_user("alice"))))


async def test_the_stream_tells_of_all_replies_and_ends_with_the_last(
    listener: Listener, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    session = await write(lambda: make_session(User.objects.get(username="alice")))
    for one in THREE:
        scripts.script(one["model"], [Text("I am "), 0.06, Text(one["model"]), END])
    scripts.script("two", [Text("I am "), 0.3, Text("two"), END])
    path = f"/chat/sessions/{session.id}/messages"
    body, key = {"content": "Who?", "models": THREE}, str(uuid4())
    found = [one async for one in await listener.stream("POST", path, body, Idempotency_Key=key)]
    assert found[0].event == "ack"
    keys = [one["id"] for one in found[0].data["assistant_messages"]]
    assert keys[0] == found[0].data["assistant_message"]["id"]
    said = [text_of([one for one in found if one.data.get("message_id") == key]) for key in keys]
    assert said == ["I am one", "I am two", "I am three"]
    ends = [one.data["message_id"] for one in found if one.event == "done"]
    assert (sorted(ends), ends[-1], found[-1].event) == (sorted(keys), keys[1], "done")
    beside = {one.data["message_id"] for one in found if one.data.get("beside")}
    assert beside == {*keys[1:]}
    assert [one.id for one in found] == sorted({one.id for one in found})
    again = [one async for one in await listener.stream("POST", path, body, Idempotency_Key=key)]
    assert (again[0].event, again[-1]) == ("ack", found[-1])
    assert [one["id"] for one in again[0].data["assistant_messages"]] == keys


async def test_a_retry_of_what_lies_too_far_back_says_so_and_ends(
    listener: Listener, live_engine: Engine, scripts: type[ScriptedProvider], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It waited for ends that had long been told."""
    monkeypatch.setattr(import_module("chat.replay"), "MAX_EVENTS", 3)
    session = await write(lambda: make_session(User.objects.get(username="alice")))
    path = f"/chat/sessions/{session.id}/messages"
    body, key = {"content": "Who?", "models": THREE}, str(uuid4())
    async for _ in await listener.stream("POST", path, body, Idempotency_Key=key):
        pass
    async with asyncio.timeout(10):
        again = [one async for one in await listener.stream("POST", path, body, Idempotency_Key=key)]
    assert [one.event for one in again] == ["reset"]


async def test_a_merge_streams_the_merged_reply(
    listener: Listener, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    session = await write(lambda: make_session(User.objects.get(username="alice"), ["Which way?", "Left."]))
    said, reply = await read(messages_of, session)
    await write(lambda: add_message(session, said, "Right.", is_active=False))
    scripts.script("default", [Text("Straight on."), END])
    found = [one async for one in await listener.stream("POST", f"/chat/messages/{reply.id}/merge")]
    assert (found[0].event, text_of(found), found[-1].event) == ("ack", "Straight on.", "done")
    assert len(found[-2].data["message"]["merged_from"]) == 2
