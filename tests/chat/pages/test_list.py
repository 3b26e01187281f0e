"""The list of conversations: what it shows, what it is narrowed to, and what is done to many at once.

Proves A6, A12 and B5.
"""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.listing import ListFilter, marked
from chat.models import Generation, ReadMark, Session, User
from chat.services.sessions import add_tags
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_project, make_session, messages_of


def names(html: str) -> list[str]:
    found = re.findall(r'class="item__name">(.*?)</span>', html)
    return [re.sub("<.*?>", "", name) for name in found]


def listed(page: Client, **query: str) -> list[str]:
    return names(text_of(page.get("/chat/", query, headers={"HX-Request": "true"})))


def tagged(owner: User, name: str, *tags: str, **fields: Any) -> Session:
    return add_tags(session=make_session(owner, name=name, **fields), names=list(tags))


@pytest.mark.parametrize(
    ("path", "marked"),
    [
        ("/", []),
        ("/search/", [("/search/", "page")]),
        ("/templates/", [("/templates/", "page")]),
        ("/templates/new/", [("/templates/", "true")]),
        ("/projects/new/", [("/projects/", "true")]),
    ],
)
def test_the_places_stand_above_it_and_the_one_on_show_is_marked(
    page: Client, path: str, marked: list[tuple[str, str]]
) -> None:
    places = re.search(r'class="sidebar__places".*?</ul>', text_of(page.get(path)), re.DOTALL)
    assert places
    assert re.findall(r'<a href="(.*?)"', places[0]) == ["/search/", "/projects/", "/templates/"]
    assert re.findall(r'href="([^"]*)"[^>]*aria-current="(\w+)"', places[0]) == marked


def test_starred_ones_stand_first_and_archived_ones_nowhere(page: Client, alice: User) -> None:
    make_session(alice, name="Old star", is_starred=True)
    make_session(alice, name="New")
    make_session(alice, name="Put away", is_archived=True)
    html = text_of(page.get("/"))
    assert names(html) == ["Old star", "New"]
    assert re.findall(r'data-group="([\w-]+)"', html) == ["starred", "today"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "harb"}, ["Harbour lights"]),
        ({"q": "SEA"}, ["Ärger", "Harbour lights"]),
        ({"q": "sea lights"}, ["Harbour lights"]),
        ({"q": "#se"}, ["Ärger", "Harbour lights"]),
        ({"q": "#ea"}, []),
        ({"q": "ärg"}, ["Ärger"]),
        ({"q": "%"}, []),
        ({"q": "harb\x00"}, ["Harbour lights"]),
        ({"tag": "south sea"}, ["Ärger"]),
        ({"show": "starred"}, ["Ärger"]),
        ({"show": "archived"}, ["Put away"]),
        ({"show": "all"}, ["Put away", "Ärger", "Harbour lights"]),
        ({"show": "nonsense"}, ["Ärger", "Harbour lights"]),
    ],
)
def test_the_list_is_narrowed(page: Client, alice: User, query: dict[str, str], found: list[str]) -> None:
    tagged(alice, "Harbour lights", "sea")
    tagged(alice, "Ärger", "seaside", "south sea", is_starred=True)
    make_session(alice, name="Put away", is_archived=True)
    assert listed(page, **query) == found


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("model:gpt-4", ["Crane", "Derrick"]),
        ("MODEL:GPT crane", ["Crane"]),
        ("-model:gpt", ["Old", "Plain"]),
        ("provider:openai", ["Crane"]),
        ('tag:"south sea"', ["Derrick"]),
        ('tag:"SOUTH Sea"', ["Derrick"]),
        ("tag:Ärger-ÜBER-öl", ["Plain"]),
        ("ärGER-üb", ["Plain"]),
        ("model:gpt-4o-mini model:VENDOR", ["Crane", "Derrick"]),
        ("project:port", ["Derrick"]),
        ('project:"The Port"', ["Derrick"]),
        ("-project:port provider:openai", ["Crane"]),
        ("before:2021", ["Old"]),
        ("after:2021 -is:starred", ["Crane", "Plain"]),
        ("is:archived", ["Put away"]),
        ("has:code", []),
        ("before:soon", []),
        ("model:", ["Crane", "Derrick", "Old", "Plain"]),
    ],
)
def test_the_list_takes_the_filters_of_a_search(page: Client, alice: User, q: str, found: list[str]) -> None:
    make_session(alice, name="Old", updated_at=datetime(2020, 6, 1, tzinfo=UTC))
    make_session(alice, name="Put away", is_archived=True, model="gpt-4o")
    tagged(alice, "Plain", "äRGER-über-Öl")
    port = make_project(alice, slug="port", name="The Port")
    tagged(alice, "Derrick", "south sea", model="vendor/gpt-4o", is_starred=True, project=port)
    make_session(alice, name="Crane", model="gpt-4o-mini", provider="openai")
    assert sorted(listed(page, q=q)) == found


