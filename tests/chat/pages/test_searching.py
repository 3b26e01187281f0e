"""The page of search: hits with their surroundings, filters as links, and what goes wrong told in place.

Proves B5.
"""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.index import rebuild
from chat.models import Message, SessionTag, User
from chat.query.parsing import MAX_CHARS
from chat.services.projects import delete_project
from chat.services.sessions import update_session
from tests.chat.pages.conftest import Response, text_of
from tests.factories import make_annotation, make_attachment, make_project, make_session, messages_of


def hits_of(answer: Response) -> list[str]:
    """The hits, as text with the words marked by stars."""
    marked = re.sub("</?mark>", "*", text_of(answer))
    found = re.findall(r'<li class="hit">(.*?)</li>', marked, re.DOTALL)
    return [" ".join(unescape(re.sub("<[^>]+>", " ", one)).split()) for one in found]


@pytest.fixture
def harbour(alice: User) -> list[Message]:
    session = make_session(alice, ["Where is the crane?", "<b>At</b> the quay."], name="A harbour")
    first, second = messages_of(session)
    make_annotation(second, "Ask at the quay office", author=alice)
    make_attachment(alice, name="quay plan.pdf", message=first)
    list(rebuild())
    return [first, second]


def test_a_hit_shows_its_words_and_opens_at_its_message(page: Client, harbour: list[Message]) -> None:
    answer = page.get("/search/", {"q": "at quay -office"})
    [hit] = hits_of(answer)
    assert "A harbour <b>*At*</b> the *quay*." in hit
    path = f"/chat/{harbour[1].session_id}/?at={harbour[1].pk}"
    assert f'href="{path}#m-{harbour[1].pk}"' in text_of(answer)
    assert harbour[1].content in unescape(re.sub("</?p>", "", text_of(page.get(path))))
    kinds = hits_of(page.get("/search/", {"q": "quay"}))
    assert len(kinds) == 3
    assert any("Note" in hit for hit in kinds)
    assert any("*quay* plan.pdf" in hit and "File" in hit for hit in kinds)


def test_hits_come_in_pages_each_of_them_once(page: Client, alice: User) -> None:
    make_session(alice, [f"crane {'crane ' * (number % 7)}" for number in range(45)])
    list(rebuild())
    url = "/search/?q=crane"
    seen: list[str] = []
    while url:
        answer = page.get(url, headers={"HX-Request": "true", "HX-Target": "search-more"} if seen else {})
        seen += re.findall(r'data-hit-opens="([^"]+)"', text_of(answer))
        assert (">About 45 hits<" in text_of(answer)) == (len(seen) == 20)
        more = re.search(r'id="search-more"><a[^>]* href="([^"]+)"', text_of(answer))
        url = unescape(more[1]) if more else ""
    assert len(seen) == len(set(seen)) == 45


def test_filters_are_links_that_add_and_take_away(page: Client, harbour: list[Message]) -> None:
    text = unescape(text_of(page.get("/search/", {"q": "quay in:note"})))
    assert 'href="/search/?q=quay"' in text
    assert 'href="/search/?q=quay+in:note+has:code"' in text.replace("%3A", ":")
    assert len(hits_of(page.get("/search/", {"q": "quay in:note"}))) == 1


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("crane role:king", "<mark>role:king</mark>"),
        ("before:soon", "“soon” is no day."),
        ("-crane", "Say also what is to be found"),
        ("nothing-of-it", "Nothing that you may read has these words."),
        ("crane is:starred", "Take a filter away"),
        ("crane in:progress", "What stands in quotes is looked for as words."),
        ("++ € ->", "There is no letter and no digit in that to look for."),
        ("", "What you can ask for"),
        ("tag:", "What you can ask for"),
        ('-"', "What you can ask for"),
        ("x " * MAX_CHARS, "From here on it is too long."),
        ("harb* cran* quay* tide*", "At most 3 words may end with a star."),
    ],
)
def test_what_finds_nothing_says_why(page: Client, harbour: list[Message], asked: str, told: str) -> None:
    answer = page.get("/search/", {"q": asked, "cursor": "made up"})
    assert answer.status_code == 200
    assert told in text_of(answer)
    assert not hits_of(answer)


