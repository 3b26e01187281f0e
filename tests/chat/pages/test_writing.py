"""Sending, and what is shown when that does not go.

Proves A7, A10 and B7.
"""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from chat.models import Message, Session, User
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_session, messages_of


def test_the_first_message_makes_its_session(page: Client, alice: User) -> None:
    response = page.post("/send/", {"content": "How do boats float, and why?"})
    session = Session.objects.get(owner=alice)
    assert response["Location"] == f"/chat/{session.id}/"
    assert session.name == "How do boats float,..."
    assert [message.role for message in messages_of(session)] == ["user", "assistant"]


def test_the_script_goes_there_without_a_new_page(htmx: Ask, alice: User) -> None:
    response = htmx("/send/", {"content": "Hello", "model": "scripted::default"})
    session = Session.objects.get(owner=alice)
    assert f'"path": "/chat/{session.id}/"' in response["HX-Location"]
    assert (session.provider, session.model) == ("scripted", "default")


def test_sending_twice_is_sending_once(htmx: Ask, alice: User) -> None:
    sent = {"content": "Hello", "message_id": str(uuid4())}
    first, second = htmx("/send/", sent), htmx("/send/", sent)
    assert first["HX-Location"] == second["HX-Location"]
    assert Message.objects.filter(role="user").count() == 1


def test_both_bubbles_come_back(htmx: Ask, alice: User) -> None:
    session, message_id = make_session(alice), uuid4()
    html = text_of(htmx(f"/chat/{session.id}/send/", {"content": "Hello", "message_id": str(message_id)}))
    assert html.count("<article") == 2
    assert f'id="m-{message_id}"' in html
    assert 'data-status="pending"' in html


def test_blank_text_is_refused_beside_the_composer(htmx: Ask, alice: User) -> None:
    for url in ("/send/", f"/chat/{make_session(alice).id}/send/"):
        response = htmx(url, {"content": " \n "})
        assert response.status_code == 400
        assert response["HX-Retarget"] == "#composer-error"
        assert "nothing in this message" in text_of(response)
    assert not Message.objects.exists()


def test_a_control_character_in_a_text_is_left_out(page: Client, alice: User) -> None:
    for url in ("/send/", f"/chat/{make_session(alice).id}/send/"):
        assert page.post(url, {"content": "Hel\x00lo"}).status_code == 302
    assert {message.content for message in Message.objects.filter(role="user")} == {"Hello"}


@pytest.mark.parametrize(
    "wrong",
    [{"attachment_ids": ["no-id"]}, {"message_id": "no-id"}, {"attachment_ids": [str(uuid4()), "\x00"]}],
)
def test_a_form_with_a_wrong_id_is_refused_and_what_was_typed_stays(
    page: Client, htmx: Ask, alice: User, wrong: dict[str, Any]
) -> None:
    for url in ("/send/", f"/chat/{make_session(alice).id}/send/"):
        refused = htmx(url, {"content": "Hello ocean", **wrong})
        assert (refused.status_code, refused["HX-Retarget"]) == (422, "#composer-error")
        assert "once more" in text_of(refused)
        plain = page.post(url, {"content": "Hello ocean", **wrong})
        assert plain.status_code == 422
        assert "Hello ocean" in text_of(plain)
    assert not Message.objects.exists()


@pytest.mark.parametrize("model", ["a" * 500 + "::" + "b" * 900, "scripted::other", "nobody::default", "::"])
def test_a_first_message_goes_to_a_model_that_is_offered(
    page: Client, htmx: Ask, alice: User, model: str
) -> None:
    refused = htmx("/send/", {"content": "Hello ocean", "model": model})
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#composer-error")
    assert "not offered" in text_of(refused)
    assert "Hello ocean" in text_of(page.post("/send/", {"content": "Hello ocean", "model": model}))
    assert not Session.objects.exists()


def test_without_script_what_was_typed_is_still_there(page: Client, alice: User) -> None:
    session = make_session(alice)
    long = "ocean " * (settings.MESSAGE_MAX_CHARS // 5)
    for url in ("/send/", f"/chat/{session.id}/send/"):
        response = page.post(url, {"content": long})
        assert response.status_code == 422
        assert long in text_of(response)
        assert "Too long" in text_of(response)


def test_a_second_send_is_refused_or_queued(htmx: Ask, alice: User) -> None:
    url = f"/chat/{make_session(alice).id}/send/"
    htmx(url, {"content": "One"})
    refused = htmx(url, {"content": "Two"})
    assert refused.status_code == 409
    assert "still being written" in text_of(refused)
    queued = htmx(url, {"content": "Two", "queue": "true"})
    assert queued.status_code == 200
    assert Message.objects.filter(role="user").count() == 2
