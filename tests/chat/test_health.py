"""Health, readiness and metrics.

Proves F7.
"""

from __future__ import annotations

from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.db import OperationalError, connection
from django.test import AsyncClient, Client

from chat.generation.engine import Engine
from chat.models import User
from chat.views import health
from tests.factories import PASSWORD, make_token


def get(path: str, token: str = "") -> Any:
    call: Any = async_to_sync(AsyncClient().get)
    return call(path, headers={"Authorization": f"Bearer {token}"} if token else {})


@pytest.mark.django_db(transaction=True)
def test_it_is_alive_before_it_is_ready() -> None:
    assert get("/healthz").status_code == 200
    waiting = get("/readyz")
    assert (waiting.status_code, waiting.json()) == (503, {"worker": "not ready", "database": "ok"})


async def test_it_is_ready_while_the_engine_runs(live_engine: Engine) -> None:
    response = await AsyncClient().get("/readyz")
    assert (response.status_code, response.json()) == (200, {"worker": "ok", "database": "ok"})
    await live_engine.stop()
    assert (await AsyncClient().get("/readyz")).status_code == 503
    await live_engine.start()


@pytest.mark.django_db(transaction=True)
def test_a_database_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(connection, "cursor", fail)
    assert not health._has_database()


def test_the_metrics_are_for_staff(alice: User, dana: User) -> None:
    assert get("/metrics").status_code == 401
    assert get("/metrics", "wrong").status_code == 401
    assert get("/metrics", make_token(alice)).status_code == 403
    told = get("/metrics", make_token(dana))
    assert told.status_code == 200
    text = told.content.decode()
    for name in (
        "parley_generations",
        "parley_replies_total",
        "parley_sockets",
        "parley_http_requests_total",
    ):
        assert name in text
    assert 'parley_generations{state="queued"} 0.0' in text


def test_staff_reads_the_metrics_in_a_browser(dana: User) -> None:
    client = Client()
    client.login(username="dana", password=PASSWORD)
    assert client.get("/metrics").status_code == 200
