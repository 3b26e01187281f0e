"""A reply with tools is told in the order in which it came about, in each format.

Proves B13 and C5.
"""

from __future__ import annotations

import json

import pytest

from chat.models import Session, User
from chat.parts import Part
from exports.options import Options
from tests.exports.goldens import written
from tests.exports.ooxml import parts_of
from tests.exports.printed import pages_of
from tests.exports.wordfiles import assert_sound, body_of, words
from tests.factories import add_message, make_session

PARTS: list[Part] = [
    {"type": "text", "state": "complete", "text": "First I look.[^1]\n\n[^1]: A note."},
    {"type": "tool-call", "state": "complete", "id": "c1", "name": "web__look", "title": "Look",
     "server": "Web", "arguments": {"where": "shelf"}, "duration_ms": 12},
    {"type": "tool-result", "state": "complete", "id": "c1", "name": "web__look", "result": "three books"},
    {"type": "text", "state": "complete", "text": "\n\nThen I wipe.[^1]\n\n[^1]: Another note."},
    {"type": "tool-call", "state": "error", "id": "c2", "name": "wipe", "arguments": {},
     "decision": "refused"},
    {"type": "text", "state": "complete", "text": "\n\nSo be it."},
]  # fmt: skip
ORDER = ["First I look", "Look", "shelf", "three books", "Then I wipe", "Not allowed", "So be it"]


@pytest.fixture
def session(alice: User) -> Session:
    made = make_session(alice)
    content = "".join(part["text"] for part in PARTS if part["type"] == "text")
    add_message(made, None, content, role="assistant", author=None, parts=PARTS, provider="p")
    return made


def told(session: Session, name: str, options: Options) -> str:
    made = written(session, name, options)
    match name:
        case "pdf":
            return "\n".join(pages_of(made))
        case "docx":
            parts = parts_of(made)
            assert_sound(parts)
            return words(body_of(parts))
        case _:
            return made.decode()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", ["markdown", "text", "html", "pdf", "docx"])
def test_what_tools_did_stands_between_what_was_said(session: Session, name: str) -> None:
    document = told(session, name, Options())
    places = [document.find(one) for one in ORDER]
    assert -1 not in places
    assert places == sorted(places)
    assert "call_id" not in document
    assert "duration_ms" not in document
    without = told(session, name, Options(tools=False))
    assert "So be it" in without
    assert "three books" not in without


@pytest.mark.django_db(transaction=True)
def test_the_json_has_the_parts_as_they_are(session: Session) -> None:
    [message] = json.loads(told(session, "json", Options()))["messages"]
    assert message["parts"] == PARTS
