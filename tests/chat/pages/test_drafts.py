"""What one has begun to write waits on the server too: for another device, and for another day.

Proves C4.
"""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.test import Client

from chat.models import Draft, User
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_attachment, make_session


def test_a_draft_is_there_on_another_device(page: Client, htmx: Ask, alice: User) -> None:
    session, key = make_session(alice), str(uuid4())
    assert htmx(f"/chat/{session.id}/draft/", {"content": "Half a", "message_id": key}).status_code == 204
    shown = text_of(page.get(f"/chat/{session.id}/"))
    assert ">Half a</textarea>" in shown
    assert f'name="message_id" value="{key}"' in shown
    assert ">Half a</textarea>" not in text_of(page.get("/"))


def test_a_new_conversation_keeps_its_files_and_its_model(page: Client, htmx: Ask, alice: User) -> None:
    first, second = make_attachment(alice, name="first.txt"), make_attachment(alice, name="second.txt")
    sent = {"content": "", "message_id": str(uuid4()), "model": "scripted::default"}
    htmx("/draft/", {**sent, "attachment_ids": [str(second.id), str(first.id)]})
    shown = text_of(page.get("/"))
    assert 0 < shown.index(f'value="{second.id}"') < shown.index(f'value="{first.id}"')
    assert Draft.objects.get().model == "scripted::default"


def test_the_file_of_another_is_not_shown_in_a_draft(page: Client, htmx: Ask, charlie: User) -> None:
    foreign = make_attachment(charlie)
    htmx("/draft/", {"content": "x", "message_id": str(uuid4()), "attachment_ids": [str(foreign.id)]})
    assert str(foreign.id) not in text_of(page.get("/"))


def test_an_empty_draft_is_none(htmx: Ask, alice: User) -> None:
    key = str(uuid4())
    htmx("/draft/", {"content": "x", "message_id": key})
    htmx("/draft/", {"content": " \n", "message_id": key})
    assert not Draft.objects.exists()


def test_what_was_typed_later_is_kept_whichever_comes_first(htmx: Ask, alice: User) -> None:
    """A telephone comes back on line with what it held for an hour."""
    htmx("/draft/", {"content": "New", "message_id": str(uuid4()), "edited_ago": "200"})
    htmx("/draft/", {"content": "Old", "message_id": str(uuid4()), "edited_ago": "3600000"})
    assert Draft.objects.get().text == "New"


def test_sending_takes_the_draft_away_and_it_does_not_come_back(page: Client, htmx: Ask, alice: User) -> None:
    sent = {"content": "Hello", "message_id": str(uuid4())}
    htmx("/draft/", sent)
    htmx("/send/", sent)
    assert not Draft.objects.exists()
    late = htmx("/draft/", sent)
    assert (late.status_code, late["X-Refused"]) == (204, "already-sent")
    other = htmx("/draft/", {**sent, "content": "Hello there"})
    assert (other.status_code, other["X-Refused"]) == (204, "id-reused")
    with_file = htmx("/draft/", {**sent, "attachment_ids": str(make_attachment(alice).pk)})
    assert with_file["X-Refused"] == "id-reused"
    assert not Draft.objects.exists()


def test_a_refused_message_keeps_its_draft(htmx: Ask, alice: User) -> None:
    sent = {"content": "Hello", "message_id": str(uuid4())}
    htmx("/draft/", sent)
    assert htmx("/send/", {**sent, "model": "no::such"}).status_code == 422
    assert Draft.objects.count() == 1


def test_what_another_device_has_begun_since_stays(htmx: Ask, alice: User) -> None:
    htmx("/draft/", {"content": "Another thought", "message_id": str(uuid4())})
    htmx("/send/", {"content": "Hello", "message_id": str(uuid4())})
    assert Draft.objects.get().text == "Another thought"


def test_nobody_else_sees_a_draft(
    page: Client, htmx: Ask, client: Client, alice: User, charlie: User
) -> None:
    session = make_session(charlie)
    sent = {"content": "x", "message_id": str(uuid4())}
    assert htmx(f"/chat/{session.id}/draft/", sent).status_code == 404
    htmx("/draft/", {**sent, "content": "A secret"})
    page.force_login(charlie)
    assert "A secret" not in text_of(page.get("/"))


def test_a_draft_that_nobody_typed_is_refused(htmx: Ask, alice: User) -> None:
    long = "x" * (2 * settings.MESSAGE_MAX_CHARS + 1)
    assert htmx("/draft/", {"content": long, "message_id": str(uuid4())}).status_code == 422
    assert htmx("/draft/", {"content": "x", "message_id": "no-id"}).status_code == 422
    assert (
        htmx("/draft/", {"content": "x", "message_id": str(uuid4()), "edited_ago": "9" * 30}).status_code
        == 422
    )
    assert not Draft.objects.exists()
