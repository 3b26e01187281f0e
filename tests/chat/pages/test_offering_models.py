"""The models that the composer offers, and which of them a conversation has."""

from __future__ import annotations

import pytest
from django.test import Client

from chat.models import ConfiguredProvider, User
from tests.factories import make_session


@pytest.mark.parametrize(
    ("provider", "model", "expected"),
    [
        ("", "", "first::a"),
        ("second", "", "second::c"),
        ("second", "d", "second::d"),
        ("second", "unlisted", "second::unlisted"),
        ("gone", "", "gone::"),
    ],
)
def test_a_conversations_own_model_is_chosen(
    page: Client, alice: User, provider: str, model: str, expected: str
) -> None:
    where = {"kind": "openai", "base_url": "http://127.0.0.1:9/v1"}
    ConfiguredProvider.objects.create(name="first", model_names=["a", "b"], is_default=True, **where)
    ConfiguredProvider.objects.create(name="second", model_names=["c", "d"], **where)
    session = make_session(alice)
    session.provider, session.model = provider, model
    session.save(update_fields=["provider", "model"])
    shown = page.get(f"/chat/{session.id}/").content.decode()
    assert f'value="{expected}" selected' in " ".join(shown.split())


def test_the_model_that_the_composer_shows_is_the_one_that_answers(page: Client, alice: User) -> None:
    """Its change may not have arrived yet when the message does."""
    where = {"kind": "openai", "base_url": "http://127.0.0.1:9/v1"}
    ConfiguredProvider.objects.create(name="first", model_names=["a", "b"], **where)
    session = make_session(alice)
    page.post(f"/chat/{session.id}/send/", {"content": "Hello", "model": "first::b"})
    session.refresh_from_db()
    assert (session.provider, session.model) == ("first", "b")
    assert session.messages.get(role="assistant").model == "b"


def test_a_model_that_is_not_offered_is_refused_and_the_text_stays(page: Client, alice: User) -> None:
    session = make_session(alice)
    answer = page.post(f"/chat/{session.id}/send/", {"content": "Keep this", "model": "no::such"})
    assert answer.status_code == 422
    assert "Keep this" in answer.content.decode()
    assert session.messages.count() == 0
