"""Messages over the API: list, send, edit, delete, alternatives. No engine runs: replies stay pending.

Proves B23, B24, B25 and E2.
"""

from __future__ import annotations

import json
from uuid import uuid4

import pytest

from chat.models import Message, Session, User
from tests.chat.api.client import Api, session_path
from tests.factories import add_message, make_attachment, make_session, messages_of


def messages_path(session: Session) -> str:
    return f"{session_path(session.id)}/messages"


def test_pages_go_back_oldest_first(api: Api, alice: User) -> None:
    session = make_session(alice, [str(number) for number in range(7)])
    newest = api.get(messages_path(session), limit=3).json
    assert [item["content"] for item in newest["items"]] == ["4", "5", "6"]
    assert newest["last_event_id"] == 0
    middle = api.get(messages_path(session), limit=3, before=newest["next"]).json
    assert [item["content"] for item in middle["items"]] == ["1", "2", "3"]
    first = api.get(messages_path(session), limit=3, before=middle["next"]).json
    assert [item["content"] for item in first["items"]] == ["0"]
    assert first["next"] is None


def test_a_page_before_an_unknown_message_is_absent(api: Api, alice: User) -> None:
    session, other = make_session(alice, ["One"]), make_session(alice, ["Two"])
    elsewhere = messages_of(other)[0]
    assert api.get(messages_path(session), before=str(uuid4())).status == 404
    assert api.get(messages_path(session), before=str(elsewhere.id)).status == 404
    assert api.get(messages_path(session), before="first").status == 422


def test_sending_saves_both_before_it_answers(api: Api, alice: User) -> None:
    session = make_session(alice, name="")
    sent = api.post(messages_path(session), {"content": "What is a fjord?"})
    assert sent.status == 202
    said, reply = sent.json["user_message"], sent.json["assistant_message"]
    assert (said["role"], said["status"], said["content"]) == ("user", "complete", "What is a fjord?")
    assert (reply["role"], reply["status"], reply["parent_id"]) == ("assistant", "pending", said["id"])
    assert [item["id"] for item in api.get(messages_path(session)).json["items"]] == [said["id"], reply["id"]]
    assert api.get(session_path(session.id)).json["name"] == "What is a fjord?"


@pytest.mark.parametrize("content", ["", "   ", "\n\t", "\x00"])
def test_blank_content_is_refused(api: Api, alice: User, content: str) -> None:
    refused = api.post(messages_path(make_session(alice)), {"content": content})
    assert (refused.status, list(refused.json["errors"])) == (400, ["content"])
    assert not Message.objects.exists()


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"content": None},
        {"content": 7},
        {"content": "Hi", "colour": "red"},
        {"content": "Hi", "attachment_ids": ["x"]},
        {"content": "Hi", "attachment_ids": [str(uuid4())]},
        {"content": "Hi", "parent_id": str(uuid4())},
        {"content": "Hi", "queue": "yes"},
        {"content": "x" * 100_001},
        [],
        "Hi",
        None,
    ],
)
def test_a_message_that_does_not_fit_is_refused(api: Api, alice: User, body: object) -> None:
    session = make_session(alice)
    refused = api.send("POST", f"{messages_path(session)}", json.dumps(body).encode())
    assert refused.status == 422
    assert refused.json["errors"]
    assert not Message.objects.exists()


def test_what_no_screen_can_show_is_replaced(api: Api, alice: User) -> None:
    sent = api.send("POST", messages_path(make_session(alice)), b'{"content": "a\\ud800\\u0000b"}')
    assert (sent.status, sent.json["user_message"]["content"]) == (202, "a\ufffdb")


def test_a_second_message_waits_only_when_it_says_so(api: Api, alice: User) -> None:
    path = messages_path(make_session(alice))
    api.post(path, {"content": "One"})
    running = api.post(path, {"content": "Two"})
    assert running.status == 409
    assert running.json["type"].endswith("reply-running")
    assert api.post(path, {"content": "Two", "queue": True}).status == 202


def test_the_same_key_sends_once(api: Api, alice: User) -> None:
    path = messages_path(make_session(alice))
    key = str(uuid4())
    first = api.post(path, {"content": "Once"}, Idempotency_Key=key)
    again = api.post(path, {"content": "Once"}, Idempotency_Key=key)
    assert (first.status, again.status) == (202, 202)
    assert again.json == first.json
    assert first.json["user_message"]["id"] == key
    refused = api.post(path, {"content": "Other"}, Idempotency_Key=key)
    assert (refused.status, list(refused.json["errors"])) == (422, ["Idempotency-Key"])
    assert Message.objects.count() == 2


def test_a_key_that_is_no_uuid_is_refused(api: Api, alice: User) -> None:
    refused = api.post(messages_path(make_session(alice)), {"content": "Hi"}, Idempotency_Key="again")
    assert (refused.status, list(refused.json["errors"])) == (422, ["Idempotency-Key"])
    assert not Message.objects.exists()


