"""Who has taken as much as they may is refused clearly, wherever they ask, and loses nothing.

Proves F6.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import composer
from chat.costs import charge
from chat.costs.meters import meters_of
from chat.models import (
    ConfiguredProvider,
    Generation,
    Message,
    Purpose,
    Quota,
    Session,
    Template,
    UsageDay,
    User,
)
from chat.providers.contract import ProviderConfig, Usage
from chat.services.quotas import QuotaExceeded, admit_request
from tests.chat.api.client import Answer, Api, session_path
from tests.chat.usage import limit, price, today, took
from tests.factories import make_session, messages_of

DAY = Quota.Period.DAY


def send(api: Api, session: Session, **more: Any) -> Answer:
    return api.post(f"{session_path(session.id)}/messages", {"content": "Hello", **more})


def admitted(user: User, model: str = "default") -> bool:
    try:
        admit_request(user=user, provider="scripted", model=model)
    except QuotaExceeded:
        return False
    return True


def test_a_reached_limit_refuses_with_the_limit_and_when_it_starts_anew(api: Api, alice: User) -> None:
    limit(cost=2, user=alice, period=DAY)
    session = make_session(alice)
    took(alice, "1.99")
    assert send(api, session).status == 202
    took(alice, "0.01", model="other")
    answer = send(api, session, queue=True)
    assert (answer.status, answer.json["type"]) == (429, "/api/problems/quota-exceeded")
    assert "$2.00 a day" in answer.json["detail"]
    assert "cost nothing" in answer.json["detail"]
    anew = datetime.combine(today() + timedelta(days=1), time(), UTC)
    seconds = (anew - timezone.now()).total_seconds()
    assert seconds - 5 < int(answer.headers["Retry-After"]) <= seconds + 5
    assert Message.objects.filter(session=session).count() == 2


def test_it_is_refused_wherever_one_can_ask(api: Api, alice: User, client: Client) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    said, reply = messages_of(session)
    template = Template.objects.create(
        owner=alice, name="T", messages=[{"role": "user", "content": "Go"}], updated_at=timezone.now()
    )
    limit(tokens=1, user=alice)
    took(alice, input_tokens=1)
    assert api.post(f"/chat/messages/{reply.id}/regenerate").status == 429
    assert api.put(f"/chat/messages/{said.id}", {"content": "Hey", "resend": True}).status == 429
    assert api.put(f"/chat/messages/{said.id}", {"content": "Hey"}).status == 200
    with pytest.raises(QuotaExceeded):
        composer.begin(author=alice, template=template, given={})
    client.force_login(alice)
    for line in ("/retry", "/branch Go on", "/temporary Hello", "Hello"):
        answer = client.post(
            f"/chat/{session.id}/send/",
            {"content": line, "message_id": uuid4()},
            headers={"HX-Request": "true"},
        )
        assert (answer.status_code, answer["X-Refused"]) == (429, "quota-exceeded"), line
        assert "Limit reached" in answer.content.decode()
    assert (Generation.objects.count(), Session.objects.count()) == (0, 1)


def test_a_message_that_has_arrived_is_answered_as_before(api: Api, alice: User) -> None:
    session, key = make_session(alice), str(uuid4())
    path = f"{session_path(session.id)}/messages"
    first = api.post(path, {"content": "Hello"}, **{"Idempotency-Key": key})
    limit(cost=1, user=alice)
    took(alice, 1)
    again = api.post(path, {"content": "Hello"}, **{"Idempotency-Key": key})
    assert (first.status, again.status) == (202, 202)
    assert again.json["user_message"]["id"] == key


def test_what_costs_nothing_is_under_no_limit_of_costs(alice: User) -> None:
    price("default", input_price=0, output_price=0)
    price("dear")
    limit(cost=1, user=alice)
    took(alice, 1)
    assert (admitted(alice), admitted(alice, "dear"), admitted(alice, "unknown")) == (True, False, False)
    limit(tokens=10, user=alice)
    took(alice, input_tokens=4, output_tokens=6, model="x")
    assert not admitted(alice)


def test_a_limit_of_each_is_not_one_of_all_together(alice: User, bob: User, charlie: User) -> None:
    group = Group.objects.create(name="Harbour")
    group.user_set.set([alice, bob])
    took(alice, 3)
    took(bob, 4)
    each = limit(cost=4, group=group)
    assert [admitted(one) for one in (alice, bob, charlie)] == [True, False, True]
    each.delete()
    shared = limit(cost=7, group=group, is_shared=True)
    assert [admitted(one) for one in (alice, bob, charlie)] == [False, False, True]
    shared.delete()
    took(charlie, 5)
    everybody = limit(cost=5)
    assert [admitted(one) for one in (alice, bob, charlie)] == [True, True, False]
    everybody.delete()
    took(None, 1)  # of somebody whose account was removed
    limit(cost=13, is_shared=True)
    assert [admitted(one) for one in (alice, bob, charlie)] == [False, False, False]


def test_the_strictest_of_several_counts(alice: User) -> None:
    took(alice, 3, input_tokens=90)
    limit(cost=100, user=alice)
    limit(tokens=100)
    limit(cost=4, period=DAY)
    nearest = meters_of(alice)
    assert [round(meter.share, 2) for meter in nearest] == [Decimal("0.9"), Decimal("0.75"), Decimal("0.03")]
    assert [meter.is_near for meter in nearest] == [True, False, False]
    assert admitted(alice)


def test_a_day_and_a_month_start_anew(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 3, 31, 23, 59, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: now)
    limit(cost=1, user=alice, period=DAY)
    limit(cost=1, user=alice)
    took(alice, 1)
    assert [meter.starts_anew.isoformat() for meter in meters_of(alice)] == ["2026-04-01", "2026-04-01"]
    assert not admitted(alice)
    now += timedelta(minutes=1)
    assert [meter.cost for meter in meters_of(alice)] == [0, 0]
    assert admitted(alice)


def test_what_no_provider_told_counts_by_estimate(alice: User) -> None:
    limit(tokens=100, user=alice)
    took(alice, estimated_tokens=100, unknown_costs=1)
    assert not admitted(alice)


def test_a_limit_of_nothing_lets_nothing_through(alice: User) -> None:
    limit(cost=0)
    assert not admitted(alice)


def test_to_ask_takes_two_queries_and_one_without_limits(alice: User) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            meters_of(alice)
        return len(found)

    assert queries() == 1
    for place in range(5):
        limit(cost=10 + place, is_shared=bool(place % 2))
        took(alice, 1, model=str(place))
    assert queries() == 2


def test_what_one_asks_by_a_key_of_ones_own_is_under_no_limit(api: Api, alice: User, bob: User) -> None:
    ConfiguredProvider.objects.create(
        name="mine", kind="openai", base_url="http://127.0.0.1:9/v1", model_names=["m"], owner=alice
    )
    limit(cost=1)
    took(alice, 5, provider="mine", own_cost=5, input_tokens=9, own_tokens=9)
    assert admitted(alice)
    took(alice, 1)
    assert not admitted(alice)
    admit_request(user=alice, provider="mine", model="m")


def test_what_went_by_ones_own_key_is_told_apart(alice: User) -> None:
    session = make_session(alice)
    price("m", "mine", input_price=1, output_price=1)
    for config in (
        ProviderConfig("mine", "openai", owner=alice.pk),
        ProviderConfig("mine", "openai", has_own_key=True),
        ProviderConfig("mine", "openai"),
    ):
        told: dict[str, Any] = {"usage": Usage(500_000, 500_000), "purpose": Purpose.TITLE}
        assert charge(session=session, user_id=alice.pk, config=config, model="m", **told) == 1
    [row] = UsageDay.objects.values("cost", "own_cost", "own_tokens", "purpose")
    assert row == {"cost": 3, "own_cost": 2, "own_tokens": 2_000_000, "purpose": "title"}
