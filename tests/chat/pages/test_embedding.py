"""D4: a conversation in somebody else's page, with its history, for whoever has the token, for a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from chat import access
from chat.models import Message, ProjectMember, Role, Session, User
from chat.services.sessions import delete_session
from tests.chat.api.client import Api, session_path
from tests.chat.pages.conftest import text_of
from tests.factories import add_member, add_message, make_project, make_session, messages_of

WIKI = "https://wiki.example.org"


@pytest.fixture
def session(alice: User) -> Session:
    return make_session(alice, ["How many cranes?", "**Seven** cranes."], name="Cranes")


def url_for(user: User, session: Session, **values: Any) -> str:
    answer = Api(user).post(f"{session_path(session.id)}/embed", {"parents": [WIKI], **values})
    assert answer.status == 201, answer.json
    return str(answer.json["url"])


def test_it_shows_the_history_to_whoever_has_the_address(
    client: Client, alice: User, session: Session
) -> None:
    html = text_of(client.get(url_for(alice, session)))
    assert "How many cranes?" in html
    assert "<strong>Seven</strong> cranes." in html
    assert "alice said" in html


def test_only_the_named_pages_may_frame_it(client: Client, alice: User, session: Session) -> None:
    answer = client.get(url_for(alice, session, parents=[WIKI, "http://localhost:3000"]))
    assert f"frame-ancestors {WIKI} http://localhost:3000" in answer["Content-Security-Policy"]
    assert "script-src 'self'" in answer["Content-Security-Policy"]
    assert "X-Frame-Options" not in answer
    assert not answer.cookies


@pytest.mark.parametrize(
    "parents", [[], ["https://a b"], ["https://x; script-src *"], ["*"], ["https://x/path"], [WIKI] * 21]
)
def test_what_is_no_origin_is_refused(alice: User, session: Session, parents: list[str]) -> None:
    answer = Api(alice).post(f"{session_path(session.id)}/embed", {"parents": parents})
    assert (answer.status, list(answer.json["errors"])[0].split(".")[0]) == (422, "parents")


def test_what_nobody_signed_opens_nothing(client: Client, alice: User, session: Session) -> None:
    url = url_for(alice, session)
    for wrong in (f"{url[:-2]}x/", "/embed/x/", url.replace("/embed/", "/embed/a")):
        assert client.get(wrong).status_code == 404


def test_its_time_ends(
    client: Client, alice: User, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = url_for(alice, session, expires_in=60)
    later = timezone.now() + timedelta(seconds=62)
    monkeypatch.setattr("chat.access.embedding.timezone.now", lambda: later)
    answer = client.get(url)
    assert (answer.status_code, "cranes" in text_of(answer)) == (410, False)
    # It is said in the frame: its page may show that too.
    assert "frame-ancestors https://wiki.example.org" in answer["Content-Security-Policy"]


def test_it_ends_with_the_makers_access(client: Client, alice: User, bob: User) -> None:
    project = make_project(alice)
    session = make_session(alice, ["Hello"], project=project)
    add_member(project, bob, Role.EDITOR)
    by_bob, by_alice = url_for(bob, session), url_for(alice, session)
    assert client.get(by_bob).status_code == 200
    ProjectMember.objects.filter(user=bob).delete()
    assert (client.get(by_bob).status_code, client.get(by_alice).status_code) == (404, 200)
    alice.is_active = False
    alice.save()
    assert client.get(by_alice).status_code == 404


def test_a_deleted_conversation_is_not_shown(client: Client, alice: User, session: Session) -> None:
    url = url_for(alice, session)
    delete_session(session=session)
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("visibility", ["hidden", "internal"])
def test_what_is_hidden_stays_hidden(client: Client, alice: User, session: Session, visibility: str) -> None:
    add_message(session, messages_of(session)[-1], "Between us.", visibility=visibility)
    assert "Between us." not in text_of(client.get(url_for(alice, session)))


def test_one_can_read_back_to_the_first_message(client: Client, alice: User) -> None:
    session = make_session(alice, [f"Message {number:03}." for number in range(60)])
    url, found = url_for(alice, session), []
    html = text_of(client.get(url))
    while True:
        found.append(html.count('<article class="message'))
        if "?before=" not in html:
            break
        html = text_of(client.get(f"{url}?before={html.split('?before=')[1].split(chr(34))[0]}"))
    assert (found, "Message 000." in html) == ([25, 25, 10], True)


def test_it_goes_on_from_where_it_is_open(client: Client, alice: User, session: Session) -> None:
    url = url_for(alice, session)
    poll = text_of(client.get(url)).split('hx-get="')[1].split('"')[0]
    first = client.get(poll)
    assert client.get(poll, headers={"If-None-Match": first["ETag"]}).status_code == 304
    packed = client.get(poll, headers={"Accept-Encoding": "gzip"})
    assert (packed["Content-Encoding"], packed["ETag"]) == ("gzip", f"W/{first['ETag']}")
    assert client.get(poll, headers={"If-None-Match": packed["ETag"]}).status_code == 304
    add_message(session, messages_of(session)[-1], "And boats?")
    Session.objects.filter(pk=session.pk).update(last_event_id=7)
    again = client.get(poll, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, "And boats?" in text_of(again)) == (200, True)
    assert "How many cranes?" in text_of(again)


def test_hostile_words_stay_words(client: Client, alice: User) -> None:
    session = make_session(alice, ["<script>alert(1)</script>"], name="<b>x</b>")
    message = Message.objects.get()
    message.parts = [
        {"type": "tool-call", "state": "complete", "name": "<img src=x>", "arguments": "</pre><i>"}
    ]
    message.save()
    html = text_of(client.get(url_for(alice, session)))
    for raw in ("<script>alert", "<b>x</b>", "<img src=x>", "</pre><i>"):
        assert raw not in html


def test_a_viewer_cannot_hand_out_a_key(alice: User, bob: User) -> None:
    project = make_project(alice)
    session = make_session(alice, project=project)
    add_member(project, bob, Role.VIEWER)
    assert Api(bob).post(f"{session_path(session.id)}/embed", {"parents": [WIKI]}).status == 403


def test_the_door_is_the_access_modules_own(alice: User, session: Session) -> None:
    token, expires_at = access.embed_token(
        user=alice, session=session, parents=[WIKI.upper()], lifetime=timedelta(hours=1)
    )
    opened = access.open_embedded(token)
    assert (opened.session, opened.parents) == (session, (WIKI,))
    assert expires_at > timezone.now()