def test_anothers_key_is_not_told_apart(api: Api, stranger: Api, alice: User, charlie: User) -> None:
    key = str(uuid4())
    api.post(messages_path(make_session(alice)), {"content": "Secret"}, Idempotency_Key=key)
    taken = stranger.post(messages_path(make_session(charlie)), {"content": "Secret"}, Idempotency_Key=key)
    assert taken.status == 422
    assert "Secret" not in taken.body.decode()


def test_a_message_takes_its_attachments_along(api: Api, alice: User, charlie: User) -> None:
    path = messages_path(make_session(alice))
    mine, theirs = make_attachment(alice), make_attachment(charlie)
    assert api.post(path, {"content": "See", "attachment_ids": [str(theirs.id)]}).status == 422
    sent = api.post(path, {"content": "See", "attachment_ids": [str(mine.id)]}).json
    assert [item["id"] for item in sent["user_message"]["attachments"]] == [str(mine.id)]


def test_editing_keeps_the_id_and_what_was_said(api: Api, alice: User) -> None:
    said = messages_of(make_session(alice, ["Helo", "Hi"]))[0]
    edited = api.put(f"/chat/messages/{said.id}", {"content": "Hello"})
    assert (edited.status, edited.json["id"], edited.json["content"]) == (200, str(said.id), "Hello")
    [edit] = edited.json["edits"]
    assert (edit["content"], edit["user"]) == ("Helo", "alice")
    assert api.put(f"/chat/messages/{said.id}", {"content": " "}).status == 400


def test_resending_makes_a_sibling_and_a_new_reply(api: Api, alice: User) -> None:
    session = make_session(alice, ["Helo", "Hi"])
    said = messages_of(session)[0]
    again = api.put(f"/chat/messages/{said.id}", {"content": "Hello", "resend": True})
    assert again.status == 202
    assert again.json["user_message"]["alternatives"] == [str(said.id), again.json["user_message"]["id"]]
    assert again.json["assistant_message"]["status"] == "pending"
    assert len(api.get(messages_path(session)).json["items"]) == 2


def test_deleting_leaves_what_follows_and_is_undone(api: Api, alice: User) -> None:
    session = make_session(alice, ["One", "Two", "Three"])
    middle = f"/chat/messages/{messages_of(session)[1].id}"
    assert api.delete(middle).status == 204
    assert [item["content"] for item in api.get(messages_path(session)).json["items"]] == ["One", "Three"]
    assert api.get(middle).status == 404
    assert api.post(f"{middle}/restore").status == 200
    assert len(api.get(messages_path(session)).json["items"]) == 3


def test_regenerating_keeps_the_earlier_reply(api: Api, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    reply = messages_of(session)[1]
    again = api.post(f"/chat/messages/{reply.id}/regenerate")
    assert again.status == 202
    fresh = again.json["assistant_message"]
    assert fresh["alternatives"] == [str(reply.id), fresh["id"]]
    assert api.get(messages_path(session)).json["items"][1]["id"] == fresh["id"]


def test_only_a_reply_can_be_regenerated(api: Api, alice: User) -> None:
    said = messages_of(make_session(alice, ["Hello", "Hi"]))[0]
    assert api.post(f"/chat/messages/{said.id}/regenerate").status == 422


def test_an_alternative_comes_back_on_show(api: Api, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    said, reply = messages_of(session)
    other = add_message(session, said, "Good day", is_active=False)
    assert api.post(f"/chat/messages/{other.id}/activate").status == 200
    assert api.get(messages_path(session)).json["items"][1]["content"] == "Good day"
    assert api.get(f"/chat/messages/{reply.id}").json["alternatives"] == [str(reply.id), str(other.id)]


def test_a_stranger_finds_no_message(stranger: Api, alice: User) -> None:
    said, reply = messages_of(make_session(alice, ["Hello", "Hi"]))
    path = f"/chat/messages/{said.id}"
    answers = [
        stranger.get(path),
        stranger.put(path, {"content": "Mine"}),
        stranger.put(path, {"content": "Mine", "resend": True}),
        stranger.delete(path),
        stranger.post(f"{path}/restore"),
        stranger.post(f"/chat/messages/{reply.id}/regenerate"),
        stranger.post(f"/chat/messages/{reply.id}/activate"),
    ]
    assert {answer.status for answer in answers} == {404}


@pytest.mark.parametrize("accept", ["application/json", "*/*", "text/event-stream;q=0", "text/event-streams"])
def test_who_does_not_want_a_stream_gets_json(api: Api, alice: User, accept: str) -> None:
    answer = api.post(messages_path(make_session(alice)), {"content": "Hello"}, Accept=accept)
    assert (answer.status, answer.headers["Content-Type"]) == (202, "application/json")
