"""Who may call: a token, or a browser's session with CSRF; everybody else gets 401.

Proves B25 and C12.
"""

from __future__ import annotations

import json
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.test import AsyncClient, Client

from chat.models import ApiToken, Session, User
from tests.chat.api.client import Api, session_path
from tests.factories import PASSWORD, make_session, make_token


def assert_unauthorized(answer: Any) -> None:
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert answer.headers["Content-Type"] == "application/problem+json"


def test_without_a_token_nothing_is_told(nobody: Api, alice: User) -> None:
    path = session_path(make_session(alice).id)
    for answer in (nobody.get("/chat/sessions"), nobody.get(path), nobody.post("/chat/sessions", {"bad": 1})):
        assert_unauthorized(answer)


@pytest.mark.parametrize("token", ["wrong", "", " ", "parley_", "ü", "a b"])
def test_a_wrong_token_is_refused(alice: User, token: str) -> None:
    api = Api(token=token)
    assert_unauthorized(api.get("/chat/sessions"))
    assert_unauthorized(api.post("/chat/sessions", {"unknown": "field"}))
    assert_unauthorized(api.send("POST", "/chat/sessions", b"{"))
    assert_unauthorized(api.send("POST", "/chat/sessions", b"x", "text/plain"))
    assert_unauthorized(api.send("POST", "/chat/attachments", b"x", "text/plain"))


def test_a_suspended_persons_token_is_refused_at_once(api: Api, alice: User) -> None:
    assert api.get("/chat/sessions").status == 200
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert_unauthorized(api.get("/chat/sessions"))


def test_a_withdrawn_token_is_refused(api: Api, alice: User) -> None:
    ApiToken.objects.filter(user=alice).delete()
    assert_unauthorized(api.get("/chat/sessions"))


def test_the_scheme_is_read_in_any_case(alice: User) -> None:
    api = Api()
    api.headers = {"Authorization": f"bearer {make_token(alice)}"}
    assert api.get("/chat/sessions").status == 200


def test_only_the_digest_of_a_token_is_kept(alice: User) -> None:
    token = make_token(alice)
    kept = ApiToken.objects.get(user=alice)
    assert token not in (kept.digest, kept.name)
    assert kept.digest == ApiToken.digest_of(token)


@pytest.fixture
def browser(alice: User) -> AsyncClient:
    client = AsyncClient(enforce_csrf_checks=True)
    client.force_login(alice)
    return client


def post(client: AsyncClient, data: object, headers: dict[str, str] | None = None) -> Any:
    call: Any = async_to_sync(client.post)
    return call(
        "/api/chat/sessions", json.dumps(data), content_type="application/json", headers=headers or {}
    )


def test_a_browser_reads_with_its_session(browser: AsyncClient) -> None:
    assert async_to_sync(browser.get)("/api/chat/sessions").status_code == 200


def test_a_browser_writes_only_with_the_csrf_token(browser: AsyncClient) -> None:
    secret = "x" * 32
    browser.cookies["csrftoken"] = secret
    refused = post(browser, {"name": "Forged"})
    assert (refused.status_code, refused.headers["Content-Type"]) == (403, "application/problem+json")
    assert not Session.objects.exists()
    assert post(browser, {"name": "Mine"}, {"X-CSRFToken": secret}).status_code == 201


def test_a_foreign_origin_is_refused(browser: AsyncClient) -> None:
    browser.cookies["csrftoken"] = "x" * 32
    headers = {"X-CSRFToken": "x" * 32, "Origin": "https://elsewhere.example"}
    assert post(browser, {}, headers).status_code == 403


def test_a_suspended_persons_session_is_refused(browser: AsyncClient, alice: User) -> None:
    User.objects.filter(pk=alice.pk).update(is_active=False)
    assert async_to_sync(browser.get)("/api/chat/sessions").status_code == 401


def test_a_session_cookie_of_nobody_is_refused(transactional_db: None) -> None:
    client = AsyncClient()
    client.cookies["sessionid"] = "nonsense"
    assert async_to_sync(client.get)("/api/chat/sessions").status_code == 401


def test_a_wrong_token_is_not_saved_by_a_session(browser: AsyncClient) -> None:
    call: Any = async_to_sync(browser.get)
    assert call("/api/chat/sessions", headers={"Authorization": "Bearer wrong"}).status_code == 401


def test_the_api_answers_under_the_synchronous_stack_too(alice: User) -> None:
    client = Client()
    client.login(username="alice", password=PASSWORD)
    assert client.get("/api/chat/sessions").status_code == 200
    assert client.get("/api/nothing").json()["status"] == 404
