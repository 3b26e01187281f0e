"""D1, D2: the one conversation about an object outside, and the parts that programs put into it."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client

from chat.fragments import tools_of
from chat.generation.choice import Candidate
from chat.generation.context import prompt_for
from chat.models import Message, Project, Role, Session, User
from chat.providers.contract import ProviderConfig
from chat.providers.facts import Facts
from chat.replay import replay
from chat.services.threads import get_thread
from tests.chat.api.client import Api, session_path
from tests.factories import add_member, add_message, make_session

THREAD = "/chat/threads/roadmap/spec/42"


@pytest.fixture
def collaborator(bob: User) -> Api:
    return Api(bob)


def test_asking_again_returns_the_same_one(api: Api) -> None:
    first, again = api.put(THREAD, {"name": "The plan"}), api.put(THREAD)
    assert (first.status, again.status) == (201, 200)
    assert again.json == first.json
    assert {key: first.json[key] for key in ("project", "scope_type", "scope_id", "name")} == {
        "project": "roadmap",
        "scope_type": "spec",
        "scope_id": "42",
        "name": "The plan",
    }


def test_each_object_has_its_own(api: Api) -> None:
    paths = (
        THREAD,
        "/chat/threads/roadmap/spec/43",
        "/chat/threads/roadmap/plan/42",
        "/chat/threads/other/spec/42",
    )
    assert len({api.put(path).json["id"] for path in paths}) == 4


def test_a_scope_may_hold_what_addresses_may(api: Api) -> None:
    scope = "docs/plan v2 – 海港.md"
    made = api.put(f"/chat/threads/roadmap/file/{quote(scope)}")
    assert (made.status, made.json["scope_id"]) == (201, scope)
    [found] = api.get("/chat/sessions", project="roadmap", scope_type="file", scope_id=scope).json["items"]
    assert found["id"] == made.json["id"]


@pytest.mark.parametrize(
    "path", ["/chat/threads/a b/spec/1", f"/chat/threads/p/{'x' * 81}/1", f"/chat/threads/p/s/{'x' * 201}"]
)
def test_what_can_be_no_name_is_refused(api: Api, path: str) -> None:
    assert api.put(quote(path)).status == 422
    assert not Session.objects.exists()


def test_of_two_who_ask_at_once_one_makes_it(alice: User) -> None:
    def ask(_number: int) -> tuple[Session, bool]:
        try:
            return get_thread(user=alice, slug="roadmap", scope_type="spec", scope_id="42", begun_with={})
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, range(12)))
    assert len({session.pk for session, _ in answers}) == 1
    assert [is_new for _, is_new in answers].count(True) == 1
    assert Project.objects.count() == 1


def test_members_share_it_and_strangers_do_not_learn_of_it(
    api: Api, collaborator: Api, stranger: Api, bob: User
) -> None:
    made = api.put(THREAD).json
    assert stranger.put(THREAD).status == 404
    assert collaborator.put(THREAD).status == 404
    add_member(Project.objects.get(), bob, Role.VIEWER)
    assert collaborator.put(THREAD).json["id"] == made["id"]
    new = collaborator.put("/chat/threads/roadmap/spec/43")
    assert (new.status, new.json["type"]) == (403, "/api/problems/not-allowed")


def test_one_that_was_deleted_makes_room_and_does_not_come_back_over_the_new_one(api: Api) -> None:
    first = api.put(THREAD).json
    api.delete(session_path(first["id"]))
    second = api.put(THREAD)
    assert second.status == 201
    refused = api.post(f"{session_path(first['id'])}/restore")
    assert (refused.status, refused.json["type"]) == (409, "/api/problems/conflict")
    api.delete(session_path(second.json["id"]))
    assert api.post(f"{session_path(first['id'])}/restore").status == 200


def append(api: Api, session: str, *parts: dict[str, Any], role: str = "assistant", **rest: Any) -> Any:
    headers = rest.pop("headers", {})
    return api.post(f"{session_path(session)}/parts", {"role": role, "parts": parts, **rest}, **headers)


CALL: dict[str, Any] = {"type": "tool-call", "name": "search", "arguments": {"q": "harbour"}, "id": "c1"}
RESULT: dict[str, Any] = {
    "type": "tool-result",
    "state": "error",
    "name": "search",
    "call_id": "c1",
    "result": ["none"],
}


def test_parts_are_listed_as_they_were_appended(api: Api) -> None:
    thread = api.put(THREAD).json["id"]
    parts: list[dict[str, Any]] = [
        {"type": "text", "text": "I look. "},
        CALL,
        RESULT,
        {"type": "text", "text": "Nothing."},
    ]
    made = append(api, thread, *parts)
    assert made.status == 201
    assert made.json["parts"] == [{"state": "complete", **part} for part in parts]
    assert (made.json["content"], made.json["status"]) == ("I look. Nothing.", "complete")
    assert api.get(f"{session_path(thread)}/messages").json["items"] == [made.json]
    assert api.get(session_path(thread)).json["message_count"] == 1


@pytest.mark.parametrize(("visibility", "is_sent"), [("shown", True), ("hidden", True), ("internal", False)])
def test_visibility_is_kept_and_models_read_all_but_the_internal(
    api: Api, visibility: str, is_sent: bool
) -> None:
    thread = api.put(THREAD).json["id"]
    told = append(api, thread, {"type": "text", "text": "It is 42."}, role="system", visibility=visibility)
    assert told.json["visibility"] == visibility
    session = Session.objects.get()
    said = add_message(session, Message.objects.get(), "What is it?", role="user")
    reply = add_message(session, said, "", role="assistant", status="pending")
    given = prompt_for(session, reply, Candidate(ProviderConfig("fake", "openai"), "", Facts()), None)
    assert ("It is 42." in [turn.text for turn in given.prompt.turns]) == is_sent


def test_the_same_key_appends_once(api: Api) -> None:
    thread, key = api.put(THREAD).json["id"], {"Idempotency_Key": str(uuid4())}
    first = append(api, thread, {"type": "text", "text": "Once"}, headers=key)
    again = append(api, thread, {"type": "text", "text": "Once"}, headers=key)
    other = append(api, thread, {"type": "text", "text": "Twice"}, headers=key)
    assert (first.status, again.status, other.status) == (201, 201, 422)
    assert again.json == first.json
    assert Message.objects.count() == 1


def nested(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (rb'"a\u0000b\ud800"', "ab\ufffd"),
        (rb'{"a\u0000\udfff": ["\u0007"]}', {"a\ufffd": [""]}),
        (nested(85), json.loads(nested(85))),
        (nested(200), None),
        (nested(900), None),
        (b"[1e999]", None),
        (b"-1e999", None),
    ],
)
def test_whatever_a_tool_was_given_every_page_shows(
    api: Api, alice: User, client: Client, arguments: bytes, kept: Any
) -> None:
    """Half a character, or a list in a list in a list, once took the page down for good."""
    session = make_session(alice)
    body = b'{"role": "tool", "parts": [{"type": "tool-call", "name": "x", "arguments": %s}]}' % arguments
    told = api.send("POST", f"{session_path(session.id)}/parts", body)
    if kept is None:
        assert (told.status, list(told.json["errors"]), Message.objects.count()) == (422, ["parts"], 0)
        return
    assert told.json["parts"][0]["arguments"] == kept
    client.force_login(alice)
    assert client.get(f"/chat/{session.id}/").status_code == 200


@pytest.mark.parametrize("result", [r'["a\ud800b"]', r'{"\udfff": "\u0007"}', "[" * 900 + "]" * 900])
def test_a_result_that_is_json_is_laid_out_or_stays_as_it_came(
    api: Api, alice: User, client: Client, result: str
) -> None:
    """Half a character that JSON spells out took the page down, as no page can be sent with it."""
    session = make_session(alice)
    parts = [{"type": "tool-result", "name": "x", "result": result}]
    assert api.post(f"{session_path(session.id)}/parts", {"role": "tool", "parts": parts}).status == 201
    client.force_login(alice)
    assert client.get(f"/chat/{session.id}/").status_code == 200
    [tool] = tools_of(Message.objects.get().parts)
    assert tool.said.encode()


@pytest.mark.parametrize("odd", [5, [1], {"a": 1}, None, "long"])
def test_whatever_a_tool_is_called_every_page_and_export_tells(
    api: Api, alice: User, client: Client, odd: Any
) -> None:
    """A list for an id, or a word for a duration, took the page down."""
    session = make_session(alice)
    about = dict.fromkeys(("id", "title", "server", "decision", "duration_ms", "call_id"), odd)
    parts = [{"type": kind, "name": "x", "result": "Done.", **about} for kind in ("tool-call", "tool-result")]
    assert api.post(f"{session_path(session.id)}/parts", {"role": "tool", "parts": parts}).status == 201
    client.force_login(alice)
    assert client.get(f"/chat/{session.id}/").status_code == 200
    assert [tool.said for tool in tools_of(Message.objects.get().parts)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"role": "assistant", "parts": [{"type": "text", "text": " "}]}, 400),
        ({"role": "assistant", "parts": []}, 422),
        ({"role": "robot", "parts": [CALL]}, 422),
        ({"role": "tool", "parts": [{"type": "image"}]}, 422),
        ({"role": "tool", "parts": [{"type": "text", "text": "x", "more": 1}]}, 422),
        ({"role": "tool", "parts": [CALL], "visibility": "secret"}, 422),
        ({"role": "tool", "parts": [{"type": "text", "text": "x" * 100_001}]}, 422),
        ({"role": "tool", "parts": [{**CALL, "arguments": "x" * 500_000}]}, 422),
    ],
)
def test_what_is_no_message_is_refused(api: Api, alice: User, body: Any, status: int) -> None:
    session = make_session(alice)
    assert api.post(f"{session_path(session.id)}/parts", body).status == status
    assert not Message.objects.exists()


def test_who_hears_of_it_later_is_told_the_same(api: Api) -> None:
    thread = api.put(THREAD).json["id"]
    made = append(api, thread, {"type": "text", "text": "I look. "}, CALL)
    [created] = [event for event in replay(Session.objects.get().pk, 0) if event.kind == "created"]
    assert created.message_id is not None
    assert '"content":"I look. "' in created.body
    assert '"status":"complete"' in created.body
    assert "whole" not in created.body
    assert made.json["id"] == str(created.message_id)


def test_an_edit_leaves_the_tools_in_place(api: Api) -> None:
    thread = api.put(THREAD).json["id"]
    made = append(api, thread, {"type": "text", "text": "One "}, CALL, {"type": "text", "text": "two"})
    edited = api.put(f"/chat/messages/{made.json['id']}", {"content": "Three"}).json
    assert edited["content"] == "Three"
    assert [part.get("text", "tool") for part in edited["parts"]] == ["Three", "tool"]
