"""Reactions and notes as the pages give, show and change them.

Proves B4.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Annotation, Message, Reaction, User
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_annotation, make_session, messages_of

HOSTILE = "\"'><img src=x onerror=alert(1)>"
TEXT = "The lamp turns every **nine** seconds."


@pytest.fixture
def reply(alice: User) -> Message:
    return messages_of(make_session(alice, ["Hello", TEXT]))[1]


def test_a_press_gives_an_emoji_and_another_takes_it_back(htmx: Ask, reply: Message) -> None:
    url = f"/messages/{reply.id}/react/"
    given = text_of(htmx(url, {"emoji": "👍"}))
    assert f'id="reactions-{reply.id}"' in given
    assert 'aria-pressed="true" aria-label="👍 1, you"' in given
    assert "<article" not in given  # the message itself is not drawn anew
    assert "aria-pressed" not in text_of(htmx(url, {"emoji": "👍"}))
    assert not Reaction.objects.exists()


def test_others_are_named_and_only_ones_own_is_pressed(
    page: Client, alice: User, bob: User, reply: Message
) -> None:
    Reaction.objects.create(message=reply, user=bob, emoji="👍")
    Reaction.objects.create(message=reply, user=alice, emoji="👍")
    Reaction.objects.create(message=reply, user=bob, emoji="🎉")
    html = text_of(page.get(f"/chat/{reply.session_id}/"))
    assert 'aria-pressed="true" aria-label="👍 2, you and bob"' in html
    assert 'aria-pressed="false" aria-label="🎉 1, bob"' in html


def test_what_is_no_emoji_is_refused(htmx: Ask, reply: Message) -> None:
    assert htmx(f"/messages/{reply.id}/react/", {"emoji": HOSTILE}).status_code == 422
    assert htmx(f"/messages/{reply.id}/react/").status_code == 422
    assert not Reaction.objects.exists()


def test_emojis_are_found_by_name(page: Client) -> None:
    assert "👍" in text_of(page.get("/emojis/"))
    assert "🐙" in text_of(page.get("/emojis/", {"q": "octop"}))
    nothing = text_of(page.get("/emojis/", {"q": HOSTILE}))
    assert "No emoji has that name." in nothing
    assert HOSTILE not in nothing


def test_emojis_are_found_in_ones_own_language(page: Client) -> None:
    german = {"Accept-Language": "de"}
    assert "👍" in text_of(page.get("/emojis/", {"q": "daumen"}, headers=german))
    assert "👍" in text_of(page.get("/emojis/", {"q": "thumb"}, headers=german))


def test_reacting_works_without_script(page: Client, reply: Message) -> None:
    url = f"/messages/{reply.id}/react/"
    assert 'value="🎉"' in text_of(page.get(url))
    assert page.post(url, {"emoji": "🎉"})["Location"] == f"/chat/{reply.session_id}/"
    assert Reaction.objects.get().emoji == "🎉"


def test_a_selected_passage_is_found_in_the_markdown(htmx: Ask, reply: Message) -> None:
    form = {"body": "Ten.", "quote": "nine seconds", "prefix": "The lamp turns every ", "suffix": "."}
    html = text_of(htmx(f"/messages/{reply.id}/annotate/", form))
    note = Annotation.objects.get()
    assert (note.start, note.end) == (TEXT.index("nine"), TEXT.index("."))
    assert f'id="note-{note.id}"' in html
    assert "<article" not in html


def test_a_blank_note_is_refused_where_it_was_written(htmx: Ask, reply: Message) -> None:
    response = htmx(f"/messages/{reply.id}/annotate/", {"body": " "})
    assert response.status_code == 400
    assert response["HX-Retarget"] == "#annotation-error"
    assert not Annotation.objects.exists()


def test_without_script_a_refused_note_keeps_what_was_typed(page: Client, reply: Message) -> None:
    url = f"/messages/{reply.id}/annotate/"
    long = "x" * 10_001
    response = page.post(url, {"body": long, "quote": "nine"})
    assert response.status_code == 422
    assert f">{long}</textarea>" in text_of(response)
    assert page.post(url, {"body": "Fine"})["Location"] == f"/chat/{reply.session_id}/"


def test_a_note_is_changed_deleted_and_brought_back(page: Client, htmx: Ask, reply: Message) -> None:
    note = make_annotation(reply, "One")
    path = f"/messages/{reply.id}/annotations/{note.id}"
    assert ">One</textarea>" in text_of(page.get(f"{path}/edit/"))
    assert "edited" in text_of(htmx(f"{path}/edit/", {"body": "Two"}))
    gone = text_of(htmx(f"{path}/delete/"))
    assert f"{path}/restore/" in gone
    assert "Two" not in gone
    assert "Two" in text_of(htmx(f"{path}/restore/"))


def test_another_persons_note_has_no_buttons(page: Client, htmx: Ask, bob: User, reply: Message) -> None:
    note = make_annotation(reply, "Bob's", author=bob)
    html = text_of(page.get(f"/chat/{reply.session_id}/"))
    assert f'id="note-{note.id}"' in html
    assert f"/annotations/{note.id}/" not in html
    assert htmx(f"/messages/{reply.id}/annotations/{note.id}/delete/").status_code == 404


def test_hostile_words_are_words(page: Client, reply: Message, alice: User) -> None:
    make_annotation(reply, HOSTILE, quote=HOSTILE, prefix=HOSTILE, suffix=HOSTILE, start=0, end=3)
    alice.username = HOSTILE
    alice.save()
    Reaction.objects.create(message=reply, user=alice, emoji="👍")
    assert "<img src=x" not in text_of(page.get(f"/chat/{reply.session_id}/"))


def test_a_page_full_of_notes_costs_as_many_queries_as_a_bare_one(
    page: Client, alice: User, bob: User
) -> None:
    session = make_session(alice, ["One", "Two", "Three", "Four"])
    counts = []
    for authors in ([], [alice, bob, bob]):
        for message in messages_of(session):
            for author in authors:
                make_annotation(message, author=author)
            for author in set(authors):
                Reaction.objects.create(message=message, user=author, emoji="👍")
        page.get(f"/chat/{session.id}/")
        with CaptureQueriesContext(connection) as queries:
            page.get(f"/chat/{session.id}/")
        counts.append(len(queries))
    assert counts[0] == counts[1]
