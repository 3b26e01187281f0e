"""The browser of the page tests: plain, or as htmx asks."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from chat.models import User
from tests.factories import make_user

Response = Any  # Django's test response has no public type
Ask = Callable[..., Response]


@pytest.fixture
def page(client: Client, alice: User) -> Client:
    """Alice's browser, without JavaScript."""
    client.force_login(alice)
    return client


@pytest.fixture
def htmx(page: Client) -> Ask:
    """Posts as the page's script does."""

    def post(url: str, data: dict[str, Any] | None = None, **headers: str) -> Response:
        sent = {"HX-Request": "true", **headers}
        return page.post(url, data or {}, headers=sent)

    return post


@pytest.fixture
def desk(alice: User) -> Client:
    """An administrator's browser, beside Alice's."""
    client = Client()
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    return client


def text_of(response: Response) -> str:
    return str(response.content.decode())
