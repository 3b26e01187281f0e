"""How many messages a person may send.

Proves C12.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from chat.errors import TooMany
from chat.models import User
from chat.services import rate_limits
from chat.services.rate_limits import count_message, parse_limit, timed_search
from tests.chat.api.client import Answer, Api, session_path
from tests.factories import make_session, messages_of


def test_one_too_many_is_told_when_to_come_back(api: Api, alice: User, settings: Settings) -> None:
    settings.PARLEY_RATE_LIMIT = "2/min"
    paths = [f"{session_path(make_session(alice).id)}/messages" for _ in range(3)]
    answers = [api.post(path, {"content": "Hello"}) for path in paths]
    assert [answer.status for answer in answers] == [202, 202, 429]
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 30
    assert "Wait" in answers[2].json["detail"]


def test_answering_again_counts_as_sending(api: Api, alice: User, settings: Settings) -> None:
    settings.PARLEY_RATE_LIMIT = "1/h"
    said, reply = messages_of(make_session(alice, ["Hello", "Hi"]))
    assert api.post(f"/chat/messages/{reply.id}/regenerate").status == 202
    assert api.post(f"/chat/messages/{reply.id}/regenerate").status == 429
    assert api.put(f"/chat/messages/{said.id}", {"content": "Hey", "resend": True}).status == 429
    assert api.put(f"/chat/messages/{said.id}", {"content": "Hey"}).status == 200


def test_searching_is_limited_by_what_it_takes(
    api: Api, alice: User, bob: User, settings: Settings, clock: list[float]
) -> None:
    settings.PARLEY_RATE_LIMIT = "1/h"
    make_session(alice, ["harbour"])
    for _ in range(3):
        for _ in range(15):  # each takes 8 s of the minute that there is, and 4.5 s come back meanwhile
            with timed_search(user=alice, at_most=4):
                clock[0] += 4.5
        for path in ("/chat/search", "/chat/sessions"):
            answer = api.get(path, q="harbour")
            assert (answer.status, answer.json["title"]) == (429, "Too many searches")
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
            assert Api(bob).get(path, q="harbour").status == 200
        clock[0] += 60
    for _ in range(200):
        with timed_search(user=alice, at_most=4):
            pass


def standing(answer: Answer) -> tuple[str, str]:
    return answer.headers["RateLimit-Policy"], answer.headers["RateLimit"]


def test_each_answer_says_how_many_are_left_and_until_when(
    api: Api, alice: User, settings: Settings, clock: list[float]
) -> None:
    """As draft-ietf-httpapi-ratelimit-headers has it: in `t` seconds no more than `r`."""
    settings.PARLEY_RATE_LIMIT = "3/min"
    said, reply = messages_of(make_session(alice, ["Hello", "Hi"]))
    policy = '"messages";q=3;w=60'
    path = f"{session_path(make_session(alice).id)}/messages"
    sent = api.post(path, {"content": "Hello"})
    assert (sent.status, standing(sent)) == (202, (policy, '"messages";r=2;t=20'))
    clock[0] += 15
    again = api.post(f"/chat/messages/{reply.id}/regenerate")
    assert (again.status, standing(again)) == (202, (policy, '"messages";r=1;t=5'))
    # What was counted is told also where nothing came of it.
    busy = api.put(f"/chat/messages/{said.id}", {"content": "Hey", "resend": True})
    assert (busy.status, standing(busy)) == (409, (policy, '"messages";r=0;t=5'))
    refused = api.post(path, {"content": "Hello"})
    assert (refused.status, standing(refused)) == (429, (policy, '"messages";r=0;t=5'))
    assert refused.headers["Retry-After"] == "5"
    clock[0] += 5
    assert api.post(path, {"content": "/retry"}).headers["RateLimit"] == '"messages";r=0;t=20'


def test_what_is_not_limited_says_nothing_of_limits(api: Api, alice: User, settings: Settings) -> None:
    path = session_path(make_session(alice).id)
    for answer in (api.get(path), api.post(f"{path}/messages", {"content": "  "})):
        assert "RateLimit" not in answer.headers
    settings.PARLEY_RATE_LIMIT = "off"
    assert "RateLimit" not in api.post(f"{path}/messages", {"content": "Hello"}).headers


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1_000_000.0]
    monkeypatch.setattr(rate_limits, "time", SimpleNamespace(time=lambda: now[0]))
    return now


def take(user: User) -> float:
    """0, or the seconds to wait."""
    try:
        count_message(user=user)
    except TooMany as refused:
        return refused.retry_after
    return 0


def test_messages_come_back_one_by_one(alice: User, settings: Settings, clock: list[float]) -> None:
    settings.PARLEY_RATE_LIMIT = "3/min"
    assert [take(alice) for _ in range(4)] == [0, 0, 0, 20]
    clock[0] += 19
    assert take(alice) == 1
    clock[0] += 1
    assert [take(alice), take(alice)] == [0, 20]
    clock[0] += 3600
    assert [take(alice) for _ in range(4)] == [0, 0, 0, 20]


def test_each_person_has_a_limit_of_their_own(alice: User, bob: User, settings: Settings) -> None:
    settings.PARLEY_RATE_LIMIT = "1/h"
    assert [take(alice) > 0, take(alice) > 0, take(bob) > 0] == [False, True, False]


def test_many_at_once_get_no_more_than_the_limit(alice: User, settings: Settings) -> None:
    settings.PARLEY_RATE_LIMIT = "50/h"
    take(alice)
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: take(alice), range(200)))
    assert waits.count(0) == 49


def test_it_takes_no_query(alice: User, settings: Settings, django_assert_num_queries: object) -> None:
    settings.PARLEY_RATE_LIMIT = "5/s"
    with django_assert_num_queries(0):  # type: ignore[operator]
        take(alice)


@pytest.mark.parametrize("text", ["", "many", "0/min", "5/day", "-1/s", "5", "1.5/s"])
def test_a_limit_that_makes_no_sense_is_an_error(text: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="PARLEY_RATE_LIMIT"):
        parse_limit(text)
