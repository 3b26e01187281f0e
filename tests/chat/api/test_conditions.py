"""Two who change the same thing do not overwrite each other, and what one has need not be sent again.

Proves B25 and C11.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from chat.models import Message, User
from chat.services.projects import create_project
from chat.services.templates import save_template
from tests.chat.api.client import Answer, Api, session_path
from tests.factories import make_session, messages_of

PLACES: dict[str, Callable[[User], str]] = {
    "session": lambda user: session_path(make_session(user, ["Hello", "Hi"]).id),
    "message": lambda user: f"/chat/messages/{messages_of(make_session(user, ['Hello']))[0].id}",
    "template": lambda user: f"/chat/templates/{save_template(owner=user, values={'name': 'Letter'}).id}",
    "project": lambda user: f"/chat/projects/{create_project(owner=user, name='Thesis').slug}",
}


@pytest.fixture(params=PLACES)
def place(request: pytest.FixtureRequest, alice: User) -> str:
    """The address of something of Alice's."""
    return PLACES[request.param](alice)


def put(api: Api, place: str, words: str, **headers: str) -> Answer:
    body = {"content": words} if "/messages/" in place else {"name": words}
    return api.call("PUT", place, body, **headers)


def says(api: Api, place: str) -> Any:
    values = api.get(place).json
    return values["content"] if "/messages/" in place else values["name"]


def assert_changed(answer: Answer) -> None:
    assert (answer.status, answer.json["type"]) == (412, "/api/problems/changed-meanwhile")


def test_the_second_of_two_editors_is_told_and_undoes_nothing(api: Api, place: str) -> None:
    seen = api.get(place).headers["ETag"]
    mine = put(api, place, "Mine", If_Match=seen)
    assert mine.status == 200
    assert_changed(put(api, place, "Theirs", If_Match=seen))
    assert_changed(api.call("DELETE", place, If_Match=seen))
    assert says(api, place) == "Mine"
    # What the change answered is what is there now, and leads on.
    assert mine.headers["ETag"] == api.get(place).headers["ETag"]
    assert put(api, place, "Mine again", If_Match=mine.headers["ETag"]).status == 200
    assert put(api, place, "Whatever is there").status == 200
    assert api.call("DELETE", place, If_Match=api.get(place).headers["ETag"]).status == 204


def test_of_many_at_once_who_have_seen_the_same_one_gets_through(api: Api, place: str) -> None:
    seen = api.get(place).headers["ETag"]

    def change(words: str) -> Answer:
        try:
            return put(api, place, words, If_Match=seen)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as threads:
        statuses = [answer.status for answer in threads.map(change, "abcd")]
    assert sorted(statuses) == [200, 412, 412, 412]
    assert says(api, place) == "abcd"[statuses.index(200)]


def test_a_part_is_changed_under_the_same_condition(api: Api, alice: User) -> None:
    for place in (PLACES["session"](alice), PLACES["template"](alice), PLACES["project"](alice)):
        seen = api.get(place).headers["ETag"]
        changed = api.call("PATCH", place, {"name": "Mine"}, If_Match=seen)
        assert changed.status == 200
        assert_changed(api.call("PATCH", place, {"name": "Theirs"}, If_Match=seen))
        assert api.call("PATCH", place, {"name": "On"}, If_Match=changed.headers["ETag"]).status == 200


def test_a_text_is_sent_again_under_the_same_condition(api: Api, alice: User) -> None:
    place = PLACES["message"](alice)
    seen = api.get(place).headers["ETag"]
    put(api, place, "Mine")
    again = {"content": "Theirs", "resend": True}
    for headers in ({}, {"Accept": "text/event-stream"}):
        assert_changed(api.call("PUT", place, again, If_Match=seen, **headers))
    assert Message.objects.count() == 1
    assert api.call("PUT", place, again, If_Match=api.get(place).headers["ETag"]).status == 202


@pytest.mark.parametrize("condition", ["*", '"other", {}', "{} ,, ", '{},W/"weak"', " * "])
def test_any_of_the_tags_named_will_do(api: Api, place: str, condition: str) -> None:
    seen = api.get(place).headers["ETag"]
    assert put(api, place, "Mine", If_Match=condition.format(seen)).status == 200


