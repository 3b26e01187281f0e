"""What lies round the views: request ids, the access log, and middlewares that wait in no thread."""

from __future__ import annotations

import io
import logging
from typing import Any

import pytest
from asgiref.sync import SyncToAsync, async_to_sync
from django.core.handlers.asgi import ASGIHandler
from django.test import AsyncClient

from chat.models import User
from tests.factories import make_token


def get(path: str, **headers: str) -> Any:
    call: Any = async_to_sync(AsyncClient().get)
    return call(path, headers={name.replace("_", "-"): value for name, value in headers.items()})


def test_one_line_is_logged_for_a_request_without_its_secrets(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    token = make_token(alice)
    with caplog.at_level(logging.INFO, logger="parley.access"):
        answer = get("/api/chat/sessions?q=secret-words", Authorization=f"Bearer {token}")
    [line] = [record for record in caplog.records if record.name == "parley.access"]
    told: Any = line.msg
    assert (told["path"], told["status"], told["method"]) == ("/api/chat/sessions", 200, "GET")
    assert told["request_id"] == answer.headers["X-Request-ID"]
    assert token not in str(told)
    assert "secret-words" not in str(told)


@pytest.mark.django_db(transaction=True)
def test_a_page_has_the_headers_that_protect_it() -> None:
    answer = get("/login/")
    policy = answer.headers["Content-Security-Policy"]
    directives = dict(directive.split(" ", 1) for directive in policy.split("; "))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == directives["connect-src"] == "'self'"
    assert "unsafe" not in policy
    assert "camera=()" in answer.headers["Permissions-Policy"]
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


async def test_the_middlewares_wait_in_no_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = ASGIHandler()
    scope = {"type": "http", "method": "GET", "path": "/healthz", "headers": [(b"host", b"localhost")]}
    request, _ = handler.create_request({**scope, "query_string": b""}, io.BytesIO())
    assert request is not None
    hops: list[object] = []
    hop = SyncToAsync.__call__

    async def noted(self: Any, *args: Any, **kwargs: Any) -> Any:
        hops.append(self.func)
        return await hop(self, *args, **kwargs)

    monkeypatch.setattr(SyncToAsync, "__call__", noted)
    response = await handler.get_response_async(request)
    assert response.status_code == 200
    assert hops == []


@pytest.mark.django_db(transaction=True)
def test_another_hosts_name_is_a_warning_without_a_trace(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="django.security.DisallowedHost"):
        answer = get("/login/", Host="elsewhere.example")
    assert answer.status_code == 400
    [line] = [record for record in caplog.records if record.name == "django.security.DisallowedHost"]
    assert (line.levelname, line.exc_info) == ("WARNING", None)
    assert "elsewhere.example" in line.getMessage()


@pytest.mark.parametrize("path", ["/chat/tags/", "/draft/", "/login/", "/logout/"])
@pytest.mark.parametrize("kind", ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x"])
def test_a_form_of_another_site_is_refused_by_a_page(alice: User, path: str, kind: str) -> None:
    """The page reads who is there, which the loop must not wait for: it was an error of the server's."""
    client = AsyncClient(enforce_csrf_checks=True, raise_request_exception=False)
    async_to_sync(client.aforce_login)(alice)
    answer: Any = async_to_sync(client.post)(path, b"", content_type=kind)
    assert answer.status_code == 403
    assert b"<h1>" in answer.content
