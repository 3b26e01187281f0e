"""What a conversation's page shows, to whom, and at what cost.

Proves B1, B2 and A8.
"""

from __future__ import annotations

import re
from base64 import urlsafe_b64encode
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from chat.models import Attachment, Message, User
from tests.chat.pages.conftest import text_of
from tests.factories import add_message, make_attachment, make_session


def test_the_start_greets_and_offers_a_beginning(page: Client) -> None:
    html = text_of(page.get("/"))
    assert "Alice" in html
    assert html.count("data-starter=") == 4
    assert "Your conversations will be listed here." in html


def test_a_conversation_shows_its_messages_in_order(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "Good *day*"])
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert html.index("Hello") < html.index("<em>day</em>")
    assert f'data-session="{session.id}"' in html


@pytest.mark.parametrize("path", ["", "older/", "rename/"])
def test_a_stranger_finds_nothing(client: Client, alice: User, charlie: User, path: str) -> None:
    client.force_login(charlie)
    assert client.get(f"/chat/{make_session(alice).id}/{path}").status_code == 404


@pytest.mark.parametrize(
    "action",
    ["send", "stop", "rename", "settings", "model", "clear", "clear/undo", "delete", "restore"],
)
def test_a_stranger_changes_nothing(client: Client, alice: User, charlie: User, action: str) -> None:
    client.force_login(charlie)
    session = make_session(alice, ["Hello", "Hi"])
    response = client.post(f"/chat/{session.id}/{action}/", {"content": "x", "name": "x", "model": "x"})
    assert response.status_code == 404
    session.refresh_from_db()
    assert (session.name, session.deleted_at, session.message_count) == ("A session", None, 2)


@pytest.mark.parametrize("action", ["edit", "resend", "regenerate", "activate", "delete", "restore"])
def test_a_stranger_changes_no_message(client: Client, alice: User, charlie: User, action: str) -> None:
    client.force_login(charlie)
    message = add_message(make_session(alice), None, "Hello")
    assert client.post(f"/messages/{message.id}/{action}/", {"content": "x"}).status_code == 404
    assert client.get(f"/messages/{message.id}/source/").status_code == 404
    message.refresh_from_db()
    assert (message.content, message.deleted_at) == ("Hello", None)


def test_an_unknown_conversation_has_the_look_of_all_pages(page: Client) -> None:
    response = page.get(f"/chat/{uuid4()}/")
    assert response.status_code == 404
    assert "There is nothing here" in text_of(response)


def test_the_costs_do_not_grow_with_the_rows(
    page: Client, alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def queries(count: int) -> int:
        session = make_session(alice, ["Words"] * count)
        for _ in range(count):
            make_session(alice)
        for message in session.messages.all():
            Attachment.objects.filter(pk=make_attachment(alice).pk).update(message=message)
        with django_assert_max_num_queries(30) as captured:
            assert page.get(f"/chat/{session.id}/").status_code == 200
        return len(captured.captured_queries)

    queries(2)
    assert queries(6) == queries(24)


def test_earlier_messages_come_a_page_at_a_time(page: Client, alice: User) -> None:
    session = make_session(alice, [f"Words {number}." for number in range(60)])
    seen: list[str] = []
    html = text_of(page.get(f"/chat/{session.id}/"))
    while True:
        seen[:0] = re.findall(r"Words (\d+)\.", html)
        older = re.search(r'hx-get="([^"]+older/[^"]+)"', html)
        if older is None:
            break
        html = text_of(page.get(older[1], headers={"HX-Request": "true"}))
    assert seen == [str(number) for number in range(60)]


def test_earlier_messages_have_a_page_without_script(page: Client, alice: User) -> None:
    session = make_session(alice, [f"Words {number}." for number in range(30)])
    link = re.search(r'data-older href="([^"]+)"', text_of(page.get(f"/chat/{session.id}/")))
    assert link
    assert "Words 0." in text_of(page.get(link[1]))


def test_before_a_message_that_is_not_there_is_nothing(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"])
    other = add_message(make_session(alice), None, "Elsewhere")
    for before in (uuid4(), other.id, "nonsense"):
        assert page.get(f"/chat/{session.id}/?before={before}").status_code == 404


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"status": "stopped"}, "You stopped this reply."),
        ({"status": "interrupted"}, "This reply was interrupted"),
        ({"status": "error", "error": {"title": "No answer", "detail": "It slept."}}, "It slept."),
        ({"status": "complete", "finish_reason": "length"}, "reached its token limit"),
        ({"tokens_per_second": 12.34, "duration_ms": 61_500, "first_token_ms": 80}, "12.3 tokens/s"),
        ({"duration_ms": 61_500}, "1 min 1 s"),
        ({"first_token_ms": 80}, "first token 80 ms"),
    ],
)
def test_a_reply_says_how_it_ended(page: Client, alice: User, fields: dict[str, object], words: str) -> None:
    session = make_session(alice, ["Hello"])
    add_message(session, session.messages.get(), "Words", **fields)
    assert words in text_of(page.get(f"/chat/{session.id}/"))