@pytest.mark.parametrize("condition", ['"other"', "W/{}", '""', '"x", W/{}'])
def test_another_tag_or_a_weak_one_will_not(api: Api, place: str, condition: str) -> None:
    seen = api.get(place).headers["ETag"]
    assert_changed(put(api, place, "Mine", If_Match=condition.format(seen)))


@pytest.mark.parametrize("condition", ["", "x", '"', '"a" "b"', '"a",*', "W/a", ",", '"a"b', 'w/"a"', "'a'"])
def test_what_is_no_list_of_tags_is_a_bad_request(api: Api, place: str, nobody: Api, condition: str) -> None:
    was = says(api, place)
    for answer in (
        put(api, place, "Mine", If_Match=condition),
        api.call("DELETE", place, If_Match=condition),
        api.call("GET", place, If_None_Match=condition),
    ):
        assert (answer.status, answer.json["type"]) == (400, "/api/problems/bad-condition")
    assert says(api, place) == was
    assert put(nobody, place, "Mine", If_Match=condition).status == 401


def test_what_one_has_is_not_sent_again(api: Api, place: str, stranger: Api) -> None:
    first = api.get(place)
    tag = first.headers["ETag"]
    for condition in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        for method in ("GET", "HEAD"):
            kept = api.call(method, place, If_None_Match=condition)
            assert (kept.status, kept.body, kept.headers["ETag"]) == (304, b"", tag)
            assert not {"Content-Type", "Content-Length"} & set(kept.headers)
    assert api.call("GET", place, If_None_Match='"other"').json == first.json
    assert stranger.call("GET", place, If_None_Match="*").status == 404
    put(api, place, "Changed")
    assert api.call("GET", place, If_None_Match=tag).status == 200


def test_all_that_a_reader_is_told_is_a_new_version(api: Api, alice: User) -> None:
    """RFC 9110: If-Match compares whole tags, and one tag never stands for two answers."""
    session = make_session(alice, ["Hello", "Hi"])
    path, message = session_path(session.id), f"/chat/messages/{messages_of(session)[0].id}"
    for place, happens in (
        (path, ("POST", f"{path}/messages", {"content": "And now?"})),
        (message, ("PUT", f"{message}/reactions/%F0%9F%91%8D")),
    ):
        tag = api.get(place).headers["ETag"]
        assert api.call(*happens).status < 300
        assert api.call("GET", place, If_None_Match=tag).status == 200
        assert_changed(put(api, place, "Mine", If_Match=tag))
        assert put(api, place, "Mine", If_Match=api.get(place).headers["ETag"]).status == 200


def test_a_change_may_ask_that_it_is_another_version(api: Api, place: str) -> None:
    tag = api.get(place).headers["ETag"]
    for condition in (tag, f"W/{tag}", "*"):
        assert_changed(put(api, place, "Mine", If_None_Match=condition))
    assert put(api, place, "Mine", If_None_Match='"other"').status == 200


def test_what_is_made_and_brought_back_has_a_tag(api: Api) -> None:
    for address, body in (
        ("/chat/sessions", {"name": "Plans"}),
        ("/chat/templates", {"name": "Letter"}),
        ("/chat/projects", {"name": "Thesis"}),
    ):
        made = api.post(address, body)
        place = f"{address}/{made.json.get('id') or made.json['slug']}"
        assert made.headers["ETag"] == api.get(place).headers["ETag"]
        api.delete(place)
        assert api.post(f"{place}/restore").headers["ETag"] == api.get(place).headers["ETag"]


def test_who_uses_a_template_is_not_in_the_way_of_one_who_changes_it(api: Api) -> None:
    place = f"/chat/templates/{api.post('/chat/templates', {'name': 'Letter'}).json['id']}"
    seen = api.get(place).headers["ETag"]
    assert api.post("/chat/sessions", {"template": place.rsplit("/", 1)[1]}).status == 201
    # Its count is something new to read all the same.
    assert api.call("GET", place, If_None_Match=seen).json["use_count"] == 1
    assert put(api, place, "Mine", If_Match=seen).status == 200
    assert_changed(put(api, place, "Theirs", If_Match=seen))
