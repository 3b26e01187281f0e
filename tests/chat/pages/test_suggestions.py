"""What a model proposes: a title in its dialog, tags to take or leave, questions below the last reply.

Proves A7 and B23.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from chat.background.control import Control
from chat.background.runner import do
from chat.consumers.page import PageScreen
from chat.generation.extras.making import job_kinds
from chat.log import lock_session, record, session_note
from chat.models import AuditEntry, Extra, Role, Session, User, WorkerProcess
from chat.services.sessions import update_session
from chat.threads import write
from tests.chat.pages.conftest import Ask, text_of
from tests.chat.usage import limit, price, took
from tests.factories import add_member, make_project, make_session, messages_of

HTMX = {"HX-Request": "true"}
HOSTILE = "Is <b>this</b> & “that” so?"


@pytest.fixture
def talk(alice: User) -> Session:
    return make_session(alice, ["Where is the harbour?", "By the sea."], provider="scripted", model="talking")


def answered(session: Session, purpose: str, **data: Any) -> Extra:
    return Extra.objects.create(
        session=session, owner=session.owner, purpose=purpose, status="complete", data=data
    )


def with_questions(session: Session, *questions: str, at: int = -1) -> Session:
    session.follow_ups = {"message_id": str(messages_of(session)[at].pk), "questions": list(questions)}
    session.save(update_fields=["follow_ups"])
    return session


def opened(client: Client, session: Session, query: str = "") -> str:
    return text_of(client.get(f"/chat/{session.pk}/{query}"))


@pytest.mark.parametrize(("kind", "purpose"), [("title", "naming"), ("tags", "tags")])
def test_who_asks_twice_has_a_model_asked_once(htmx: Ask, talk: Session, kind: str, purpose: str) -> None:
    for _ in range(2):
        answer = htmx(f"/chat/{talk.pk}/suggest/{kind}/")
        assert "A model is reading…" in text_of(answer)
        assert "hx-trigger" in text_of(answer)
    extra = Extra.objects.get()
    assert (extra.purpose, extra.status) == (purpose, "pending")
    assert AuditEntry.objects.filter(action="suggestion.asked").count() == 1


def test_a_suggested_title_fills_the_field_and_is_saved_by_the_person(page: Client, talk: Session) -> None:
    answered(talk, "naming", title=HOSTILE)
    fragment = text_of(page.get(f"/chat/{talk.pk}/suggest/title/", headers=HTMX))
    assert 'value="Is &lt;b&gt;this&lt;/b&gt; &amp; “that” so?"' in fragment
    assert 'hx-swap-oob="true"' in fragment
    talk.refresh_from_db()
    assert talk.name != HOSTILE


def test_from_the_menu_the_dialog_opens_with_it_under_way(page: Client, htmx: Ask, talk: Session) -> None:
    assert f"/chat/{talk.pk}/suggest/title/" in opened(page, talk)
    answer = text_of(htmx(f"/chat/{talk.pk}/suggest/title/", **{"HX-Target": "dialog-body"}))
    assert 'id="rename-name"' in answer
    assert "A model is reading…" in answer


def test_without_script_the_pages_show_what_was_asked_for(page: Client, talk: Session) -> None:
    assert "Suggest a title" in text_of(page.get(f"/chat/{talk.pk}/rename/"))
    answer = page.post(f"/chat/{talk.pk}/suggest/title/", follow=True)
    assert answer.redirect_chain[-1][0] == f"/chat/{talk.pk}/rename/?suggested=1"
    assert "Look again" in text_of(answer)
    Extra.objects.update(status="complete", data={"title": "The harbour"})
    assert 'value="The harbour"' in text_of(page.get(f"/chat/{talk.pk}/rename/?suggested=1"))
    assert 'value="The harbour"' not in text_of(page.get(f"/chat/{talk.pk}/rename/"))


def test_suggested_tags_are_there_to_be_ticked_and_none_is_set(page: Client, talk: Session) -> None:
    answered(talk, "tags", tags=[{"name": "sea", "is_new": False}, {"name": "<i>", "is_new": True}])
    fragment = text_of(page.get(f"/chat/{talk.pk}/suggest/tags/", headers=HTMX))
    assert '<input type="checkbox" name="tags" value="sea"><span>sea</span>' in fragment
    assert (
        '<input type="checkbox" name="tags" value="&lt;i&gt;"><span>&lt;i&gt; <small>new</small>' in fragment
    )
    assert not talk.tags.exists()
    page.post(f"/chat/{talk.pk}/tags/", {"tags": ["sea"]}, headers=HTMX)
    assert [tag.name for tag in talk.tags.all()] == ["sea"]


def test_why_there_is_none_is_told_in_the_dialog(page: Client, talk: Session) -> None:
    error = {"words": "Refused: no <key>", "said": None}
    Extra.objects.create(session=talk, owner=talk.owner, purpose="tags", status="error", error=error)
    assert "Refused: no &lt;key&gt;" in text_of(page.get(f"/chat/{talk.pk}/suggest/tags/", headers=HTMX))


def test_who_has_used_up_a_limit_is_told_so(page: Client, htmx: Ask, alice: User, talk: Session) -> None:
    price("talking")
    limit(cost=1, user=alice)
    took(alice, 1)
    assert "You have used up your $1" in text_of(htmx(f"/chat/{talk.pk}/suggest/title/"))
    answer = page.post(f"/chat/{talk.pk}/suggest/tags/", follow=True)
    assert "You have used up your $1" in text_of(answer)
    assert not Extra.objects.exists()


def test_where_the_site_offers_none_there_is_no_button_and_no_way(
    page: Client, htmx: Ask, talk: Session, settings: Settings
) -> None:
    settings.PARLEY_SUGGESTIONS = False
    for path in ("", "rename/", "tags/"):
        assert "/suggest/t" not in text_of(page.get(f"/chat/{talk.pk}/{path}"))
    assert "switched suggestions off here" in text_of(htmx(f"/chat/{talk.pk}/suggest/title/"))
    assert not Extra.objects.exists()


def test_what_is_proposed_to_one_is_not_shown_to_another(alice: User, bob: User, talk: Session) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.EDITOR)
    Session.objects.update(project=project)
    answered(talk, "naming", title="For alice alone")
    client = Client()
    client.force_login(bob)
    assert "For alice alone" not in text_of(client.get(f"/chat/{talk.pk}/suggest/title/", headers=HTMX))


def worked(extra: Extra) -> Extra:
    """Done by a process that asks no model: nobody has said anything yet."""
    [kind] = job_kinds()
    worker = WorkerProcess.objects.create(host="here", pid=1, beat_at=extra.created_at)
    Extra.objects.update(status="running", worker=worker)
    do(kind, extra, Control(extra, worker_id=worker.pk, is_draining=lambda: False), worker.pk)
    extra.refresh_from_db()
    return extra


def test_of_an_empty_conversation_nothing_can_be_proposed(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    htmx(f"/chat/{session.pk}/suggest/tags/")
    worked(Extra.objects.get())
    told = text_of(page.get(f"/chat/{session.pk}/suggest/tags/", headers=HTMX))
    assert "There is nothing in this conversation yet that could be named." in told


def test_questions_stand_below_the_last_reply_and_lead_into_the_composer(page: Client, talk: Session) -> None:
    with_questions(talk, "How old is it?", HOSTILE)
    html = opened(page, talk)
    assert f'href="/chat/{talk.pk}/?follow_up=2" data-follow-up' in html
    assert "<span>Is &lt;b&gt;this&lt;/b&gt; &amp; “that” so?</span>" in html
    assert ">Is &lt;b&gt;this&lt;/b&gt; &amp; “that” so?</textarea>" in opened(page, talk, "?follow_up=2")
    for number in ("0", "3", "-1", "x", "²"):
        assert "so?</textarea>" not in opened(page, talk, f"?follow_up={number}")


def test_questions_to_another_reply_than_the_last_are_not_shown(page: Client, talk: Session) -> None:
    with_questions(talk, "How old is it?", at=0)
    assert "How old is it?" not in opened(page, talk)


@pytest.mark.parametrize("way", ["delete", "clear"])
def test_with_what_they_are_about_the_questions_go(page: Client, talk: Session, way: str) -> None:
    with_questions(talk, "How old is it?")
    last = messages_of(talk)[-1]
    page.post(f"/messages/{last.pk}/delete/" if way == "delete" else f"/chat/{talk.pk}/clear/")
    talk.refresh_from_db()
    assert talk.follow_ups == {}


def test_who_may_only_read_is_shown_no_questions(alice: User, bob: User, talk: Session) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.VIEWER)
    Session.objects.update(project=project)
    with_questions(talk, "How old is it?")
    client = Client()
    client.force_login(bob)
    assert "How old is it?" not in opened(client, talk)


def test_a_page_costs_the_same_with_questions_and_without(page: Client, alice: User, talk: Session) -> None:
    counts = []
    for session in (make_session(alice, ["One", "Two"]), with_questions(talk, "How?", "Why?", "When?")):
        opened(page, session)
        with CaptureQueriesContext(connection) as queries:
            opened(page, session)
        counts.append(len(queries))
    assert counts[0] == counts[1]


async def test_who_watches_is_shown_the_questions_and_that_they_are_gone(alice: User, talk: Session) -> None:

    def told(questions: list[str]) -> Any:
        with transaction.atomic():
            session = lock_session(talk.pk)
            session.follow_ups = (
                {"message_id": str(messages_of(session)[-1].pk), "questions": questions} if questions else {}
            )
            return record(session, session_note(session), changed=["follow_ups"])

    screen = PageScreen(alice, Role.OWNER)
    assert "<span>How old is it?</span>" in await screen.frame(await write(told, ["How old is it?"]))
    gone = await screen.frame(await write(told, []))
    assert f'id="follow-ups" data-of="{talk.pk}" hidden' in gone
    reader = PageScreen(alice, Role.VIEWER)
    assert "How old is it?" not in await reader.frame(await write(told, ["How old is it?"]))


def test_a_person_can_do_without_what_the_site_offers(page: Client, alice: User, settings: Settings) -> None:
    assert 'id="extras"' not in text_of(page.get("/settings/"))
    settings.PARLEY_FOLLOW_UPS = True
    html = text_of(page.get("/settings/"))
    assert 'name="follow_ups"' in html
    assert 'name="titles"' not in html
    page.post("/settings/extras/", {})
    alice.refresh_from_db()
    assert (alice.liking.follow_ups, alice.liking.titles) == (False, True)


def test_a_typed_title_is_a_title_that_a_person_typed(page: Client, talk: Session) -> None:
    answered(talk, "naming", title="The harbour")
    update_session(session=talk, changes={"name": "The harbour"})
    talk.refresh_from_db()
    assert talk.is_name_typed