def test_thoughts_are_folded_away(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"])
    thoughts = [{"type": "reasoning", "text": "<b>hm</b>"}]
    add_message(session, session.messages.get(), "Words", parts=thoughts)
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "<summary>" in html
    assert "&lt;b&gt;hm&lt;/b&gt;" in html


def test_alternatives_can_be_walked(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"])
    first = session.messages.get()
    old = add_message(session, first, "Old", is_active=False)
    add_message(session, first, "New")
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "2/2" in html
    assert f"/messages/{old.id}/activate/" in html


def test_hostile_words_stay_words(page: Client, alice: User) -> None:
    hostile = "</title><script>alert(1)</script>"
    session = make_session(alice, [hostile, hostile], name=hostile)
    Message.objects.filter(role="assistant").update(model=hostile, status="error", error={"title": hostile})
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "<script>alert" not in html


def test_no_words_take_an_id_of_the_page(page: Client, alice: User) -> None:
    words = 'See[^title] [^pane]\n\n[^title]: One\n[^pane]: Two\n\n<b id="title">x</b>\n\n# Title {#title}'
    session = make_session(alice, [words, words, words])
    ids = re.findall(r'<\w[^>]*\sid="([^"]+)"', text_of(page.get(f"/chat/{session.id}/")))
    assert len(ids) == len(set(ids))
    assert any("fnref-1" in one for one in ids)


def test_the_page_keeps_to_its_own_policy(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "```python\nx = 1\n```"])
    for url in ("/", f"/chat/{session.id}/", "/password/"):
        response = page.get(url)
        policy = response["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "script-src 'self';" in f"{policy};"
        assert "style-src 'self';" in f"{policy};"
        assert "unsafe" not in policy
        html = text_of(response)
        assert not re.search(r"\sstyle=|\son\w+=|hx-on|<style|<script(?![^>]*\ssrc=)", html)


def test_the_list_is_by_the_persons_own_days(page: Client, alice: User) -> None:
    for name, age in (("New", 0), ("Old", 1), ("Older", 4), ("Oldest", 400)):
        make_session(alice, name=name, updated_at=timezone.now() - timedelta(days=age))
    html = text_of(page.get("/"))
    days = re.findall(r'data-group="([\w-]+)"', html.split('id="sessions"')[1].split("</ol>")[0])
    assert days[:3] == ["today", "yesterday", "week"]
    assert len(days) == 4
    page.cookies["parley_zone"] = "Nowhere/Nonsense"
    assert page.get("/").status_code == 200


def test_the_list_comes_a_page_at_a_time(page: Client, alice: User) -> None:
    now = timezone.now()
    for number in range(95):
        make_session(alice, name=f"Number {number}.", updated_at=now - timedelta(minutes=number // 3))
    seen: list[str] = []
    html = text_of(page.get("/"))
    while True:
        seen += re.findall(r">Number (\d+)\.</span>", html)
        more = re.search(r'hx-get="([^"]+cursor=[^"]+)"', html)
        if more is None:
            break
        html = text_of(page.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"}))
    assert len(seen) == len(set(seen)) == 95


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-23:59", "never"])
def test_a_cursor_that_nobody_made_begins_at_the_top(page: Client, alice: User, moment: str) -> None:
    make_session(alice, name="Harbour")
    page.cookies["parley_zone"] = "America/New_York"
    cursor = urlsafe_b64encode(f"{moment} {uuid4()}".encode()).decode()
    assert "Harbour" in text_of(page.get("/chat/", {"cursor": cursor}))


def test_a_pane_can_be_had_alone(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"], name="Harbour")
    html = text_of(page.get(f"/chat/{session.id}/", headers={"HX-Request": "true", "HX-Target": "pane"}))
    assert html.count("<html") == 0
    assert "<title>Harbour — Parley</title>" in html
    assert f'id="s-{session.id}"' in html
