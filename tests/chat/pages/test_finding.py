"""Finding words in one conversation: what the bar steps through, and the page without script.

Proves B5.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from chat import finding
from chat.models import Chunk, Generation, User
from tests.chat.pages.conftest import text_of
from tests.factories import add_message, make_session, messages_of


def bar(page: Client, session_id: object, words: str) -> list[int]:
    """The depths of the hits."""
    response = page.get(f"/chat/{session_id}/find/", {"q": words}, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return [int(depth) for depth in re.findall(r'data-depth="(\d+)"', text_of(response))]


def test_hits_stand_in_the_order_of_the_conversation(page: Client, alice: User) -> None:
    session = make_session(alice, ["A harbour", "no", "Harbours", "no", "HARBOUR!"])
    assert bar(page, session.id, "harbour") == [0, 2, 4]


@pytest.mark.parametrize(
    "words", ["straße", "STRASSE 5 %", "Über", "ÜBER", "日本", "naïve", "Ωmega", "ωMEGA"]
)
def test_case_does_not_matter_in_any_alphabet(page: Client, alice: User, words: str) -> None:
    session = make_session(alice, ["Die Straße, Strasse 5 % über 日本, Naïve ΩMEGA", "nothing of it"])
    assert bar(page, session.id, words) == [0]


@pytest.mark.parametrize("words", ["100%", "a_b", "[x](y)", "\\d", "é_", "é.*", "'--", "$1 + (2)"])
def test_signs_mean_themselves(page: Client, alice: User, words: str) -> None:
    session = make_session(alice, [f"It says {words} here", "1000 axb xy 5 éx é2 -- 1 2"])
    assert bar(page, session.id, words) == [0]


def test_only_what_is_on_show_is_found(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "harbour one"])
    question, reply = messages_of(session)
    add_message(session, question, "harbour two", is_active=False)
    reply.deleted_at = session.updated_at
    reply.save(update_fields=["deleted_at"])
    make_session(alice, ["harbour three"])
    assert bar(page, session.id, "harbour") == []


def test_what_a_running_reply_has_said_is_found(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"])
    reply = add_message(session, messages_of(session)[0], "", status="streaming")
    Generation.objects.create(message=reply, session=session)
    for offset, text in ((0, "The har"), (7, "bour is calm")):
        Chunk.objects.create(message=reply, offset=offset, text=text)
    assert bar(page, session.id, "Harbour") == [1]


def test_many_hits_come_a_stretch_at_a_time(
    page: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.views.find.BAR_HITS", 4)
    monkeypatch.setattr(finding, "MAX_READ", 10)
    session = make_session(alice, ["harbour" if number % 2 else "no" for number in range(30)])
    found: list[str] = []
    rest = ""
    for _ in range(30):
        html = text_of(
            page.get(
                f"/chat/{session.id}/find/", {"q": "harbour", "before": rest}, headers={"HX-Request": "true"}
            )
        )
        found[:0] = re.findall(r'data-depth="(\d+)"', html)
        rest = re.findall(r'data-rest="(\d*)"', html)[0]
        if not rest:
            break
    assert found == [str(number) for number in range(1, 30, 2)]


def test_without_script_the_hits_are_a_page_of_links(page: Client, alice: User) -> None:
    session = make_session(alice, ["<b>A</b> Harbour & <i>more</i>", "no"])
    message = messages_of(session)[0]
    html = text_of(page.get(f"/chat/{session.id}/find/", {"q": "harbour"}))
    assert "&lt;b&gt;A&lt;/b&gt; <mark>Harbour</mark> &amp; &lt;i&gt;" in html
    assert f'href="/chat/{session.id}/?at={message.id}#m-{message.id}"' in html
    assert 'value="harbour"' in html


def test_the_page_says_when_there_is_nothing(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"])
    assert "No message here holds these words." in text_of(
        page.get(f"/chat/{session.id}/find/", {"q": "xyz"})
    )
    assert "No message" not in text_of(page.get(f"/chat/{session.id}/find/"))


@pytest.mark.parametrize(
    "query", [{"q": "x" * 201}, {"q": "x", "before": "soon"}, {"q": "x", "before": "-1"}]
)
def test_what_cannot_be_sought_is_refused(page: Client, alice: User, query: dict[str, str]) -> None:
    assert page.get(f"/chat/{make_session(alice, ['x']).id}/find/", query).status_code == 422


def test_the_costs_do_not_grow_with_the_hits(
    page: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def queries(count: int) -> int:
        session = make_session(alice, ["harbour"] * count)
        with django_assert_max_num_queries(20) as captured:
            page.get(f"/chat/{session.id}/find/", {"q": "harbour"})
        return len(captured.captured_queries)

    queries(1)
    assert queries(3) == queries(40)
