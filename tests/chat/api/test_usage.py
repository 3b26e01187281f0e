"""Programs read what models took: one's own, and administrators everybody's.

Proves B15 and F6.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from chat.models import User
from tests.chat.api.client import Api
from tests.chat.usage import limit, today, took
from tests.factories import make_project


def test_one_sees_ones_own_sums_and_an_administrator_everybodys(
    api: Api, alice: User, bob: User, dana: User
) -> None:
    took(alice, "0.0127", input_tokens=18240, cached_tokens=9216)
    took(bob, 2, unknown_costs=1)
    took(alice, 5, days_ago=40)
    [own] = api.get("/usage").json["items"]
    assert (own["user"], own["cost"], own["cached_tokens"], own["project"]) == ("alice", "0.0127", 9216, None)
    assert api.get("/usage", everybody=True).status == 403
    assert Api(dana).get("/usage", everybody=True).status == 403  # of the staff, and no administrator
    User.objects.filter(pk=dana.pk).update(is_superuser=True)
    everybody = Api(dana).get("/usage", everybody=True).json["items"]
    assert [(one["user"], one["cost"]) for one in everybody] == [("bob", "2"), ("alice", "0.0127")]
    assert Api(dana).get("/usage").json["items"] == []


def test_days_and_pages(api: Api, alice: User) -> None:
    for days_ago in range(5):
        took(alice, 1, days_ago, model=str(days_ago))
    first = today() - timedelta(days=3)
    asked = {
        "first_day": first.isoformat(),
        "last_day": (today() - timedelta(days=1)).isoformat(),
        "limit": 2,
    }
    page = api.get("/usage", **asked).json
    rest = api.get("/usage", cursor=page["next"], **asked).json
    assert [one["model"] for one in page["items"] + rest["items"]] == ["3", "2", "1"]
    assert rest["next"] is None


@pytest.mark.parametrize(
    "odd",
    [{"cursor": "x"}, {"cursor": "9" * 30}, {"first_day": "soon"}, {"limit": 0}, {"everybody": "perhaps"}],
)
def test_what_makes_no_sense_is_refused(api: Api, odd: dict[str, str]) -> None:
    assert api.get("/usage", **odd).status == 422


def test_the_first_and_the_last_day_of_the_calendar_are_days(api: Api) -> None:
    for day in ("0001-01-01", "9999-12-31"):
        for name in ("first_day", "last_day"):
            assert api.get("/usage", **{name: day}).status == 200, (name, day)


def test_a_project_is_named_to_who_takes_part_in_it(api: Api, alice: User, bob: User) -> None:
    known, unknown = make_project(alice, slug="known"), make_project(bob, slug="unknown")
    took(alice, 1, project_id=known.pk)
    took(alice, 1, project_id=unknown.pk)
    assert {one["project"] for one in api.get("/usage").json["items"]} == {"known", None}


def test_limits_say_what_is_taken_of_them(api: Api, alice: User) -> None:
    limit(cost=10, user=alice)
    limit(tokens=100, period="day")
    took(alice, 3, input_tokens=60, estimated_tokens=40)
    near, far = api.get("/usage/limits").json["items"]
    assert (near["tokens"], near["reached"], near["token_limit"]) == (100, True, 100)
    assert (far["cost"], far["period"], far["cost_limit"], far["reached"]) == ("3", "month", "10", False)
    assert near["starts_anew_at"] == f"{today() + timedelta(days=1)}T00:00:00Z"
