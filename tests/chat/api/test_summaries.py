"""Summaries on demand, and what was sent for a reply, by the API.

Proves B17 and C9.
"""

from __future__ import annotations

import pytest

from chat.models import Aside, Session, User
from tests.chat.api.client import Api, session_path
from tests.factories import make_session, make_summary, messages_of, note_sent


@pytest.fixture
def talk(alice: User) -> Session:
    return make_session(alice, ["Where is the harbour?", "By the sea.", "And now?", "Still."])


def path(session: Session) -> str:
    return f"{session_path(session.pk)}/summarize"


def test_it_is_accepted_and_told_how_far_it_is(api: Api, talk: Session) -> None:
    nothing = {"status": None, "progress": 0, "error": None, "summary": None}
    assert api.get(path(talk)).json == nothing
    asked = api.post(path(talk))
    assert (asked.status, asked.json["status"]) == (202, "pending")
    assert api.post(path(talk)).status == 202
    assert Aside.objects.count() == 1
    Aside.objects.update(status="complete", progress=100)
    make_summary(messages_of(talk)[3], "By the sea.", purpose="reading", provider="fake")
    told = api.get(path(talk)).json
    assert (told["status"], told["progress"]) == ("complete", 100)
    assert (told["summary"]["text"], told["summary"]["messages"]) == ("By the sea.", 4)
    assert told["summary"]["upto_message_id"] == str(messages_of(talk)[3].pk)


def test_a_failure_is_told_in_words(api: Api, alice: User, talk: Session) -> None:
    error = {"words": "Refused: the key is not valid.", "said": None}
    Aside.objects.create(session=talk, owner=alice, purpose="reading", status="error", error=error)
    told = api.get(path(talk)).json
    assert (told["status"], told["error"]) == ("error", "Refused: the key is not valid.")


def test_what_is_being_made_can_be_cancelled(api: Api, talk: Session) -> None:
    api.post(path(talk))
    assert (api.delete(path(talk)).status, api.delete(path(talk)).status) == (204, 204)
    assert Aside.objects.get().status == "cancelled"
    assert api.post(path(talk)).json["status"] == "pending"


def test_strangers_and_readers_ask_for_none(stranger: Api, talk: Session) -> None:
    assert [call(path(talk)).status for call in (stranger.get, stranger.post, stranger.delete)] == [404] * 3
    assert not Aside.objects.exists()


def test_what_was_sent_is_told(api: Api, stranger: Api, talk: Session) -> None:
    question, reply, *_ = messages_of(talk)
    sections = [{"name": "project", "title": "", "tokens": 9, "cut": False, "text": "In French."}]
    made_of = {"sections": sections, "turns": 7, "files": 0, "window": 4096, "reply": 1024}
    note_sent(reply, [question], made_of={**made_of, "left_out": "setting", "from_depth": 0})
    told = api.get(f"/chat/messages/{reply.pk}/sent").json
    assert (told["window"], told["left_out"], told["message_ids"]) == (4096, "setting", [str(question.pk)])
    assert [(one["name"], one["tokens"]) for one in told["sections"]] == [
        ("project", 9),
        ("turns", 7),
        ("reply", 1024),
    ]
    assert stranger.get(f"/chat/messages/{reply.pk}/sent").status == 404
    assert api.get(f"/chat/messages/{question.pk}/sent").status == 404
