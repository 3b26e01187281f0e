"""What was deleted waits for 30 days: it is brought back, or removed for good.

Proves A6 and C11.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Attachment, Message, MessageEdit, Session, User
from chat.services import temporary, trash
from chat.services.messages import delete_message
from chat.services.projects import delete_project
from chat.services.sessions import clear_session, delete_session
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import (
    make_annotation,
    make_attachment,
    make_project,
    make_session,
    messages_of,
)

LONG_AGO = timedelta(days=30, minutes=1)


def change(htmx: Ask, kind: str, key: object, action: str = "restore") -> str:
    return text_of(htmx("/trash/change/", {"kind": kind, "id": str(key), "action": action}))


def test_a_conversation_is_brought_back(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"], name="Cranes")
    delete_session(session=session)
    assert "Cranes" in text_of(page.get("/trash/"))
    assert "Brought back." in change(htmx, "session", session.pk)
    assert page.get(f"/chat/{session.pk}/").status_code == 200
    assert "Cranes" not in text_of(page.get("/trash/")).split('class="lines"')[1]


def test_a_conversation_that_is_removed_for_good_leaves_nothing(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"], project=make_project(alice), scope_type="a", scope_id="b")
    file = make_attachment(alice, message=messages_of(session)[0]).file.name
    delete_session(session=session)
    change(htmx, "session", session.pk, "purge")
    assert not trash.deleted_sessions(alice).exists()
    assert htmx(f"/chat/{session.pk}/restore/").status_code == 404
    temporary.sweep()
    assert not Session.objects.exists()
    assert not Message.objects.exists()
    assert not default_storage.exists(file or "")


def test_a_message_is_brought_back_to_its_place(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["How many?", "Seven."])
    delete_message(message=messages_of(session)[1])
    assert "Seven." in text_of(page.get("/trash/messages/"))
    change(htmx, "message", Message.objects.get(content="Seven.").pk)
    assert [message.content for message in messages_of(session)] == ["How many?", "Seven."]


def test_a_message_that_is_removed_for_good_leaves_its_place_alone(
    page: Client, htmx: Ask, alice: User
) -> None:
    session = make_session(alice, ["One", "The second", "Three", "Four"])
    middle = messages_of(session)[1]
    MessageEdit.objects.create(message=middle, content="Tow", editor=alice)
    make_annotation(middle)
    make_attachment(alice, message=middle)
    delete_message(message=middle)
    change(htmx, "message", middle.pk, "purge")
    middle.refresh_from_db()
    assert (middle.content, middle.html, middle.edits.count(), middle.annotations.count()) == ("", "", 0, 0)
    assert not Attachment.objects.exists()
    assert [message.content for message in messages_of(session)] == ["One", "Three", "Four"]
    for path in (f"/messages/{middle.pk}/", f"/chat/{session.pk}/?at={middle.pk}"):
        assert "The second" not in text_of(page.get(path))
    assert htmx(f"/messages/{middle.pk}/restore/").status_code == 404


def test_what_was_cleared_is_one_line(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["One", "Two"])
    clear_session(session=session)
    assert "2 messages cleared" in text_of(page.get("/trash/messages/"))
    change(htmx, "clearing", Message.objects.values_list("clearing_id", flat=True)[0])
    session.refresh_from_db()
    assert (len(messages_of(session)), session.message_count) == (2, 2)
    clear_session(session=session)
    change(htmx, "clearing", Message.objects.values_list("clearing_id", flat=True)[0], "purge")
    assert set(Message.objects.values_list("content", flat=True)) == {""}


def test_a_project_is_brought_back_or_leaves_its_conversations(htmx: Ask, alice: User) -> None:
    project = make_project(alice)
    session = make_session(alice, project=project, scope_type="spec", scope_id="1")
    delete_project(project=project)
    assert "Brought back." in change(htmx, "project", project.pk)
    delete_project(project=project)
    change(htmx, "project", project.pk, "purge")
    session.refresh_from_db()
    assert (session.project, session.scope_id) == (None, None)


@pytest.mark.parametrize("kind", ["session", "message", "clearing", "project"])
def test_what_is_anothers_is_not_there(client: Client, alice: User, charlie: User, kind: str) -> None:
    session = make_session(alice, ["One", "Two"])
    delete_message(message=messages_of(session)[1])
    gone = make_session(alice)
    delete_session(session=gone)
    project = make_project(alice)
    delete_project(project=project)
    key = {"session": gone.pk, "project": project.pk}.get(kind, Message.objects.get(content="Two").pk)
    client.force_login(charlie)
    for action in ("restore", "purge"):
        answer = client.post("/trash/change/", {"kind": kind, "id": key, "action": action})
        assert answer.status_code == (302 if (kind, action) == ("clearing", "purge") else 404)
    client.post("/trash/empty/")
    assert trash.deleted_messages(alice).count() == trash.deleted_sessions(alice).count() == 1


def test_the_trash_is_emptied_at_once(page: Client, alice: User) -> None:
    delete_message(message=messages_of(make_session(alice, ["One", "Two"]))[1])
    delete_session(session=make_session(alice))
    page.post("/trash/empty/")
    assert not trash.deleted_messages(alice).exists()
    assert not trash.deleted_sessions(alice).exists()


def test_after_thirty_days_it_goes_by_itself_and_nothing_else_does(alice: User) -> None:
    young, kept = make_session(alice, name="Young"), make_session(alice, ["One", "Two"], name="Kept")
    old = make_session(alice, ["Three"], name="Old")
    for session in (young, old):
        delete_session(session=session)
    delete_message(message=messages_of(kept)[1])
    assert not trash.is_due()
    Session.objects.filter(pk=old.pk).update(deleted_at=timezone.now() - LONG_AGO)
    Message.objects.filter(content="Two").update(deleted_at=timezone.now() - LONG_AGO)
    assert trash.is_due()
    trash.sweep()
    temporary.sweep()
    assert not trash.is_due()
    assert set(Session.objects.values_list("name", flat=True)) == {"Young", "Kept"}
    assert set(Message.objects.values_list("content", flat=True)) == {"One", ""}


def test_it_is_read_page_by_page_at_the_same_cost(page: Client, alice: User) -> None:
    def delete(count: int) -> None:
        for number in range(count):
            delete_session(session=make_session(alice, name=f"Gone {number}"))

    delete(2)
    with CaptureQueriesContext(connection) as few:
        page.get("/trash/")
    delete(58)
    with CaptureQueriesContext(connection) as many:
        first = text_of(page.get("/trash/"))
    assert len(few) == len(many)
    before = first.split("?before=")[1].split('"')[0]
    second = text_of(page.get(f"/trash/?before={before}"))
    assert (first.count('class="line"'), second.count('class="line"')) == (50, 10)
