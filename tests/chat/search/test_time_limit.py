"""A search that takes too long is broken off and told, and what comes after it is as ever.

Proves B5.
"""

from __future__ import annotations

import time

import pytest
from django.db import connection
from django.test import Client

from chat.errors import TooSlow
from chat.index import rebuild
from chat.models import User
from chat.search import time_limit
from tests.chat.api.client import Api
from tests.chat.pages.conftest import text_of
from tests.chat.search.scanning import searched
from tests.factories import make_session

ENDLESS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n",
    "postgresql": "SELECT pg_sleep(60)",
}


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch, alice: User) -> User:
    """Whatever is searched, the database first does something that has no end."""
    monkeypatch.setattr(time_limit, "SECONDS", 0.2)

    def newest(*_arguments: object, **_named: object) -> list[int]:
        with connection.cursor() as cursor:
            cursor.execute(ENDLESS[connection.vendor])
        return []

    for module in ("sqlite", "postgres"):
        monkeypatch.setattr(f"chat.search.{module}.newest", newest)
    make_session(alice, ["harbour"])
    list(rebuild())
    return alice


def test_it_is_broken_off_and_told(slow: User, client: Client) -> None:
    begun = time.monotonic()
    answer = Api(slow).get("/chat/search", q="in:message")
    assert (answer.status, list(answer.json["errors"])) == (422, ["q"])
    assert Api(slow).get("/chat/sessions", q="harbour").status == 422
    client.force_login(slow)
    for headers in ({}, {"HX-Request": "true", "HX-Target": "search-found"}):
        page = client.get("/search/", {"q": "in:message"}, headers=headers)
        assert page.status_code == 422
        assert "That takes too long." in text_of(page)
        assert "Nothing that you may read" not in text_of(page)
    assert time.monotonic() - begun < 20


def test_what_comes_after_it_has_no_limit(slow: User) -> None:
    with pytest.raises(TooSlow), time_limit.time_limit(), connection.cursor() as cursor:
        cursor.execute(ENDLESS[connection.vendor])
    assert len(searched(slow, "harbour")) == 1
    wait = {
        "sqlite": ENDLESS["sqlite"].replace("FROM n)", "FROM n WHERE i < 3000000)"),
        "postgresql": "SELECT pg_sleep(0.5)",
    }
    with connection.cursor() as cursor:
        begun = time.monotonic()
        cursor.execute(wait[connection.vendor])
        assert time.monotonic() - begun > 0.2
