"""Programs have titles and tags proposed, and are told what could follow.

Proves A7.
"""

from __future__ import annotations

import pytest
from pytest_django import Settings

from chat.models import Extra, Session, User
from tests.chat.api.client import Api, session_path
from tests.factories import make_session, messages_of


@pytest.fixture
def talk(alice: User) -> Session:
    return make_session(alice, ["Where is the harbour?", "By the sea."], provider="scripted", model="talking")


def path(session: Session, kind: str) -> str:
    return f"{session_path(session.pk)}/suggest/{kind}"


@pytest.mark.parametrize("kind", ["title", "tags"])
def test_one_is_asked_for_and_what_came_of_it_is_told(api: Api, talk: Session, kind: str) -> None:
    nothing = {"status": None, "error": None, "title": None, "tags": None}
    assert api.get(path(talk, kind)).json == nothing
    answer = api.post(path(talk, kind))
    assert (answer.status, answer.json) == (202, {**nothing, "status": "pending"})
    data = {"title": "The harbour"} if kind == "title" else {"tags": [{"name": "sea", "is_new": True}]}
    Extra.objects.update(status="complete", data=data)
    told = api.get(path(talk, kind)).json
    assert told["status"] == "complete"
    assert told[kind] == ("The harbour" if kind == "title" else [{"name": "sea", "new": True}])


def test_a_failure_is_told_in_english(api: Api, talk: Session) -> None:
    error = {"words": "There is no model to ask.", "said": None}
    Extra.objects.create(session=talk, owner=talk.owner, purpose="naming", status="error", error=error)
    told = api.get(path(talk, "title")).json
    assert (told["status"], told["error"]) == ("error", "There is no model to ask.")


def test_where_the_site_offers_none_it_is_refused(api: Api, talk: Session, settings: Settings) -> None:
    settings.PARLEY_SUGGESTIONS = False
    assert api.post(path(talk, "tags")).status == 403


def test_it_counts_as_a_message_does(api: Api, talk: Session, settings: Settings) -> None:
    settings.PARLEY_RATE_LIMIT = "1/min"
    assert api.post(path(talk, "tags")).status == 202
    assert api.post(path(talk, "tags")).status == 202  # the same one goes on
    answer = api.post(path(talk, "title"))
    assert answer.status == 429
    assert answer.headers["Retry-After"]


def test_a_session_tells_what_could_be_asked_next(api: Api, talk: Session) -> None:
    assert api.get(session_path(talk.pk)).json["follow_ups"] is None
    told = {"message_id": str(messages_of(talk)[-1].pk), "questions": ["How old is it?"]}
    Session.objects.update(follow_ups=told)
    assert api.get(session_path(talk.pk)).json["follow_ups"] == told
