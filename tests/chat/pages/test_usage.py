"""The usage page tells what models took, by day and by what it was taken of, in figures, bars and tables.

Proves F6.
"""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import User
from tests.chat.pages.conftest import text_of
from tests.chat.usage import limit, today, took
from tests.factories import make_project


@pytest.fixture
def boss(dana: User) -> Client:
    """An administrator's browser."""
    User.objects.filter(pk=dana.pk).update(is_superuser=True)
    client = Client()
    client.force_login(dana)
    return client


def lines(client: Client, query: str, kind: str) -> list[tuple[str, Any]]:
    tables = client.get(f"/usage/{query}").context["tables"]
    return [(line.name, line.taken.cost) for table in tables if table.kind == kind for line in table.lines]


def test_without_any_it_says_so(page: Client) -> None:
    assert "Nothing was asked" in text_of(page.get("/usage/"))


def test_figures_and_parts_are_of_the_days_that_were_asked_for(page: Client, alice: User) -> None:
    took(alice, 3, input_tokens=900, output_tokens=100, provider="openai", model="gpt-5")
    took(alice, 1, 8, provider="azure", model="gpt-5-mini", requests=3, unknown_costs=1)
    took(alice, 50, 200)
    week, month = page.get("/usage/?period=7"), page.get("/usage/")
    assert week.context["total"].cost == 3
    assert "1k" in text_of(week)
    total = month.context["total"]
    assert (total.cost, total.requests, total.unknown_costs, total.average_cost) == (
        4, 4, 1, Decimal(4) / 3,
    )  # fmt: skip
    assert lines(page, "", "model") == [("gpt-5", 3), ("gpt-5-mini", 1)]
    assert lines(page, "", "provider") == [("openai", 3), ("azure", 1)]
    asked = f"?from={today() - timedelta(days=250)}&to={today() - timedelta(days=150)}"
    assert lines(page, asked, "model") == [("default", 50)]


def test_bars_stand_on_their_days_and_add_up(page: Client, alice: User) -> None:
    took(alice, 3, model="a")
    took(alice, 1, model="b")
    took(alice, 2, 6, model="b")
    chart = page.get("/usage/?period=7").context["chart"].chart
    first, last = chart.bars[0], chart.bars[-1]
    assert (len(chart.bars), first.day, last.day) == (7, today() - timedelta(days=6), today())
    assert (first.size, last.size, chart.top) == (2, 4, 4)
    assert [(piece.colour, piece.y, piece.height) for piece in last.pieces] == [(1, 25, 75), (2, 0, 25)]
    assert [piece.colour for piece in first.pieces] == [2]


def test_where_nothing_costs_anything_tokens_are_shown(page: Client, alice: User) -> None:
    took(alice, unknown_costs=1, input_tokens=5)
    found = page.get("/usage/")
    assert found.context["asked"].show == "tokens"
    assert "unknown" in text_of(found)


def test_others_are_shown_to_administrators_alone(
    page: Client, boss: Client, alice: User, bob: User, charlie: User
) -> None:
    took(bob, 2)
    took(charlie, 1)
    took(None, 7)
    for query in ("?of=all", "?of=bob"):
        assert page.get(f"/usage/{query}").context["total"].requests == 0
        assert "bob" not in text_of(page.get(f"/usage/usage.csv{query}"))
    assert lines(boss, "?of=all&by=user", "user") == [("Removed accounts", 7), ("bob", 2), ("charlie", 1)]
    assert boss.get("/usage/?of=bob").context["total"].cost == 2


def test_a_project_is_named_to_who_takes_part_in_it(page: Client, alice: User, bob: User) -> None:
    took(alice, 3)
    took(alice, 2, project_id=make_project(alice, name="Tides").pk)
    took(alice, 1, project_id=make_project(bob, name="Secret", slug="secret").pk)
    assert lines(page, "", "project") == [("No project", 3), ("Tides", 2), ("Another project", 1)]


def test_limits_are_shown_with_what_is_left_of_them(page: Client, alice: User) -> None:
    group = Group.objects.create(name="Harbour")
    alice.groups.add(group)
    limit(cost=10, user=alice)
    limit(tokens=1000, group=group, is_shared=True)
    took(alice, "8.5", output_tokens=1000)
    shown = text_of(page.get("/usage/"))
    assert "$8.50 used, $1.50 left" in shown
    assert "1,000 tokens a month, “Harbour” together" in shown
    assert "nearly used up" in shown
    assert "starts anew on" in shown


def test_the_table_to_download_holds_no_formula(page: Client, alice: User) -> None:
    took(alice, "0.5", model='=HYPERLINK("http://x")', provider=" +1", project_id=uuid4())
    answer = page.get("/usage/usage.csv")
    assert answer["Content-Disposition"].startswith("attachment")
    head, row = csv.reader(io.StringIO(text_of(answer)))
    found = dict(zip(head, row, strict=True))
    assert (found["model"], found["provider"]) == ('\'=HYPERLINK("http://x")', "' +1")
    assert (found["user"], found["cost"], found["project"]) == ("alice", "0.50000000", "")


@pytest.mark.parametrize(
    "query",
    [
        "?period=soon",
        "?from=x&to=y",
        "?from=9999-12-31",
        "?from=0001-01-01&to=9999-12-31",
        "?from=0001-01-01&to=0001-01-01",
        "?by=nothing&show=all",
        "?by=user",
        "?of=%00",
    ],
)
def test_an_odd_address_shows_a_page_all_the_same(
    page: Client, boss: Client, alice: User, query: str
) -> None:
    took(alice, 1)
    for client in (page, boss):
        assert client.get(f"/usage/{query}").status_code == 200
        assert client.get(f"/usage/usage.csv{query}").status_code == 200


def test_it_takes_as_many_queries_for_much_as_for_little(boss: Client) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as found:
            assert boss.get("/usage/?of=all&period=90&by=user").status_code == 200
        return len(found)

    took(None, 1)
    few = queries()
    for place in range(40):
        took(User.objects.create(username=str(place)), place, place % 9, model=str(place), project_id=uuid4())
    assert queries() == few