def test_what_the_list_can_be_narrowed_to_is_offered(page: Client, alice: User, charlie: User) -> None:
    for number, owner in enumerate((alice, alice, charlie)):
        make_session(owner, model=f"model {number}", provider="openai")
    make_project(alice, slug="port", name="The Port")
    offered = re.findall(r'data-filter-words="(.*?)">(.*?)<', text_of(page.get("/chat/tags/")))
    assert offered[:3] == [
        ("project:port", "The Port"),
        ("model:&quot;model 1&quot;", "model 1"),
        ("model:&quot;model 0&quot;", "model 0"),
    ]
    assert offered[3:5] == [("after:today", "today"), ("after:yesterday", "yesterday")]


def test_a_hit_is_marked_and_stays_words(page: Client, alice: User) -> None:
    tagged(alice, "<b>Harbour</b>", "<i>harbour")
    html = text_of(page.get("/chat/", {"q": "harbour <b>"}, headers={"HX-Request": "true"}))
    assert "<mark>&lt;b&gt;</mark><mark>Harbour</mark>&lt;/b&gt;" in html
    assert "#&lt;i&gt;<mark>harbour</mark>" in html


def test_a_word_that_is_half_an_entity_marks_nothing_else() -> None:
    assert marked("a & b", ListFilter("amp")) == "a &amp; b"
    assert marked("a & b", ListFilter("&")) == "a <mark>&amp;</mark> b"


def test_the_next_page_keeps_to_the_filter(page: Client, alice: User) -> None:
    for number in range(90):
        make_session(alice, name=f"{'Odd' if number % 2 else 'Even'} {number}")
    html = text_of(page.get("/chat/", {"q": "odd"}, headers={"HX-Request": "true"}))
    more = re.search(r'hx-get="([^"]+cursor=[^"]+)"', html)
    assert more
    rest = text_of(page.get(more[1].replace("&amp;", "&"), headers={"HX-Request": "true"}))
    assert len(names(html) + names(rest)) == 45
    assert all(name.startswith("Odd") for name in names(rest))


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "Your conversations will be listed here."),
        ({"q": "<zzz>"}, "Nothing is called or tagged “&lt;zzz&gt;”."),
        ({"show": "starred"}, "Star what you come back to"),
        ({"show": "archived"}, "What you archive leaves the list"),
    ],
)
def test_an_empty_list_says_why(page: Client, query: dict[str, str], words: str) -> None:
    assert words in text_of(page.get("/chat/", query, headers={"HX-Request": "true"}))


def test_the_list_works_without_script(page: Client, alice: User) -> None:
    make_session(alice, name="Harbour")
    make_session(alice, name="Forest")
    html = text_of(page.get("/chat/", {"q": "harb"}))
    assert "<html" in html
    assert names(html) == ["Harbour"]
    assert 'value="harb"' in html