def test_where_nothing_has_the_last_word_those_are_shown_that_begin_so(page: Client, alice: User) -> None:
    make_session(alice, [f"derricks {number}" for number in range(25)])
    list(rebuild())
    answer = page.get("/search/", {"q": "derr"})
    assert "these have words that begin so. About 25 hits" in " ".join(text_of(answer).split())
    assert len(hits_of(answer)) == 20
    assert 'name="q" value="derr"' in text_of(answer)
    more = re.search(r'id="search-more"><a[^>]* href="([^"]+)"', text_of(answer))
    assert more
    assert len(hits_of(page.get(unescape(more[1])))) == 5
    for asked in ("de", '"derr"', "derr crane", "-derr crane", "derr x*"):
        assert not hits_of(page.get("/search/", {"q": asked}))


def test_a_filter_with_quotes_is_a_chip_with_its_name(page: Client, harbour: list[Message]) -> None:
    SessionTag.objects.create(session=harbour[0].session, name='say "hi"')
    text = unescape(text_of(page.get("/search/", {"q": 'crane tag:"say \\"hi\\""'})))
    assert re.search(r'filter-chip--on" href="/search/\?q=crane"[^>]*>tag:say "hi"<', text)


def test_what_was_asked_is_told_once_whatever_is_wrong_with_it(page: Client) -> None:
    told = re.findall(
        r'search__asked">(.*?)</code>', text_of(page.get("/search/", {"q": "-crane role:king"}))
    )
    assert told == ["-crane <mark>role:king</mark>"]


def test_a_project_that_was_put_away_is_no_place_to_search_in(
    page: Client, alice: User, harbour: list[Message]
) -> None:
    project = make_project(alice, slug="port", name="The Port")
    update_session(session=harbour[0].session, changes={"project": project})
    [hit] = hits_of(page.get("/search/", {"q": "crane project:port"}))
    assert "The Port" in hit
    delete_project(project=project)
    assert not hits_of(page.get("/search/", {"q": "crane project:port"}))
    [hit] = hits_of(page.get("/search/", {"q": "crane"}))
    assert "The Port" not in hit


def test_of_more_than_can_be_ranked_the_newest_come_first_and_that_is_told(
    page: Client, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("results", "sqlite", "postgres"):
        monkeypatch.setattr(f"chat.search.{place}.MAX_RANKED", 5)
    monkeypatch.setattr("chat.views.search.MAX_RANKED", 5)
    make_session(alice, [f"crane {number}" for number in range(8)])
    list(rebuild())
    answer = page.get("/search/", {"q": "crane"})
    assert "More than 5 hits. The newest come first." in text_of(answer)
    assert [re.findall(r"\d", hit)[0] for hit in hits_of(answer)] == [*"76543210"]


def test_what_others_wrote_is_not_found(client: Client, bob: User, harbour: list[Message]) -> None:
    client.force_login(bob)
    assert not hits_of(client.get("/search/", {"q": "quay"}))


def test_the_number_of_queries_does_not_grow(page: Client, alice: User) -> None:
    counts = []
    for _ in range(2):
        for _ in range(4):
            make_attachment(alice, name="crane.pdf", message=messages_of(make_session(alice, ["crane"]))[0])
        list(rebuild())
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert hits_of(page.get("/search/", {"q": "crane"}))
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_offers_come_for_what_is_typed_where_the_cursor_stands(page: Client, harbour: list[Message]) -> None:
    asked = {"q": "is: crane", "at": "3"}
    answer = page.get("/search/complete/", asked, headers={"HX-Request": "true"})
    assert re.findall(r'data-text="([^"]+)" data-place="(\d+)"', text_of(answer)) == [
        ("is:starred crane", "11"),
        ("is:archived crane", "12"),
    ]
    assert page.get("/search/complete/", asked).headers["Location"] == "/search/?q=is%3A+crane"
    for at in ("", "-1", "x", "99999"):
        assert (
            page.get("/search/complete/", {"q": "is:", "at": at}, headers={"HX-Request": "true"}).status_code
            == 200
        )
