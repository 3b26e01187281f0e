"""What the command palette finds.

Proves C10.
"""

from __future__ import annotations

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Template, User
from tests.chat.pages.conftest import text_of
from tests.factories import make_session

HTMX = {"HX-Request": "true"}


def found(page: Client, words: str = "") -> str:
    return text_of(page.get("/palette/", {"q": words}, headers=HTMX))


def test_it_offers_the_latest_without_a_word(page: Client, alice: User) -> None:
    for number in range(9):
        make_session(alice, name=f"Number {number}")
    shown = found(page)
    assert "Recent conversations" in shown
    assert "Number 8" in shown
    assert "Number 1" not in shown


def test_every_word_must_be_in_the_title(page: Client, alice: User, charlie: User) -> None:
    make_session(alice, name="Plan a calm weekend")
    make_session(alice, name="Plan of the week")
    make_session(charlie, name="Plan a secret weekend")
    shown = found(page, "weekend PLAN")
    assert "calm weekend" in shown
    assert "of the week<" not in shown
    assert "secret" not in shown


def test_deleted_conversations_are_not_found(page: Client, alice: User) -> None:
    session = make_session(alice, name="Gone")
    page.post(f"/chat/{session.id}/delete/")
    assert "Gone" not in found(page, "gone")


def test_hostile_words_are_words(page: Client, alice: User) -> None:
    make_session(alice, name="100% <b>bold</b> \\ plan_b")
    assert "&lt;b&gt;bold" in found(page, "100% _b \\")
    for words in ("<script>", "%00", "\x00", "'\"", "x" * 5000, "a " * 900):
        shown = found(page, words)
        assert "<script>" not in shown


def test_without_script_it_is_the_list(page: Client) -> None:
    assert page.get("/palette/")["Location"] == "/chat/"


def test_it_costs_the_same_with_many_conversations(page: Client, alice: User) -> None:
    make_session(alice)
    with CaptureQueriesContext(connection) as few:
        found(page, "session")
    for _ in range(20):
        make_session(alice)
    with CaptureQueriesContext(connection) as many:
        found(page, "session")
    assert len(many) == len(few)


def test_templates_are_found_by_name(page: Client, alice: User, charlie: User) -> None:
    Template.objects.create(owner=alice, name="A sea tale")
    Template.objects.create(owner=charlie, name="A secret tale")
    shown = found(page, "tale SEA")
    assert "A sea tale" in shown
    assert "Templates" not in found(page)
    assert "secret" not in found(page, "tale")
