"""The models that the composer offers, and which of them a conversation has."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date

import pytest
from django.test import Client

from chat.models import ConfiguredProvider, User
from chat.providers.facts import facts_of
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


def test_what_is_known_of_a_model_is_said_and_nothing_else(page: Client) -> None:
    official = {"kind": "openai", "base_url": "https://api.openai.com/v1"}
    ConfiguredProvider.objects.create(name="real", model_names=["gpt-5-mini", "gpt-unheard-of"], **official)
    ConfiguredProvider.objects.create(
        name="like-it", kind="openai", base_url="http://127.0.0.1:9/v1", model_names=["gpt-5-mini"]
    )
    shown = page.get("/").content.decode()
    facts = "400K context · $0.25 in, $2 out per million"
    assert f'value="real::gpt-5-mini" data-facts="{facts}"' in shown
    assert 'value="real::gpt-unheard-of">' in shown
    assert 'value="like-it::gpt-5-mini">' in shown


@pytest.mark.parametrize(
    ("kind", "model", "sees"), [("anthropic", "claude-sonnet-4-5", True), ("google", "gemini-2.5-pro", True)]
)
def test_the_makers_models_are_known_wherever_they_are(kind: str, model: str, sees: bool) -> None:
    facts = facts_of(kind, "", model, date(2026, 1, 1))
    assert facts.sees_pictures is sees
    assert facts.input_price
    assert facts.output_price


def test_many_models_cost_no_query_each(
    page: Client, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    names = [f"model-{number}" for number in range(300)]
    ConfiguredProvider.objects.create(
        name="many", kind="openai", base_url="http://127.0.0.1:9/v1", model_names=names
    )
    with django_assert_max_num_queries(12):
        assert page.get("/").content.decode().count("<option") >= 300


def test_a_model_that_is_not_offered_is_refused_and_the_text_stays(page: Client, alice: User) -> None:
    session = make_session(alice)
    answer = page.post(f"/chat/{session.id}/send/", {"content": "Keep this", "model": "no::such"})
    assert answer.status_code == 422
    assert "Keep this" in answer.content.decode()
    assert session.messages.count() == 0
