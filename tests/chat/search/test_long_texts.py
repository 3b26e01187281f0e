"""Texts longer than what a database's index takes as one, and the index made anew."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from chat.index import rebuild
from chat.models import SearchEntry, User
from tests.chat.search.scanning import searched
from tests.factories import make_session, messages_of


def test_words_are_found_together_wherever_they_stand_in_a_long_text(alice: User) -> None:
    """PostgreSQL keeps 255 places of a word, and none beyond the 16,383rd."""
    numbers = " ".join(f"n{number}" for number in range(18_000))
    texts = ["the boat " * 400 + "the harbour", f"{numbers} far harbour", "日本" * 20_000 + "東京"]
    keys = [("message", str(one.pk)) for one in messages_of(make_session(alice, texts))]
    list(rebuild())
    assert searched(alice, '"boat the harbour"') == {keys[0]}
    assert searched(alice, '"boat harbour"') == set()
    assert searched(alice, "boat harbour") == {keys[0]}
    assert searched(alice, '"n17999 far harbour"') == {keys[1]}
    assert searched(alice, '"n17998 far"') == set()
    assert searched(alice, 'harbour -"the harbour"') == {keys[1]}
    assert searched(alice, "日本東京") == {keys[2]}
    assert searched(alice, "本日") == {keys[2]}


def test_a_text_that_is_too_long_for_one_entry_has_several(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.index.analysis.MAX_BYTES", 300)
    monkeypatch.setattr("chat.index.analysis.OVERLAP", 3)
    session = make_session(alice, [" ".join(f"word{number}" for number in range(60))])
    key = ("message", str(messages_of(session)[0].pk))
    list(rebuild())
    assert SearchEntry.objects.filter(kind="message").count() > 3
    for number in (0, 25, 59):
        assert searched(alice, f"word{number}") == {key}
    for number in range(57):
        assert searched(alice, f'"word{number} word{number + 1} word{number + 2}"') == {key}


def test_a_command_makes_the_index_anew(alice: User) -> None:
    session = make_session(alice, ["A harbour", "Here"], name="Boats")
    said = io.StringIO()
    for _ in range(2):
        call_command("rebuild_search", stdout=said, stderr=io.StringIO())
        assert searched(alice, "harbour") == {("message", str(messages_of(session)[0].pk))}
        assert searched(alice, "boats") == {("title", str(session.pk))}
    assert said.getvalue().splitlines() == ["The search index is whole: 2 messages."] * 2
