"""The contract's calls, line by line, over HTTP against a server that runs: nothing here looks inside.

What streams, exports and activity are is in other tests; what is here is what scripts of others rely on.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.houses import ShowHouse
from tests.services import Parley, parley, prepare, settings_for, upstream

SESSION = {
    "id", "name", "provider", "model", "settings", "message_count", "total_tokens", "cost", "tags", "starred",
    "archived", "parent_id", "project", "scope_type", "scope_id", "created_at", "updated_at",
}  # fmt: skip
MESSAGE = {
    "id", "session_id", "parent_id", "role", "content", "parts", "status", "visibility", "provider", "model",
    "usage", "timing", "attachments", "reactions", "annotations", "edits", "alternatives", "context", "error",
    "created_at", "updated_at",
}  # fmt: skip
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360000002"
    "000001e221bc330000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def server(show_house: ShowHouse, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Parley, str]]:
    """It runs, and Alice's token."""
    folder: Path = tmp_path_factory.mktemp("contract")
    show_house.copy_to(folder)
    with upstream(folder) as models, parley(settings_for(folder), folder) as server:
        token = prepare(server, provider_url=models, model="n5-r0")
        server.start()
        yield server, token
        server.stop()


@pytest.fixture(scope="module")
def api(server: tuple[Parley, str]) -> Iterator[httpx.Client]:
    with client(*server) as made:
        yield made


@pytest.fixture(scope="module")
def stranger(server: tuple[Parley, str]) -> Iterator[httpx.Client]:
    running, _ = server
    running.manage("create_user", "charlie", "--password", "correct horse battery")
    with client(running, running.manage("create_token", "charlie").strip()) as made:
        yield made


def client(server: Parley, token: str = "") -> httpx.Client:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return httpx.Client(base_url=server.url, headers=headers, timeout=60)


@pytest.fixture
def path(api: httpx.Client) -> str:
    """Of a new session."""
    return f"/api/chat/sessions/{api.post('/api/chat/sessions').json()['id']}"


def events_of(answer: httpx.Response) -> list[tuple[int, str, Any]]:
    assert answer.headers["Content-Type"].startswith("text/event-stream")
    found = []
    for block in answer.text.split("\n\n"):
        if block.strip() and not block.startswith(":"):
            fields = dict(line.split(": ", 1) for line in block.split("\n"))
            found.append((int(fields["id"]), fields["event"], json.loads(fields["data"])))
    return found


def say(api: httpx.Client, path: str, content: str = "Hello", **body: Any) -> list[tuple[int, str, Any]]:
    """Send, and hear the reply to its end."""
    sent = {"content": content, **body}
    return events_of(api.post(f"{path}/messages", json=sent, headers={"Accept": "text/event-stream"}))


def shown(api: httpx.Client, path: str) -> list[Any]:
    return list(api.get(f"{path}/messages", params={"limit": 100}).json()["items"])


def is_problem(answer: httpx.Response, status: int) -> bool:
    body = answer.json()
    return (
        answer.status_code == body["status"] == status
        and answer.headers["Content-Type"] == "application/problem+json"
        and {"type", "title", "status", "detail"} <= set(body)
        and "Traceback" not in answer.text
    )


def test_every_error_is_a_problem(server: tuple[Parley, str], api: httpx.Client, path: str) -> None:
    for token in ("", "wrong"):
        with client(server[0], token) as nobody:
            refused = nobody.get("/api/chat/sessions")
        assert is_problem(refused, 401)
        assert refused.headers["WWW-Authenticate"].startswith("Bearer")
    assert is_problem(api.get("/api/nothing"), 404)
    wrong = api.delete("/api/chat/sessions")
    assert is_problem(wrong, 405)
    assert {"GET", "POST"} <= set(wrong.headers["Allow"].replace(" ", "").split(","))
    as_text = api.post("/api/chat/sessions", content=b"{}", headers={"Content-Type": "text/plain"})
    assert is_problem(as_text, 415)
    assert is_problem(api.post("/api/chat/sessions", content=b"{"), 400)
    assert is_problem(api.post("/api/chat/sessions", content=b'{"name": "' + b"x" * 20_000_000), 413)
    assert is_problem(api.post(f"{path}/messages", json={"content": " \n"}), 400)
    unknown = api.post("/api/chat/sessions", json={"nmae": "x"})
    assert is_problem(unknown, 422)
    assert list(unknown.json()["errors"]) == ["nmae"]


