"""The fold that stands in a conversation for what models read in its place, and the panel of summaries.

Proves B17 and C9.
"""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chat.models import Aside, AuditEntry, Generation, Message, Role, Session, Summary, User
from chat.services.sessions import delete_session
from tests.chat.pages.conftest import text_of
from tests.chat.usage import limit, price, took
from tests.factories import (
    add_member,
    make_project,
    make_session,
    make_summary,
    make_user,
    messages_of,
    note_sent,
)

HTMX = {"HX-Request": "true"}


@pytest.fixture
def talk(alice: User) -> Session:
    session = make_session(alice, ["Where is the harbour?", "By <b>the sea</b>.", "And now?", "Still."])
    make_summary(messages_of(session)[1], "It lies <i>by the sea</i>.")
    return session


def place(session: Session) -> str:
    return f"/messages/{messages_of(session)[1].pk}/summary"


def opened(client: Client, session: Session) -> str:
    return text_of(client.get(f"/chat/{session.pk}/"))


def test_it_stands_below_the_last_message_that_it_covers(page: Client, talk: Session) -> None:
    html = opened(page, talk)
    _, second, third, *_rest = html.split('<article class="message')[1:]
    assert "Summary of the 2 messages above, which models read in their place" in second
    assert "It lies &lt;i&gt;by the sea&lt;/i&gt;." in second
    assert "Summary of the" not in third
    assert all(message.content in html or "harbour" in html for message in messages_of(talk)[2:])


def test_who_may_only_read_sees_it_and_changes_nothing(alice: User, bob: User, talk: Session) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.VIEWER)
    Session.objects.update(project=project)
    client = Client()
    client.force_login(bob)
    html = opened(client, talk)
    assert "Summary of the 2 messages above" in html
    assert "summary/edit/" not in html
    assert client.post(f"{place(talk)}/remove/").status_code == 403
    assert Summary.objects.live().exists()


def test_of_several_the_furthest_reaching_is_shown(page: Client, talk: Session) -> None:
    make_summary(messages_of(talk)[3], "All of it.")
    html = opened(page, talk)
    assert "Summary of the 4 messages above" in html
    assert "Summary of the 2 messages above" not in html


def test_an_edit_is_kept_as_one(page: Client, alice: User, talk: Session) -> None:
    assert "It lies" in text_of(page.get(f"{place(talk)}/edit/", headers=HTMX))
    answer = page.post(f"{place(talk)}/edit/", {"text": "It is in the north."}, headers=HTMX)
    assert answer.status_code == 200
    summary = Summary.objects.get()
    assert (summary.text, summary.edited_by, summary.version) == ("It is in the north.", alice, 2)
    html = opened(page, talk)
    assert "Edited by alice" in html
    assert "What was edited in it is lost" in html
    assert AuditEntry.objects.filter(action="summary.edited").exists()


@pytest.mark.parametrize("text", ["  ", "x" * 100_001])
def test_what_is_no_summary_is_refused_and_stays_in_the_form(page: Client, talk: Session, text: str) -> None:
    answer = page.post(f"{place(talk)}/edit/", {"text": text})
    assert answer.status_code in (400, 422)
    assert Summary.objects.get().version == 1
    assert "Edit the summary" in text_of(answer)


def test_one_that_was_removed_is_gone_and_its_words_too(page: Client, talk: Session) -> None:
    page.post(f"{place(talk)}/remove/", headers=HTMX)
    summary = Summary.objects.get()
    assert (summary.text, summary.removed_at is None) == ("", False)
    assert "Summary of the" not in opened(page, talk)
    assert page.post(f"{place(talk)}/redo/", headers=HTMX).status_code == 404
    assert Message.objects.live().count() == 4


def test_to_redo_it_asks_for_the_same_messages_once(page: Client, talk: Session) -> None:
    for _ in range(2):
        assert page.post(f"{place(talk)}/redo/", headers=HTMX).status_code == 200
    aside = Aside.objects.get()
    assert (aside.purpose, aside.data) == ("context", {"upto_depth": 1, "is_again": True})
    html = opened(page, talk)
    assert "Being redone" in html
    assert "It lies" in html


@pytest.mark.parametrize("headers", [HTMX, {}], ids=["smooth", "plain"])
def test_who_has_used_up_a_limit_has_none_redone(
    page: Client, alice: User, talk: Session, settings: Settings, headers: dict[str, str]
) -> None:
    """Also where the model that is set up for summaries has its price, and the conversation's has none."""
    settings.PARLEY_SUMMARY_MODEL = "scripted::dear"
    Session.objects.filter(pk=talk.pk).update(provider="scripted", model="free")
    price("free", input_price=0, output_price=0)
    price("dear")
    limit(cost=1, user=alice)
    took(alice, 1)
    answer = page.post(f"{place(talk)}/redo/", headers=headers, follow=not headers)
    assert "You have used up your $1" in text_of(answer)
    assert "You have used up your $1" in text_of(page.post(f"/chat/{talk.pk}/summary/", headers=HTMX))
    assert not Aside.objects.exists()


def test_why_it_could_not_be_redone_is_told_there(page: Client, alice: User, talk: Session) -> None:
    error = {"words": "Refused: no <key>", "said": None}
    Aside.objects.create(session=talk, owner=alice, purpose="context", status="error", error=error)
    assert "It could not be redone. Refused: no &lt;key&gt;" in opened(page, talk)


def test_a_page_costs_the_same_with_and_without(page: Client, alice: User, talk: Session) -> None:
    counts = []
    for session in (make_session(alice, ["One", "Two"]), talk):
        opened(page, session)
        with CaptureQueriesContext(connection) as queries:
            opened(page, session)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def panel(client: Client, session: Session) -> str:
    return text_of(client.get(f"/chat/{session.pk}/summary/", headers=HTMX))


