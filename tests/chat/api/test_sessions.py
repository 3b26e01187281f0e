"""Sessions over the API: list, make, read, change, delete, bring back.

Proves A6, B23, B25 and C11.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.api.inputs import SessionFilters
from chat.api.session_list import find_sessions
from chat.index import rebuild
from chat.models import Session, User
from tests.chat.api.client import Api, session_path
from tests.factories import make_session


def test_it_makes_a_session(api: Api) -> None:
    made = api.post("/chat/sessions", {"name": "Plans", "settings": {"temperature": 0.5}})
    assert made.status == 201
    assert made.json["name"] == "Plans"
    assert made.json["settings"] == {
        "temperature": 0.5,
        "max_tokens": None,
        "system_prompt": "",
        "auto_context": True,
        "context_window": None,
    }
    assert api.get(session_path(made.json["id"])).json == {**made.json, "last_event_id": 0}


def test_it_makes_a_session_of_nothing(api: Api) -> None:
    assert api.post("/chat/sessions").status == 201
    assert api.post("/chat/sessions", {"provider": None, "model": None}).json["provider"] is None


def test_put_replaces_and_patch_merges(api: Api, alice: User) -> None:
    path = session_path(make_session(alice, name="Old").id)
    changed = api.patch(path, {"starred": True, "tags": ["b", "a"], "settings": {"max_tokens": 9}}).json
    assert (changed["name"], changed["starred"], changed["tags"]) == ("Old", True, ["a", "b"])
    merged = api.patch(path, {"settings": {"temperature": 1}}).json
    assert (merged["settings"]["max_tokens"], merged["settings"]["temperature"]) == (9, 1)
    replaced = api.put(path, {"name": "New", "settings": {"system_prompt": "Be brief."}}).json
    assert (replaced["name"], replaced["starred"], replaced["tags"]) == ("New", False, [])
    assert (replaced["settings"]["max_tokens"], replaced["settings"]["system_prompt"]) == (None, "Be brief.")


def test_a_deleted_session_can_be_brought_back(api: Api, alice: User) -> None:
    path = session_path(make_session(alice).id)
    assert api.delete(path).status == 204
    assert api.get(path).status == 404
    assert api.get("/chat/sessions").json["items"] == []
    assert api.post(f"{path}/restore").status == 200
    assert api.get(path).status == 200


def test_it_lists_ones_own_latest_first(api: Api, alice: User, bob: User) -> None:
    now = datetime.now(UTC)
    older = make_session(alice, updated_at=now - timedelta(hours=1))
    newer = make_session(alice, updated_at=now)
    make_session(bob)
    listed = api.get("/chat/sessions").json
    assert [item["id"] for item in listed["items"]] == [str(newer.id), str(older.id)]
    assert listed["next"] is None


def test_the_cursor_walks_all_pages_once_even_when_times_are_equal(api: Api, alice: User) -> None:
    now = datetime.now(UTC)
    made = {str(make_session(alice, updated_at=now).id) for _ in range(7)}
    seen: list[str] = []
    cursor: str | None = ""
    while cursor is not None:
        page = api.get("/chat/sessions", limit=3, cursor=cursor).json
        seen += [item["id"] for item in page["items"]]
        cursor = page["next"]
    assert len(seen) == 7
    assert set(seen) == made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "ROADMAP"}, {"roadmap"}),
        ({"q": "road"}, {"roadmap"}),
        ({"q": '"the crane"'}, {"local"}),
        ({"q": "crane -quay"}, set()),
        ({"q": "crane role:king"}, set()),
        ({"q": "is:starred"}, {"starred"}),
        ({"tag": "work"}, {"roadmap"}),
        ({"starred": "true"}, {"starred"}),
        ({"archived": "true"}, {"archived"}),
        ({"provider": "local"}, {"local"}),
        ({"model": "tiny"}, {"local"}),
        ({"updated_before": "2001-01-01T00:00:00Z"}, {"old"}),
        ({"updated_after": "2000-06-01", "archived": "true"}, {"archived"}),
        ({"project": "any"}, set()),
        ({"scope_type": "spec"}, set()),
    ],
)
def test_it_filters(api: Api, alice: User, query: dict[str, str], found: set[str]) -> None:
    make_session(alice, name="roadmap").tags.create(name="work")
    make_session(alice, name="starred", is_starred=True)
    make_session(alice, name="archived", is_archived=True)
    make_session(
        alice, ["There stands the crane, on the quay."], name="local", provider="local", model="tiny"
    )
    make_session(alice, name="old", updated_at=datetime(2000, 1, 1, tzinfo=UTC))
    list(rebuild())
    answer = api.get("/chat/sessions", **query)
    assert {item["name"] for item in answer.json["items"]} == found


def cursor_at(moment: str) -> str:
    return urlsafe_b64encode(f"{moment} {uuid4()}".encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "many"}, "limit"),
        ({"cursor": "nonsense"}, "cursor"),
        ({"cursor": "YWJj"}, "cursor"),
        ({"cursor": cursor_at("0001-01-01T00:00:00+23:59")}, "cursor"),
        ({"cursor": cursor_at("0001-01-01T00:00:00+00:00")}, "cursor"),
        ({"cursor": cursor_at("9999-12-31T23:59:59-23:59")}, "cursor"),
        ({"cursor": cursor_at("2026-01-01T00:00:00")}, "cursor"),
        ({"starred": "perhaps"}, "starred"),
        ({"updated_after": "yesterday"}, "updated_after"),
        ({"updated_after": "0001-01-01T00:00:00+14:00"}, "updated_after"),
        ({"q": "nul\x00"}, "q"),
    ],
)
def test_a_bad_filter_is_named(api: Api, query: dict[str, str], field: str) -> None:
    answer = api.get("/chat/sessions", **query)
    assert answer.status == 422
    assert list(answer.json["errors"]) == [field]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"colour": "red"}, "colour"),
        ({"name": 7}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"provider": "p" * 81}, "provider"),
        ({"settings": {"temperature": 2.1}}, "settings.temperature"),
        ({"settings": {"temperature": "hot"}}, "settings.temperature"),
        ({"settings": {"max_tokens": 0}}, "settings.max_tokens"),
        ({"settings": {"max_tokens": 10**12}}, "settings.max_tokens"),
        ({"settings": {"auto_context": 1}}, "settings.auto_context"),
        ({"settings": {"mood": "calm"}}, "settings.mood"),
        ({"settings": None}, "settings"),
    ],
)
def test_a_bad_value_is_named_and_nothing_is_made(api: Api, body: object, field: str) -> None:
    answer = api.post("/chat/sessions", body)
    assert answer.status == 422
    assert list(answer.json["errors"]) == [field]
    assert not Session.objects.exists()


@pytest.mark.parametrize("tags", [["x" * 61], [""], [" "], "work", [7], ["a"] * 51])
def test_bad_tags_are_refused(api: Api, alice: User, tags: object) -> None:
    assert api.patch(session_path(make_session(alice).id), {"tags": tags}).status == 422


def test_a_stranger_finds_nothing(stranger: Api, alice: User) -> None:
    path = session_path(make_session(alice).id)
    answers = [
        stranger.get(path),
        stranger.put(path, {}),
        stranger.patch(path, {"name": "Mine"}),
        stranger.delete(path),
        stranger.post(f"{path}/restore"),
        stranger.post(f"{path}/clear"),
        stranger.post(f"{path}/clear/undo"),
        stranger.post(f"{path}/stop"),
        stranger.get(f"{path}/messages"),
        stranger.post(f"{path}/messages", {"content": "Hello"}),
        stranger.get(f"{path}/stream"),
    ]
    assert {answer.status for answer in answers} == {404}
    assert stranger.get("/chat/sessions").json["items"] == []


def test_an_id_that_is_none_is_absent(api: Api) -> None:
    assert api.get(session_path("not-a-uuid")).status == 404
    assert api.get(session_path(uuid4())).status == 404


def test_clearing_is_undone_whole(api: Api, alice: User) -> None:
    path = session_path(make_session(alice, ["One", "Two", "Three", "Four"]).id)
    assert api.post(f"{path}/clear").json == {"messages": 4}
    assert api.get(f"{path}/messages").json["items"] == []
    assert api.get(path).json["message_count"] == 0
    assert api.post(f"{path}/clear/undo").json == {"messages": 4}
    assert len(api.get(f"{path}/messages").json["items"]) == 4
    assert api.post(f"{path}/clear/undo").json == {"messages": 0}


def test_stopping_what_does_not_run_is_no_error(api: Api, alice: User) -> None:
    stopped = api.post(f"{session_path(make_session(alice).id)}/stop")
    assert (stopped.status, stopped.body) == (204, b"")


def test_the_list_takes_as_many_queries_for_thirty_as_for_three(alice: User) -> None:
    counts = []
    for wanted in (3, 30):
        while Session.objects.count() < wanted:
            make_session(alice).tags.create(name="tag")
        with CaptureQueriesContext(connection) as queries:
            assert len(find_sessions(alice, SessionFilters(limit=100))["items"]) == wanted
        counts.append(len(queries))
    assert counts[0] == counts[1]