def test_a_browsers_session_needs_the_csrf_token(server: tuple[Parley, str], api: httpx.Client) -> None:
    with client(server[0]) as browser:
        browser.get("/login/")
        form = {"username": "alice", "password": "correct horse battery"}
        form["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        assert browser.post("/login/", data=form, headers={"Referer": server[0].url}).status_code == 302
        assert browser.get("/api/chat/sessions").status_code == 200
        assert is_problem(browser.post("/api/chat/sessions"), 403)
        headers = {"X-CSRFToken": browser.cookies["csrftoken"]}
        assert browser.post("/api/chat/sessions", headers=headers).status_code == 201


def test_the_schema_and_its_page_are_public(server: tuple[Parley, str]) -> None:
    with client(server[0]) as nobody:
        schema = nobody.get("/api/openapi.json").json()
        assert schema["openapi"].startswith("3.")
        assert schema["paths"]["/api/openapi.json"]["get"]["security"] == []
        assert nobody.get("/api/docs").headers["Content-Type"].startswith("text/html")


def test_sessions_are_listed_by_filters_and_pages(api: httpx.Client, stranger: httpx.Client) -> None:
    before = api.get("/api/chat/sessions").json()
    assert set(before) == {"items", "next"}
    made = api.post("/api/chat/sessions", json={"name": "Alpha tides", "provider": "fake", "model": "n5-r0"})
    assert made.status_code == 201
    one = made.json()
    place = f"/api/chat/sessions/{one['id']}"
    api.patch(place, json={"tags": ["sea"], "starred": True, "archived": True})
    api.put(f"/api/chat/threads/filters/spec/{one['id']}", json={"name": "Beta"})
    moment = datetime.fromisoformat(one["updated_at"])
    near = {
        "updated_after": (moment - timedelta(seconds=30)).isoformat(),
        "updated_before": (moment + timedelta(seconds=30)).isoformat(),
    }
    for query in (
        {"q": "tides"}, {"tag": "sea"}, {"starred": "true"}, {"archived": "true"}, {"provider": "fake"},
        {"model": "n5-r0"}, near,
    ):  # fmt: skip
        found = api.get("/api/chat/sessions", params={**query, "limit": 100}).json()["items"]
        assert one["id"] in [item["id"] for item in found], query
    for query in ({"project": "filters"}, {"scope_type": "spec"}, {"scope_id": one["id"]}):
        assert [item["name"] for item in api.get("/api/chat/sessions", params=query).json()["items"]] == [
            "Beta"
        ]
    later = (moment + timedelta(days=1)).isoformat()
    assert api.get("/api/chat/sessions", params={"updated_after": later}).json()["items"] == []
    first = api.get("/api/chat/sessions", params={"limit": 1}).json()
    second = api.get("/api/chat/sessions", params={"limit": 1, "cursor": first["next"]}).json()
    assert first["items"][0]["id"] != second["items"][0]["id"]
    assert is_problem(api.get("/api/chat/sessions", params={"limit": 101}), 422)
    assert one["id"] not in stranger.get("/api/chat/sessions").text


def test_a_session_is_made_read_replaced_merged_deleted_and_restored(
    api: httpx.Client, stranger: httpx.Client
) -> None:
    settings = {"temperature": 0.5, "system_prompt": "Be brief."}
    made = api.post("/api/chat/sessions", json={"name": "Plans", "settings": settings})
    assert made.status_code == 201
    assert set(made.json()) >= SESSION
    one, place = made.json(), f"/api/chat/sessions/{made.json()['id']}"
    assert str(UUID(one["id"])) == one["id"]
    assert one["created_at"].endswith("Z")
    assert set(one["settings"]) == {
        "temperature", "max_tokens", "system_prompt", "auto_context", "context_window",
    }  # fmt: skip
    assert set(api.get(place).json()) >= SESSION | {"last_event_id"}
    merged = api.patch(place, json={"settings": {"temperature": 1.0}})
    assert merged.status_code == 200
    assert merged.json()["settings"]["system_prompt"] == "Be brief."
    replaced = api.put(place, json={"name": "Other"})
    assert (replaced.status_code, replaced.json()["settings"]["system_prompt"]) == (200, "")
    for method in ("GET", "PUT", "PATCH", "DELETE"):
        assert is_problem(stranger.request(method, place, json={}), 404)
    assert (api.delete(place).status_code, api.get(place).status_code) == (204, 404)
    assert (api.post(f"{place}/restore").status_code, api.get(place).status_code) == (200, 200)


def test_a_branch_knows_its_parent_and_a_duplicate_has_none(api: httpx.Client, path: str) -> None:
    say(api, path)
    question, reply = shown(api, path)
    branch = api.post(f"{path}/branch", json={"from_message_id": question["id"]})
    assert branch.status_code == 201
    assert path.endswith(branch.json()["parent_id"])
    assert len(shown(api, f"/api/chat/sessions/{branch.json()['id']}")) == 1
    whole = api.post(f"{path}/branch").json()
    assert [one["content"] for one in shown(api, f"/api/chat/sessions/{whole['id']}")] == [
        question["content"],
        reply["content"],
    ]
    other = api.post("/api/chat/sessions").json()["id"]
    there = {"from_message_id": question["id"]}
    assert is_problem(api.post(f"/api/chat/sessions/{other}/branch", json=there), 404)
    duplicate = api.post(f"{path}/duplicate")
    assert (duplicate.status_code, duplicate.json()["parent_id"]) == (201, None)


def test_sessions_are_compared_and_merged(api: httpx.Client, path: str) -> None:
    say(api, path)
    source = api.post(f"{path}/branch").json()
    there = f"/api/chat/sessions/{source['id']}"
    say(api, there, "In the branch")
    say(api, path, "In the trunk")
    compared = api.get(f"{path}/compare/{source['id']}").json()
    assert set(compared) == {"common", "left", "right"}
    assert compared["common"] == [one["id"] for one in shown(api, path)[:2]]
    assert [one["content"] for one in compared["left"] if one["role"] == "user"] == ["In the trunk"]
    assert [one["content"] for one in compared["right"] if one["role"] == "user"] == ["In the branch"]
    target = api.post(f"{path}/merge", json={"source_id": source["id"]})
    assert (target.status_code, path.endswith(target.json()["id"])) == (200, True)
    after = shown(api, path)
    assert [one["role"] for one in after] == ["user", "assistant"] * 2 + ["system", "user", "assistant"]
    assert [one["content"] for one in after if one["role"] == "user"][-1] == "In the branch"
    assert len(shown(api, there)) == 4  # the source stays


def test_a_session_is_cleared_and_that_is_undone(api: httpx.Client, path: str) -> None:
    say(api, path)
    assert (api.post(f"{path}/clear").status_code, shown(api, path)) == (200, [])
    assert (api.post(f"{path}/clear/undo").status_code, len(shown(api, path))) == (200, 2)
    assert api.post(f"{path}/stop").status_code == 204


def test_messages_are_read_in_pages_from_the_newest(api: httpx.Client, path: str) -> None:
    for number in range(3):
        say(api, path, f"Number {number}")
    page = api.get(f"{path}/messages", params={"limit": 2}).json()
    assert set(page) == {"items", "next", "last_event_id"}
    assert [one["role"] for one in page["items"]] == ["user", "assistant"]
    assert page["items"][0]["content"] == "Number 2"
    older = api.get(f"{path}/messages", params={"limit": 2, "before": page["next"]}).json()
    assert older["items"][0]["content"] == "Number 1"
    assert is_problem(api.get(f"{path}/messages", params={"before": str(uuid4())}), 404)
    gone = page["items"][0]["id"]
    assert api.delete(f"/api/chat/messages/{gone}").status_code == 204
    assert gone not in [one["id"] for one in shown(api, path)]


def test_sending_streams_from_ack_to_done(api: httpx.Client, path: str) -> None:
    heard = say(api, path, "How many?")
    ids, names, data = zip(*heard, strict=True)
    assert list(ids) == sorted(set(ids))
    assert (names[0], names[-1]) == ("ack", "done")
    assert set(data[0]) == {"user_message", "assistant_message"}
    deltas = [one for one in data if one.get("type") == "delta"]
    assert [one["offset"] for one in deltas] == [
        len("".join(d["text"] for d in deltas[:n])) for n in range(len(deltas))
    ]
    question, reply = shown(api, path)
    assert set(reply) >= MESSAGE
    assert (question["status"], reply["status"], reply["parent_id"]) == (
        "complete",
        "complete",
        question["id"],
    )
    assert reply["content"] == "".join(one["text"] for one in deltas)
    assert data[-1] == {"message_id": reply["id"], "status": "complete"}
    assert data[-2]["type"] == "assistant"
    assert data[-2]["message"]["content"] == reply["content"]
    assert set(reply["timing"]) == {"first_token_ms", "duration_ms", "tokens_per_second"}
    assert set(reply["usage"]) == {"input_tokens", "output_tokens", "cost"}
    assert (reply["provider"], reply["model"]) == ("fake", "n5-r0")


def test_while_a_reply_runs_another_waits_only_if_it_says_so(api: httpx.Client, path: str) -> None:
    api.patch(path, json={"model": "hang5"})
    sent = api.post(f"{path}/messages", json={"content": "Slowly"})
    assert (sent.status_code, set(sent.json())) == (202, {"user_message", "assistant_message"})
    busy = api.post(f"{path}/messages", json={"content": "Another"})
    assert is_problem(busy, 409)
    assert busy.json()["type"].endswith("reply-running")
    api.patch(path, json={"model": "n5-r0"})
    queued = api.post(f"{path}/messages", json={"content": "Afterwards", "queue": True})
    assert queued.status_code == 202
    assert api.post(f"{path}/stop").status_code == 204
    place = f"/api/chat/messages/{queued.json()['assistant_message']['id']}"
    for _ in range(100):
        if api.get(place).json()["status"] in ("complete", "stopped"):
            break
        time.sleep(0.1)
    assert [one["status"] for one in shown(api, path)][:2] == ["complete", "stopped"]
    assert api.get(place).json()["status"] == "complete"


def test_a_key_sends_once_and_becomes_the_messages_id(api: httpx.Client, path: str) -> None:
    key = str(uuid4())
    headers, body = {"Idempotency-Key": key}, {"content": "Once"}
    first = api.post(f"{path}/messages", json=body, headers=headers)
    again = api.post(f"{path}/messages", json=body, headers=headers)
    assert (first.status_code, again.status_code) == (202, 202)
    assert first.json()["user_message"]["id"] == again.json()["user_message"]["id"] == key
    assert first.json()["assistant_message"]["id"] == again.json()["assistant_message"]["id"]
    streamed = api.post(f"{path}/messages", json=body, headers={**headers, "Accept": "text/event-stream"})
    assert [event for _, event, _ in events_of(streamed)][0] == "ack"
    assert is_problem(api.post(f"{path}/messages", json={"content": "Twice"}, headers=headers), 422)
    assert len(shown(api, path)) == 2


def test_a_parent_makes_a_sibling_and_shows_it(api: httpx.Client, path: str) -> None:
    say(api, path, "One")
    question, reply = shown(api, path)
    say(api, path, "Two")
    say(api, path, "Other two", parent_id=reply["id"])
    assert [one["content"] for one in shown(api, path) if one["role"] == "user"] == ["One", "Other two"]
    assert len(shown(api, path)[2]["alternatives"]) == 2
    assert question["alternatives"] == [question["id"]]


def test_a_session_is_followed_from_any_event(api: httpx.Client, path: str) -> None:
    heard = say(api, path)
    middle = heard[len(heard) // 2][0]
    follow = {"Last-Event-ID": str(middle)}
    ids: list[int] = []
    with api.stream("GET", f"{path}/stream", headers=follow) as answer:
        assert answer.status_code == 200
        for line in answer.iter_lines():
            ids += [int(line[4:])] if line.startswith("id: ") else []
            if line == "event: done":
                break
    assert ids == sorted(set(ids))
    assert ids[0] > middle
    assert is_problem(api.get(f"{path}/stream", headers={"Last-Event-ID": "x"}), 400)


def test_a_message_is_edited_sent_again_deleted_and_restored(api: httpx.Client, path: str) -> None:
    say(api, path, "Helo")
    question, reply = shown(api, path)
    place = f"/api/chat/messages/{question['id']}"
    edited = api.put(place, json={"content": "Hello"})
    assert (edited.status_code, edited.json()["id"]) == (200, question["id"])
    assert [one["content"] for one in edited.json()["edits"]] == ["Helo"]
    assert set(edited.json()["edits"][0]) == {"content", "edited_at", "user"}
    again = api.put(place, json={"content": "Hello again", "resend": True})
    assert again.status_code == 202
    assert again.json()["user_message"]["alternatives"] == [
        question["id"],
        again.json()["user_message"]["id"],
    ]
    assert (api.delete(place).status_code, api.get(place).status_code) == (204, 404)
    assert api.post(f"{place}/restore").status_code == 200
    assert api.get(f"/api/chat/messages/{reply['id']}").status_code == 200


def test_a_reply_is_made_again_and_the_earlier_one_shown_again(api: httpx.Client, path: str) -> None:
    say(api, path)
    reply = shown(api, path)[1]
    place = f"/api/chat/messages/{reply['id']}"
    streamed = api.post(f"{place}/regenerate", headers={"Accept": "text/event-stream"})
    assert [event for _, event, _ in events_of(streamed)][-1] == "done"
    other = shown(api, path)[1]
    assert other["alternatives"] == [reply["id"], other["id"]]
    shown_again = api.post(f"{place}/activate")
    assert (shown_again.status_code, shown(api, path)[1]["id"]) == (200, reply["id"])
    asked = api.post(f"{place}/regenerate")
    assert (asked.status_code, set(asked.json())) == (202, {"assistant_message"})


def test_reactions_and_annotations(api: httpx.Client, path: str) -> None:
    say(api, path)
    place = f"/api/chat/messages/{shown(api, path)[1]['id']}"
    assert api.put(f"{place}/reactions/👍").json()["reactions"][0]["emoji"] == "👍"
    assert api.delete(f"{place}/reactions/👍").status_code == 204
    note = api.post(f"{place}/annotations", json={"body": "Why?", "start": 0, "end": 2})
    assert (note.status_code, note.json()["start"], note.json()["end"]) == (201, 0, 2)
    assert api.get(place).json()["annotations"] == [note.json()]


def test_a_file_is_attached_and_comes_back_as_a_download(
    api: httpx.Client, stranger: httpx.Client, path: str
) -> None:
    sent = api.post("/api/chat/attachments", files={"file": ("dot.png", PNG, "text/html")})
    assert (sent.status_code, set(sent.json())) == (201, {"id", "kind", "name", "size", "mime_type"})
    assert (sent.json()["mime_type"], sent.json()["size"]) == ("image/png", len(PNG))
    place = f"/api/chat/attachments/{sent.json()['id']}"
    answer = api.get(place)
    assert answer.content == PNG
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert is_problem(stranger.get(place), 404)
    say(api, path, "See", attachment_ids=[sent.json()["id"]])
    assert shown(api, path)[0]["attachments"] == [sent.json()]


def test_a_scope_has_one_session_and_takes_parts(api: httpx.Client, stranger: httpx.Client) -> None:
    place = "/api/chat/threads/contract/spec/42"
    first, again = api.put(place), api.put(place)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["id"] == again.json()["id"]
    assert (first.json()["project"], first.json()["scope_type"], first.json()["scope_id"]) == (
        "contract",
        "spec",
        "42",
    )
    assert is_problem(stranger.put(place), 404)
    body = {"role": "system", "visibility": "hidden", "parts": [{"type": "text", "text": "Says so."}]}
    added = api.post(f"/api/chat/sessions/{first.json()['id']}/parts", json=body)
    assert (added.status_code, added.json()["content"], added.json()["visibility"]) == (
        201,
        "Says so.",
        "hidden",
    )


def test_an_import_is_a_job_with_a_report(api: httpx.Client) -> None:
    started = api.post("/api/chat/imports", files={"file": ("chats.json", b"[]")})
    assert started.status_code == 202
    assert {"id", "status", "progress", "format", "size", "url", "error", "report"} <= set(started.json())


def collections_in(metrics: httpx.Response) -> float:
    """How often Python looked for garbage."""
    line = next(line for line in metrics.text.splitlines() if line.startswith("python_gc_collections_total"))
    return float(line.split()[-1])


def test_health_needs_no_login_and_metrics_a_staff_token(
    server: tuple[Parley, str], api: httpx.Client
) -> None:
    with client(server[0]) as nobody:
        assert nobody.get("/healthz").status_code == nobody.get("/readyz").status_code == 200
        assert nobody.get("/metrics").status_code == 401
        assert nobody.post("/healthz").status_code == 405
    assert api.get("/metrics").status_code == 403
    running, _ = server
    running.manage("create_user", "dana", "--password", "correct horse battery")
    staff = "from chat.models import User; User.objects.filter(username='dana').update(is_staff=True)"
    running.manage("shell", "-v0", "-c", staff)
    deadline = time.monotonic() + 60
    for options in ([], ["--scope", "read"]):
        with client(running, running.manage("create_token", "dana", *options).strip()) as dana:
            told = dana.get("/metrics")
            assert (told.status_code, "# HELP" in told.text) == (200, True)
            assert dana.post("/metrics").status_code == 405
            while collections_in(dana.get("/metrics")) == collections_in(told):  # a start does without
                assert time.monotonic() < deadline


def test_a_model_that_fails_leaves_an_error_in_the_reply(api: httpx.Client, path: str) -> None:
    api.patch(path, json={"model": "e500"})
    heard = say(api, path)
    assert [event for _, event, _ in heard][-3:] == ["error", "message", "done"]
    reply = shown(api, path)[1]
    assert (reply["status"], set(reply["error"])) == ("error", {"title", "detail", "retryable"})