def test_the_panel_tells_what_there_is_and_how_far_the_next_one_is(
    page: Client, alice: User, talk: Session
) -> None:
    path = f"/chat/{talk.pk}/summary/"
    assert "Summarise" in panel(page, talk)
    assert "Waiting for its turn" in text_of(page.post(path, headers=HTMX))
    assert Aside.objects.get().owner == alice
    Aside.objects.update(status="running", progress=40)
    assert 'value="40"' in panel(page, talk)
    make_summary(messages_of(talk)[1], "# All\n\nIt lies **there**.<script>", purpose="reading")
    html = panel(page, talk)
    assert "<strong>there</strong>" in html
    assert "<script>" not in html
    assert "2 messages have come since" in html


def test_one_that_waits_is_cancelled_at_once(page: Client, talk: Session) -> None:
    page.post(f"/chat/{talk.pk}/summary/", headers=HTMX)
    html = text_of(page.post(f"/chat/{talk.pk}/summary/cancel/", headers=HTMX))
    assert Aside.objects.get().status == "cancelled"
    assert "Summarise" in html


def test_a_summary_is_put_into_the_conversation(page: Client, talk: Session) -> None:
    make_summary(messages_of(talk)[3], "It lies there.", purpose="reading")
    page.post(f"/chat/{talk.pk}/summary/put/", headers=HTMX)
    last = messages_of(talk)[-1]
    assert (last.role, last.content) == ("system", "It lies there.")


STANDS = {"name": "summary", "title": "", "tokens": 20, "cut": True, "about": {"count": "8"}}
MADE_OF = {
    "sections": [
        {"name": "system", "title": "", "tokens": 10, "cut": False},
        {**STANDS, "text": "They <b>spoke</b>."},
        {"name": "tides", "title": "The tides", "tokens": 5, "cut": False, "text": "High at noon"},
    ],
    "turns": 300, "files": 100, "window": 4000, "reply": 1000,
    "left_out": "window", "from_depth": 2, "options": {"seed": 7}, "tools": ["tide"],
}  # fmt: skip


def test_what_was_sent_is_shown_section_by_section(page: Client, alice: User, talk: Session) -> None:
    *before, reply = messages_of(talk)
    note_sent(reply, before[2:], made_of=MADE_OF, system_prompt="Be brief.", estimated_tokens=335)
    Generation.objects.filter(message=reply).update(requested_by=alice)
    html = text_of(page.get(f"/messages/{reply.pk}/sent/", headers=HTMX))
    for words in (
        *("About 335 of 4,000 tokens", "Be brief.", "They &lt;b&gt;spoke&lt;/b&gt;.", "The tides"),
        *("cut to its share", "Files in them", "2 earlier messages were left out.", "did not fit"),
        *("<dt>seed</dt><dd>7</dd>", "<dt>Tools</dt><dd>tide</dd>"),
    ):
        assert words in html, words
    order = ["System prompt", "Summary of the first 8 messages", "The tides", "Messages", "Kept free"]
    places = [html.index(words) for words in order]
    assert places == sorted(places)


@pytest.mark.parametrize(("older", "summarises"), [("leave_out", False), ("summarise", True), (None, True)])
def test_a_conversation_is_set_to_leave_older_messages_out(
    page: Client, talk: Session, older: str | None, summarises: bool
) -> None:
    html = opened(page, talk)
    assert "Older messages" in html
    page.post(f"/chat/{talk.pk}/settings/", {"older": older} if older else {}, headers=HTMX)
    talk.refresh_from_db()
    assert talk.summarises == summarises


def test_the_composer_tells_how_full_the_window_is_for_the_next_message(page: Client, talk: Session) -> None:
    *before, reply = messages_of(talk)
    assert 'id="gauge"' not in opened(page, talk)
    given = {"estimated_tokens": 335, "provider": "scripted", "model": "default"}
    note_sent(reply, before, made_of=MADE_OF, system_prompt="Be brief.", **given)
    Message.objects.filter(pk=reply.pk).update(output_tokens=65)
    html = opened(page, talk)
    assert 'value="10"' in html
    assert "10 % of the model’s window is full" in html
    told = text_of(page.get(f"/chat/{talk.pk}/context/", headers=HTMX))
    assert "About 400 of 4,000 tokens" in told
    assert "All of it fits." in told
    assert "<html" not in text_of(page.get(f"/chat/{talk.pk}/context/?gauge=1", headers=HTMX))


def test_the_gauge_of_what_was_just_put_away_is_none_and_no_failure(page: Client, talk: Session) -> None:
    delete_session(session=talk)
    assert page.get(f"/chat/{talk.pk}/context/?gauge=1", headers=HTMX).status_code == 204
    assert page.get(f"/chat/{talk.pk}/context/", headers=HTMX).status_code == 404
    page.force_login(make_user("charlie"))
    for key in (talk.pk, make_session(make_user("bob")).pk, uuid4()):  # to a stranger all alike
        answer = page.get(f"/chat/{key}/context/?gauge=1", headers=HTMX)
        assert (answer.status_code, answer.content) == (204, b"")
        assert page.get(f"/chat/{key}/context/", headers=HTMX).status_code == 404


def test_the_gauge_costs_the_same_for_many_messages(page: Client, alice: User) -> None:
    counts = []
    for length in (4, 60):
        session = make_session(alice, ["x" * 40] * length)
        note_sent(messages_of(session)[-1], made_of=MADE_OF)
        with CaptureQueriesContext(connection) as queries:
            page.get(f"/chat/{session.pk}/context/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
