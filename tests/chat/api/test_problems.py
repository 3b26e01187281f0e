"""Whatever goes wrong under /api/ is a problem in words (RFC 9457), and tells nothing of the inside.

Proves B25.
"""

from __future__ import annotations

import pytest
from pytest_django import Settings

from chat.api import sessions as operations
from chat.models import User
from tests.chat.api.client import Answer, Api, session_path
from tests.factories import make_session


def assert_problem(answer: Answer, status: int) -> None:
    assert answer.status == status
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json
    assert body["status"] == status
    assert {"type", "title", "detail"} <= set(body)
    assert body["title"]
    assert body["detail"]


def test_an_unknown_address_is_a_problem(api: Api, nobody: Api) -> None:
    for address in ("/nothing", "/chat/sessions/", "/", "/chat/sessions/7", "/chat/sessions/7/branch"):
        assert_problem(api.get(address), 404)
        assert_problem(nobody.get(address), 404)


def test_a_wrong_method_names_the_right_ones(api: Api) -> None:
    refused = api.delete("/chat/sessions")
    assert_problem(refused, 405)
    assert refused.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_options_names_the_methods(nobody: Api) -> None:
    answer = nobody.call("OPTIONS", "/chat/sessions")
    assert (answer.status, answer.headers["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")


def test_head_is_get_without_the_body(api: Api, alice: User) -> None:
    path = session_path(make_session(alice).id)
    head, got = api.call("HEAD", path), api.get(path)
    assert (head.status, head.body) == (200, b"")
    assert head.headers["Content-Length"] == str(len(got.body))
    assert api.call("HEAD", f"{path}/stream").status == 200
    assert_status_without_body(api.call("HEAD", "/nothing"))


def assert_status_without_body(answer: Answer) -> None:
    assert (answer.status, answer.body) == (404, b"")


def test_an_unknown_filter_is_named(api: Api, nobody: Api, alice: User) -> None:
    path = session_path(make_session(alice).id)
    for answer in (
        api.get("/chat/sessions", limit=3, colour="red"),
        api.get(path, colour="red"),
        api.get(f"{path}/messages", limit=3, colour=""),
        api.call("POST", "/chat/sessions?colour=red", {"name": "Plans"}),
    ):
        assert_problem(answer, 422)
        assert answer.json["errors"] == {"colour": ["This field is not known."]}
    assert_problem(nobody.get("/chat/sessions", colour="red"), 401)
    assert_problem(Api(token="wrong").get("/chat/sessions", colour="red"), 401)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"name": "x" * 201}, "This can have at most 200 characters."),
        ({"tags": ["x" * 61]}, "This can have at most 60 characters."),
        ({"tags": ["x"] * 51}, "This can have at most 50 entries."),
        ({"tags": [""]}, "This needs at least 1 character."),
        ({"tags": [" "]}, "This may not be blank."),
        ({"settings": {"system_prompt": "x" * 100_001}}, "This can have at most 100,000 characters."),
    ],
)
def test_what_is_too_long_or_short_is_told_in_plain_words(
    api: Api, alice: User, body: object, words: str
) -> None:
    answer = api.patch(session_path(make_session(alice).id), body)
    assert_problem(answer, 422)
    assert list(answer.json["errors"].values()) == [[words]]


def test_what_holds_nothing_has_no_type(api: Api, alice: User) -> None:
    path = session_path(make_session(alice).id)
    for answer in (api.post(f"{path}/stop"), api.delete(path), api.call("OPTIONS", "/chat/sessions")):
        assert (answer.status, answer.body) == (204, b"")
        assert not {"Content-Type", "Content-Length"} & set(answer.headers)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"content": NaN}',
        b'{"content": "a", "content": "b"}',
        b"[" * 100_000,
    ],
)
def test_what_is_not_json_is_a_bad_request(api: Api, alice: User, body: bytes) -> None:
    assert_problem(api.send("POST", f"{session_path(make_session(alice).id)}/messages", body), 400)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"]
)
def test_a_body_of_another_kind_is_refused(api: Api, content_type: str) -> None:
    assert_problem(api.send("POST", "/chat/sessions", b"name=Plans", content_type), 415)


def test_a_body_that_is_too_large_is_refused(api: Api, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    assert_problem(api.post("/chat/sessions", {"name": "x" * 1000}), 413)


def test_our_own_failure_tells_nothing(api: Api, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise RuntimeError("the key is hunter2")

    monkeypatch.setattr(operations, "session_json", fail)
    failed = api.get(session_path(make_session(alice).id))
    assert_problem(failed, 500)
    assert b"hunter2" not in failed.body
    assert b"Traceback" not in failed.body


def test_a_page_outside_the_api_is_no_problem(api: Api) -> None:
    response = api.send("GET", "/../nothing", b"")
    assert response.status == 404


def test_every_answer_has_a_request_id(api: Api) -> None:
    assert api.get("/chat/sessions").headers["X-Request-ID"] != api.get("/nothing").headers["X-Request-ID"]
    kept = api.call("GET", "/chat/sessions", X_Request_ID="proxy-12345")
    assert kept.headers["X-Request-ID"] == "proxy-12345"
    forged = api.call("GET", "/chat/sessions", X_Request_ID="bad id {}")
    assert forged.headers["X-Request-ID"] != "bad id {}"
