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