def test_the_list_says_what_runs_and_what_is_unread(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"], last_reply_event=7, last_event_id=7)
    assert 'data-unread="7"' in text_of(page.get("/"))
    htmx(f"/chat/{session.id}/seen/", {"number": "6"})
    assert 'data-unread="7"' in text_of(page.get("/"))
    htmx(f"/chat/{session.id}/seen/", {"number": "7"})
    assert not re.search(r'data-unread="\d', text_of(page.get("/")))
    Generation.objects.create(message=messages_of(session)[1], session=session)
    assert "a reply is being written" in text_of(page.get("/"))


def test_a_mark_of_reading_only_moves_on_and_not_beyond_what_is_there(htmx: Ask, alice: User) -> None:
    session = make_session(alice, last_reply_event=5, last_event_id=9)
    for number in ("3", "99999999999999999", "2", "nonsense", "-1", ""):
        assert htmx(f"/chat/{session.id}/seen/", {"number": number}).status_code == 204
    assert ReadMark.objects.get().number == 5


def test_star_and_archive_show_at_once_and_can_be_undone(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    html = text_of(htmx(f"/chat/{session.id}/star/", {"on": "1"}))
    assert "data-starred" in html
    assert "Remove star" in html
    html = text_of(htmx(f"/chat/{session.id}/archive/", {"on": "1"}))
    assert "data-archived" in html
    assert "Undo" in html
    session.refresh_from_db()
    assert (session.is_starred, session.is_archived) == (True, True)
    htmx(f"/chat/{session.id}/archive/", {"on": ""})
    session.refresh_from_db()
    assert not session.is_archived


def test_marks_work_without_script(page: Client, alice: User) -> None:
    session = make_session(alice)
    for action, values in (("star", {"on": "1"}), ("archive", {"on": "1"}), ("tags", {"new": "sea, #blue"})):
        response = page.post(f"/chat/{session.id}/{action}/", values)
        assert response["Location"] == f"/chat/{session.id}/"
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "#sea" in html
    assert "Archived" in html


def test_tags_are_kept_and_given_and_taken(page: Client, htmx: Ask, alice: User) -> None:
    session = tagged(alice, "Harbour", "sea", "blue")
    tagged(alice, "Other", "forest")
    dialog = text_of(page.get(f"/chat/{session.id}/tags/", headers={"HX-Request": "true"}))
    assert re.findall(r'name="tags" value="(\w+)"( checked)?', dialog) == [
        ("blue", " checked"),
        ("forest", ""),
        ("sea", " checked"),
    ]
    html = text_of(htmx(f"/chat/{session.id}/tags/", {"tags": ["sea"], "new": "#two  words,, new,sea"}))
    assert "#two words" in html
    assert sorted(session.tags.values_list("name", flat=True)) == ["new", "sea", "two words"]


@pytest.mark.parametrize("new", ["x" * 61, ",".join(map(str, range(51)))])
def test_tags_that_will_not_do_are_refused_with_what_was_typed(htmx: Ask, alice: User, new: str) -> None:
    session = tagged(alice, "Harbour", "sea")
    response = htmx(f"/chat/{session.id}/tags/", {"new": new})
    assert response.status_code == 422
    assert new in text_of(response)
    assert session.tags.count() == 1


def many(htmx: Ask, action: str, sessions: list[Session], **more: str) -> str:
    ids = [str(session.pk) for session in sessions]
    return text_of(htmx("/chat/bulk/", {"action": action, "session_ids": ids, **more}))


def test_many_are_archived_tagged_deleted_and_brought_back(page: Client, htmx: Ask, alice: User) -> None:
    sessions = [make_session(alice, name=f"Number {number}") for number in range(3)]
    assert many(htmx, "archive", sessions).count("data-archived") == 3
    assert listed(page) == []
    assert "3 conversations are back in the list." in many(htmx, "unarchive", sessions)
    many(htmx, "tag", sessions[:2], new="sea")
    assert len(listed(page, q="#sea")) == 2
    html = many(htmx, "delete", sessions)
    assert html.count("<parley-left") == 3
    assert str(sessions[2].pk) in html.split("hx-vals")[1]
    assert listed(page) == []
    many(htmx, "restore", sessions)
    assert len(listed(page)) == 3


def test_of_many_deleted_those_come_back_that_are_still_there(page: Client, htmx: Ask, alice: User) -> None:
    kept, gone = make_session(alice, name="Kept"), make_session(alice, name="Gone")
    deleted = many(htmx, "delete", [kept, gone])
    back = json.loads(unescape(deleted.split('hx-vals="')[1].split('"')[0]))
    gone.delete()
    assert "1 conversation is back. 1 was left as it is" in text_of(htmx("/chat/bulk/", back))
    assert len(listed(page)) == 1


def test_the_page_of_a_deleted_one_is_left(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    values = {"action": "delete", "session_ids": [str(session.pk)]}
    html = text_of(htmx("/chat/bulk/", values, **{"HX-Current-URL": f"http://testserver/chat/{session.id}/"}))
    assert '<parley-go href="/">' in html


@pytest.mark.parametrize("action", ["archive", "delete", "tag", "restore"])
def test_one_of_anothers_among_many_changes_none(htmx: Ask, alice: User, charlie: User, action: str) -> None:
    own, other = make_session(alice), make_session(charlie)
    ids = [str(own.pk), str(other.pk)]
    assert htmx("/chat/bulk/", {"action": action, "session_ids": ids, "new": "x"}).status_code == 404
    own.refresh_from_db()
    assert (own.is_archived, own.deleted_at, own.tags.count()) == (False, None, 0)


@pytest.mark.parametrize(
    "values",
    [
        {"action": "archive"},
        {"action": "explode", "session_ids": ["own"]},
        {"action": "tag", "session_ids": ["own"], "new": " , "},
        {"action": "archive", "session_ids": ["nonsense"]},
        {"action": "archive", "session_ids": [str(uuid4()) for _ in range(501)]},
    ],
)
def test_what_makes_no_sense_for_many_is_refused(
    htmx: Ask, alice: User, values: dict[str, str | list[str]]
) -> None:
    own = str(make_session(alice).pk)
    sent = {key: [own if one == "own" else one for one in value] for key, value in values.items()}
    response = htmx("/chat/bulk/", {**sent, "action": values["action"]})
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#bulk-error"


@pytest.mark.parametrize("query", [{}, {"q": "number sea"}, {"show": "starred"}])
def test_the_list_costs_the_same_at_any_length(page: Client, alice: User, query: dict[str, str]) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert page.get("/chat/", query, headers={"HX-Request": "true"}).status_code == 200
        return len(captured)

    for number in range(3):
        tagged(alice, f"Number {number}", "sea", is_starred=True, last_reply_event=3)
    few = queries()
    for number in range(30):
        tagged(alice, f"Number {number}", "sea", is_starred=number % 2 == 0, last_reply_event=3)
    assert queries() == few


@pytest.mark.skipif(connection.vendor != "sqlite", reason="of few rows PostgreSQL goes through all anyway")
def test_a_word_is_sought_among_ones_own_tags_alone(page: Client, alice: User) -> None:
    """The tags of everybody are not gone through for it."""
    make_session(alice, ["Hello"], name="Harbour")
    with CaptureQueriesContext(connection) as queries:
        page.get("/chat/?q=harb+#sea")
    [statement] = [
        one["sql"] for one in queries if "chat_sessiontag" in one["sql"] and "updated_at" in one["sql"]
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {statement}")
        plan = "\n".join(str(row[-1]) for row in cursor.fetchall())
    assert not re.search(r"SCAN (U0|chat_sessiontag)", plan), plan
