"""Conversations compared and merged in the pages: chosen, shown, done, undone; with script and without.

Proves B8 and B9.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Merge, Session, User
from chat.services.branching import branch_session
from chat.services.content import draft_of
from chat.services.merging import merge_session
from chat.services.messages import edit_message
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import add_message, make_session, messages_of


@pytest.fixture
def pair(alice: User) -> tuple[Session, Session]:
    """One with five messages of its own, and its branch with one and an edit."""
    session = make_session(alice, ["Which harbour?", "The small harbour."], name="Harbour & sea")
    branch = branch_session(session=session, owner=alice)
    question, reply = messages_of(branch)
    edit_message(message=reply, editor=alice, draft=draft_of("The large harbour.", id=reply.pk))
    add_message(branch, reply, "Only there")
    for text in ("a", "b", "c", "d", "e"):
        add_message(session, messages_of(session)[-1], f"Only here {text}")
    for one in (session, branch):
        one.message_count = len(messages_of(one))
        one.save(update_fields=["message_count"])
    return session, branch


def fragment(page: Client, url: str, target: str = "dialog-body") -> str:
    return text_of(page.get(url, headers={"HX-Request": "true", "HX-Target": target}))


def test_a_comparison_folds_what_is_common_and_marks_the_words_that_differ(
    page: Client, pair: tuple[Session, Session]
) -> None:
    left, right = pair
    html = text_of(page.get(f"/chat/{left.id}/compare/{right.id}/"))
    assert "1 message in common" in html
    assert "small</del>" in html
    assert "large</ins>" in html
    assert "Harbour &amp; sea" in html
    shown = messages_of(right)[1]
    assert f'href="/chat/{right.id}/?at={shown.id}#m-{shown.id}"' in html
    assert f'href="/chat/{right.id}/compare/{left.id}/"' in html
    common = fragment(page, f"/chat/{left.id}/compare/{right.id}/common/?first=1&last=1")
    assert "Which harbour?" in common
    assert (
        text_of(page.get(f"/chat/{left.id}/compare/{right.id}/common/?first=x&last=-9")).count("shared__one")
        == 0
    )


def test_a_long_comparison_goes_on_where_it_stopped(page: Client, alice: User) -> None:
    left, right = (make_session(alice, [f"{side} {n}" for n in range(60)]) for side in ("here", "there"))
    html = text_of(page.get(f"/chat/{left.id}/compare/{right.id}/"))
    assert html.count('class="pair') < 35
    more = html.split('id="compare-more" href="')[1].split('"')[0].replace("&amp;", "&")
    rest = fragment(page, more, "compare-more")
    assert "<header" not in rest
    shown = [str(message.id) in rest for message in messages_of(left)]
    assert (shown[:24], shown[24:48]) == ([False] * 24, [True] * 24)


def test_two_alternatives_are_compared_and_nothing_else(page: Client, alice: User) -> None:
    session = make_session(alice, ["Which?", "The small harbour of Amble"])
    question, reply = messages_of(session)
    other = add_message(session, question, "The large harbour of Amble", is_active=False)
    html = text_of(page.get(f"/messages/{reply.id}/compare/{other.id}/"))
    assert "small</del>" in html
    assert "large</ins>" in html
    assert page.get(f"/messages/{reply.id}/compare/{question.id}/").status_code == 404
    panel = text_of(page.get(f"/messages/{reply.id}/alternatives/"))
    assert f'href="/messages/{reply.id}/compare/{other.id}/"' in panel


@pytest.mark.parametrize("route", ["merge", "compare"])
def test_the_other_is_chosen_among_ones_own_kin_first(
    page: Client, alice: User, charlie: User, pair: tuple[Session, Session], route: str
) -> None:
    left, right = pair
    make_session(alice, name="Elsewhere")
    make_session(charlie, name="Charlie’s")
    html = text_of(page.get(f"/chat/{left.id}/{route}/"))
    assert html.index("Branched from each other") < html.index("(branch)") < html.index("Elsewhere")
    assert html.count("(branch)") == 1
    assert "Charlie" not in html
    found = fragment(page, f"/chat/{left.id}/{route}/?q=else", "others")
    assert "Elsewhere" in found
    assert "(branch)" not in found
    assert "Nothing is called" in fragment(page, f"/chat/{left.id}/{route}/?q=nowhere", "others")


def test_a_merge_is_shown_before_it_is_done(page: Client, pair: tuple[Session, Session]) -> None:
    left, right = pair
    html = fragment(page, f"/chat/{left.id}/merge/?source={right.id}")
    for words in (
        "2 messages of it are here already",
        "Then 1 message",
        "Only there",
        "Harbour &amp; sea (branch)",
    ):
        assert words in html, words
    assert not Merge.objects.exists()
    assert "nothing to merge" in fragment(page, f"/chat/{right.id}/merge/?source={branch_of(left).id}")


def branch_of(session: Session) -> Session:
    """One that has nothing of its own."""
    return branch_session(session=session, owner=session.owner, message=messages_of(session)[0])


def test_a_merge_goes_to_the_line_and_offers_the_way_back(
    page: Client, htmx: Ask, pair: tuple[Session, Session]
) -> None:
    left, right = pair
    html = text_of(htmx(f"/chat/{left.id}/merge/", {"source": str(right.id)}))
    merge = Merge.objects.get()
    assert f'<parley-go href="/chat/{left.id}/?at={merge.line_id}#m-{merge.line_id}">' in html
    assert f'hx-post="/chat/{left.id}/merge/undo/"' in html
    shown = text_of(page.get(f"/chat/{left.id}/?at={merge.line_id}"))
    assert "message--merge" in shown
    assert f'href="/chat/{right.id}/"' in shown
    undone = text_of(htmx(f"/chat/{left.id}/merge/undo/", {"merge": str(merge.id)}))
    assert "<parley-reset>" in undone
    assert "The merge is undone." in undone
    assert "undone before" in text_of(htmx(f"/chat/{left.id}/merge/undo/", {"merge": str(merge.id)}))
    assert len(messages_of(left)) == 7


def test_a_merge_that_was_built_on_says_why_it_stays(htmx: Ask, pair: tuple[Session, Session]) -> None:
    left, right = pair
    merge = merge_session(session=left, source=right, merged_by=left.owner)
    add_message(left, messages_of(left)[-1], "And on")
    answer = htmx(f"/chat/{left.id}/merge/undo/", {"merge": str(merge and merge.id)})
    assert (answer.status_code, answer["X-Refused"]) == (409, "written-since")
    assert "written after" in text_of(answer)


def test_merging_works_without_script(page: Client, pair: tuple[Session, Session]) -> None:
    left, right = pair
    assert "Then 1 message" in text_of(page.get(f"/chat/{left.id}/merge/?source={right.id}"))
    response = page.post(f"/chat/{left.id}/merge/", {"source": str(right.id)}, follow=True)
    assert "1 message merged." in text_of(response)
    again = page.post(f"/chat/{left.id}/merge/", {"source": str(right.id)}, follow=True)
    assert "nothing to merge" in text_of(again)
    itself = page.post(f"/chat/{left.id}/merge/", {"source": str(left.id)})
    assert (itself.status_code, "into itself" in text_of(itself)) == (422, True)
    assert "The merge is undone." in text_of(page.post(f"/chat/{left.id}/merge/undo/", follow=True))


def test_commands_open_what_they_are_about(htmx: Ask, pair: tuple[Session, Session]) -> None:
    left, right = pair
    send = f"/chat/{left.id}/send/"

    def answer(line: str) -> str:
        return text_of(htmx(send, {"content": line})).replace("&amp;", "&")

    assert f'<parley-dialog href="/chat/{left.id}/merge/?source={right.id}">' in answer(
        f"/merge {right.name}"
    )
    assert f'<parley-dialog href="/chat/{left.id}/merge/?q=harb">' in answer("/merge harb")
    assert f'<parley-dialog href="/chat/{left.id}/merge/">' in answer("/merge")
    assert f'<parley-go href="/chat/{left.id}/compare/{right.id}/">' in answer(f"/compare {right.name}")
    assert f'<parley-dialog href="/chat/{left.id}/compare/">' in answer("/compare")


def test_a_branch_leads_to_its_comparison(page: Client, pair: tuple[Session, Session]) -> None:
    left, right = pair
    assert f'href="/chat/{left.id}/compare/{right.id}/"' in text_of(page.get(f"/chat/{right.id}/"))


def test_the_number_of_queries_does_not_grow(page: Client, alice: User) -> None:
    counts = []
    for length in (3, 20):
        left, right = (make_session(alice, [f"{side} {n}" for n in range(length)]) for side in "ab")
        for url in (f"/chat/{left.id}/compare/{right.id}/", f"/chat/{left.id}/merge/?source={right.id}"):
            with CaptureQueriesContext(connection) as queries:
                assert page.get(url).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_the_map_leads_to_each_version_and_branch(page: Client, pair: tuple[Session, Session]) -> None:
    left, branch = pair
    question, *_ = messages_of(left)
    other = add_message(left, question, "The *large* one", is_active=False)
    whole = text_of(page.get(f"/chat/{left.id}/map/"))
    panel = fragment(page, f"/chat/{left.id}/map/")
    assert "<html" in whole
    assert "<header" not in panel
    assert f'href="/chat/{left.id}/map/"' in text_of(page.get(f"/chat/{left.id}/"))
    for html in (whole, panel):
        assert f'href="/chat/{left.id}/?at={other.id}#m-{other.id}"' in html
        assert f'href="/chat/{branch.id}/?at={branch.branch_point}#m-{branch.branch_point}"' in html
        assert "The large one" in html
        assert html.count('aria-current="true"') == 1
    shown = text_of(page.get(f"/chat/{left.id}/?at={other.id}"))
    assert "The <em>large</em> one" in shown
    assert f'href="/chat/{left.id}/?at=' in text_of(page.get(f"/chat/{branch.id}/map/"))


def test_a_map_has_pages_and_nonsense_for_one_gives_the_newest(page: Client, alice: User) -> None:
    session = make_session(alice, [f"Number {n}." for n in range(60)])
    for row in messages_of(session)[::2]:
        add_message(session, row, f"Not {row.content}", is_active=False)
    url = f"/chat/{session.id}/map/"
    newest = text_of(page.get(url))
    more = newest.split(f'href="{url}?before=')[1].split('"')[0]
    assert "Not Number 58." in newest
    assert "Not Number 0." not in newest
    earlier = text_of(page.get(f"{url}?before={more}"))
    assert "Not Number 0." in earlier
    assert "Not Number 58." not in earlier
    for nonsense in ("-1", "x", "9" * 40, "²", ""):
        assert "Not Number 58." in text_of(page.get(f"{url}?before={nonsense}"))
    assert page.get(f"{url}?before=0").status_code == 200


def test_a_map_takes_as_many_statements_for_many_forks_as_for_few(page: Client, alice: User) -> None:
    counts = []
    for length in (4, 40):
        session = make_session(alice, [f"{n}" for n in range(length)], name="Harbour")
        for row in messages_of(session)[::2]:
            add_message(session, row, "other", is_active=False)
            branch_session(session=session, owner=alice, message=row)
        page.get(f"/chat/{session.id}/map/")
        with CaptureQueriesContext(connection) as queries:
            fragment(page, f"/chat/{session.id}/map/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
