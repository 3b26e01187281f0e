"""A command through the API: run by the same door as in the page, and never sent to a model.

Proves B18.
"""

from __future__ import annotations

from chat.api import outputs
from chat.models import Generation, User
from tests.chat.api.client import Api, session_path
from tests.factories import make_session, messages_of


def test_a_command_is_run_and_tells_what_it_did(api: Api, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    for accept in ("application/json", "text/event-stream"):
        answer = api.post(f"{session_path(session.id)}/messages", {"content": "/rename Boats"}, accept=accept)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "application/json"
        outputs.CommandRun.model_validate(answer.json)
        assert (answer.json["command"], answer.json["session"]["name"]) == ("rename", "Boats")
    assert not Generation.objects.exists()


def test_clear_counts_nothing_any_more(api: Api, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    answer = api.post(f"{session_path(session.id)}/messages", {"content": "/clear"})
    assert (answer.status, answer.json["session"]["message_count"]) == (200, 0)


def test_retry_gives_the_reply_that_is_to_come(api: Api, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    answer = api.post(f"{session_path(session.id)}/messages", {"content": "/retry"})
    assert [message["status"] for message in answer.json["messages"]] == ["pending"]


def test_an_unknown_command_is_a_problem_and_a_space_sends_it(api: Api, alice: User) -> None:
    session = make_session(alice)
    path = f"{session_path(session.id)}/messages"
    answer = api.post(path, {"content": "/claer"})
    assert (answer.status, answer.json["type"]) == (422, "/api/problems/unknown-command")
    assert "/clear" in answer.json["errors"]["content"][0]
    assert api.post(path, {"content": " /claer"}).status == 202
    assert messages_of(session)[0].content == " /claer"


def test_a_stranger_runs_nothing(stranger: Api, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    assert stranger.post(f"{session_path(session.id)}/messages", {"content": "/clear"}).status == 404
    assert len(messages_of(session)) == 2
