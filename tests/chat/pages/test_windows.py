"""Where in a long conversation its page opens, and what comes in at either end.

Proves C6.
"""

from __future__ import annotations

import re
from gzip import decompress
from uuid import uuid4

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from chat.models import Message, Session, User
from chat.services.messages import delete_message
from tests.chat.pages.conftest import Ask, Response, text_of
from tests.factories import add_message, make_session, messages_of


def long_one(alice: User, count: int = 100) -> tuple[Session, list[Message]]:
    session = make_session(alice, [f"Words {number}." for number in range(count)])
    return session, messages_of(session)


def shown(response: Response) -> list[int]:
    return [int(number) for number in re.findall(r"<p>Words (\d+)\.", text_of(response))]


def way(kind: str, response: Response) -> str | None:
    messages = text_of(response).split('id="conversation"')[-1].split("<template", 1)[0]
    found = re.search(rf'data-{kind} href="[^"]+" hx-get="([^"]+)"', messages)
    return found and found[1]


def test_it_opens_around_the_message_that_is_asked_for(page: Client, alice: User) -> None:
    session, messages = long_one(alice)
    response = page.get(f"/chat/{session.id}/?at={messages[50].id}")
    assert shown(response) == list(range(38, 63))
    assert f'data-at="{messages[50].id}"' in text_of(response)
    assert way("older", response)
    assert way("newer", response)


@pytest.mark.parametrize(("place", "first", "last"), [(0, 0, 12), (3, 0, 15), (99, 75, 99), (90, 75, 99)])
def test_near_an_end_it_stops_there(page: Client, alice: User, place: int, first: int, last: int) -> None:
    session, messages = long_one(alice)
    assert shown(page.get(f"/chat/{session.id}/?at={messages[place].id}")) == list(range(first, last + 1))


def test_both_ends_lead_to_all_there_is(page: Client, alice: User) -> None:
    session, messages = long_one(alice)
    opened = page.get(f"/chat/{session.id}/?at={messages[50].id}")
    seen = shown(opened)
    for kind in ("older", "newer"):
        link = way(kind, opened)
        while link:
            more = page.get(link, headers={"HX-Request": "true"})
            seen = shown(more) + seen if kind == "older" else seen + shown(more)
            link = way(kind, more)
    assert seen == list(range(100))


def test_both_ends_lead_on_without_script(page: Client, alice: User) -> None:
    session, messages = long_one(alice)
    later = page.get(f"/chat/{session.id}/?after={messages[50].id}")
    assert shown(later) == list(range(51, 63))
    earlier = page.get(f"/chat/{session.id}/?before={messages[51].id}")
    assert shown(earlier) == list(range(39, 51))
    for response in (later, earlier):
        assert way("older", response)
        assert way("newer", response)


def test_deleted_messages_leave_no_hole_at_the_ends(page: Client, alice: User) -> None:
    session, messages = long_one(alice)
    for message in messages[48:53]:
        delete_message(message=message)
    response = page.get(f"/chat/{session.id}/newer/?after={messages[47].id}")
    assert shown(response) == list(range(53, 65))
    response = page.get(f"/chat/{session.id}/newer/?after={messages[50].id}")
    assert shown(response) == list(range(53, 65))


def test_it_opens_near_a_depth_and_past_the_end_at_the_newest(page: Client, alice: User) -> None:
    session, _ = long_one(alice)
    assert shown(page.get(f"/chat/{session.id}/?near=20")) == list(range(8, 33))
    for depth in ("5000", "99", "nonsense", "99999999999999999999", "-1", "²"):
        assert shown(page.get(f"/chat/{session.id}/?near={depth}"))[-1] == 99


def test_a_message_of_another_version_is_read_apart_and_brought_back(
    page: Client, htmx: Ask, alice: User
) -> None:
    session, messages = long_one(alice)
    other = add_message(session, messages[49], "The other way", is_active=False, role="user")
    below = add_message(session, other, "And its answer", is_active=False)
    html = text_of(page.get(f"/chat/{session.id}/?at={below.id}"))
    assert "in another version" in html
    assert html.index("And its answer") < html.index("Words 51.")
    assert f'action="/messages/{below.id}/activate/"' in html
    htmx(f"/messages/{below.id}/activate/")
    html = text_of(page.get(f"/chat/{session.id}/?at={below.id}"))
    assert "in another version" not in html
    assert "And its answer" in html


def test_a_deleted_message_can_be_brought_back_from_where_it_stood(page: Client, alice: User) -> None:
    session, messages = long_one(alice)
    delete_message(message=messages[50])
    response = page.get(f"/chat/{session.id}/?at={messages[50].id}")
    assert "That message was deleted" in text_of(response)
    assert {49, 51} < set(shown(response))
    assert f'action="/messages/{messages[50].id}/restore/"' in text_of(response)


def test_a_message_that_is_not_there_opens_the_newest_and_says_so(
    page: Client, alice: User, charlie: User
) -> None:
    session, _ = long_one(alice)
    foreign = messages_of(make_session(charlie, ["Secret"]))[0]
    for at in (uuid4(), "nonsense", foreign.id):
        response = page.get(f"/chat/{session.id}/?at={at}")
        assert "not in this conversation any more" in text_of(response)
        assert shown(response)[-1] == 99
        assert "Secret" not in text_of(response)


def test_a_reply_that_runs_below_the_window_can_be_stopped(page: Client, htmx: Ask, alice: User) -> None:
    session, messages = long_one(alice)
    htmx(f"/chat/{session.id}/send/", {"content": "More"})
    assert "data-running" in text_of(page.get(f"/chat/{session.id}/?at={messages[3].id}"))


def test_the_way_there_costs_the_same_at_any_length(
    page: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def queries(count: int) -> int:
        session, messages = long_one(alice, count)
        with django_assert_max_num_queries(30) as captured:
            assert page.get(f"/chat/{session.id}/?at={messages[count // 2].id}").status_code == 200
        return len(captured.captured_queries)

    queries(2)
    assert queries(40) == queries(160)


def test_pages_come_compressed_to_who_can_read_that(page: Client, alice: User) -> None:
    session, messages = long_one(alice)
    for path in ("", f"?at={messages[3].id}", f"newer/?after={messages[3].id}"):
        response = page.get(f"/chat/{session.id}/{path}", headers={"Accept-Encoding": "gzip"})
        assert response["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in response["Vary"]
        assert b"Words 4." in decompress(response.content) or not path.startswith("newer")
