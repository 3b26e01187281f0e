"""The headings of a Word file, and the contents that lead to them.

Proves B13.
"""

from __future__ import annotations

import re

from chat.models import User
from exports.formats.docx.contents import MOST, Contents
from exports.options import Options
from tests.exports.ooxml import W
from tests.exports.wordfiles import body_of, document_of, lines_of
from tests.factories import make_session


def test_headings_begin_where_the_options_say(alice: User) -> None:
    session = make_session(alice, ["# Inner"])
    parts = document_of(session, Options(heading_level=3))
    assert lines_of(parts, "Heading4")[0].startswith("alice")
    assert lines_of(parts, "Heading5") == ["Inner"]
    title = next(body_of(parts).iter(f"{W}outlineLvl"))
    assert title.get(f"{W}val") == "2"


def test_the_contents_are_filled_in_before_anybody_asks_for_it(alice: User) -> None:
    parts = document_of(
        make_session(alice, ['Say "a\\b"', "# One[^a]\n## Two\n\n[^a]: note", "three", "# Four"])
    )
    assert lines_of(parts, "TOC2") == ['Say "a\\b"', "three"]
    assert lines_of(parts, "TOC3") == ["One", "Four"]
    asked = [str(one.text) for one in body_of(parts).iter(f"{W}instrText")]
    assert asked == [
        r' TOC \o "3-3" \f q \h \z ',
        r' TC "Say ”a\\b”" \f q \l 2 ',
        r' TC "three" \f q \l 2 ',
    ]
    named = {one.get(f"{W}name") for one in body_of(parts).iter(f"{W}bookmarkStart")}
    assert {one.get(f"{W}anchor") for one in body_of(parts).iter(f"{W}hyperlink")} <= named
    assert "updateFields" not in re.sub(r"<!--.*?-->", "", parts["word/settings.xml"].decode())


def test_long_contents_are_the_questions_alone_and_those_of_a_book_are_left_to_word() -> None:
    contents = Contents(2)
    for number in range(MOST):
        contents.add(2, f"question {number}.")
    contents.add(3, "heading")
    assert "question 499." in contents.xml()
    assert "heading" not in contents.xml()
    contents.add(2, "one more")
    assert contents.add(2, "too many") == ""
    assert "question" not in contents.xml()
    assert "TOC \\o" in contents.xml()


def test_word_finds_every_question_of_a_book(alice: User) -> None:
    session = make_session(alice, [f"question {number}" for number in range(2 * MOST + 10)])
    fields = [str(one.text) for one in body_of(document_of(session)).iter(f"{W}instrText")]
    assert sum("TC " in one for one in fields) == MOST + 5
