"""Filters: each narrows what is found to what is so, alone, together and the other way round.

Proves B5.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from django.utils import timezone

from chat.index import rebuild
from chat.models import Message, Role, Session, SessionTag, User
from tests.chat.search.scanning import Found, searched
from tests.factories import (
    add_member,
    make_annotation,
    make_attachment,
    make_project,
    make_session,
    messages_of,
)


@pytest.fixture
def world(alice: User, bob: User) -> dict[str, tuple[str, str]]:
    """Alice's conversations about harbours, and who finds what by a short name."""
    project = make_project(alice, slug="port", name="The Port")
    add_member(project, bob, Role.EDITOR)
    old = make_session(alice, ["harbour ```\ncode\n```\n", "harbour https://x.org"], name="Old harbour")
    fenced = messages_of(old)[0]
    Message.objects.filter(pk=fenced.pk).update(content="harbour\n```\nx = 1\n```")
    Message.objects.filter(session=old).update(created_at=datetime(2020, 6, 15, 12, tzinfo=UTC))
    Message.objects.filter(session=old, role="assistant").update(
        provider="openai", model="vendor/gpt-4o-mini"
    )
    SessionTag.objects.create(session=old, name="Sea side")
    new = make_session(alice, ["harbour"], name="New", is_starred=True, is_archived=True, model="llama-3")
    for name in ("äRGER-über-Öl", '5" \\'):
        SessionTag.objects.create(session=new, name=name)
    picture = make_attachment(alice, name="harbour map.png", kind="image", message=messages_of(new)[0])
    shared = make_session(bob, ["harbour"], name="Bob's", project=project)
    note = make_annotation(messages_of(shared)[0], "harbour note", author=alice)
    list(rebuild())
    return {
        "old title": ("title", str(old.pk)),
        "old question": ("message", str(fenced.pk)),
        "old reply": ("message", str(messages_of(old)[1].pk)),
        "new question": ("message", str(messages_of(new)[0].pk)),
        "new file": ("files", str(picture.message_id)),
        "bob's question": ("message", str(messages_of(shared)[0].pk)),
        "note": ("note", str(note.pk)),
    }


OLD, NEW, BOBS = (
    {"old title", "old question", "old reply"},
    {"new question", "new file"},
    {"bob's question", "note"},
)
ALL = OLD | NEW | BOBS


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("harbour", ALL),
        ("harbour tag:#sea", set()),
        ('harbour tag:"sea side"', OLD),
        ('harbour -tag:"Sea side"', NEW | BOBS),
        ('harbour tag:"sEA SIDE"', OLD),
        ("harbour tag:Ärger-ÜBER-öl", NEW),
        ("harbour tag:ärger", set()),
        ('harbour tag:"5\\" \\\\ "', NEW),
        ("harbour project:port", BOBS),
        ('harbour project:"the port"', BOBS),
        ("harbour -project:port", OLD | NEW),
        ("harbour is:starred", NEW),
        ("harbour -is:archived", OLD | BOBS),
        ("harbour is:starred -is:archived", set()),
        ("harbour role:user", {"old question", "new question", "new file", "bob's question", "note"}),
        ("harbour role:assistant", {"old reply"}),
        ("harbour -role:user", {"old title", "old reply"}),
        ("harbour role:user role:assistant -in:notes", ALL - {"old title", "note"}),
        ("harbour in:titles", {"old title"}),
        ("harbour in:file in:note", {"new file", "note"}),
        ("harbour has:code", {"old question"}),
        ("harbour has:link", {"old reply"}),
        ("harbour has:attachment", NEW),
        ("harbour has:image has:code", set()),
        ("harbour from:me", {"old question", "new question", "new file", "note"}),
        ("harbour from:BOB", {"bob's question"}),
        ("harbour from:nobody", set()),
        ("harbour -from:nobody", ALL),
        ("harbour model:gpt-4o", {"old reply"}),
        ("harbour model:vendor/gpt", {"old reply"}),
        ("harbour model:llama", NEW),
        ("harbour provider:openai", {"old reply"}),
        ("harbour -model:llama -model:gpt", {"old title", "old question"} | BOBS),
        ("harbour before:2020-06-15", set()),
        ("harbour before:2020-06-16", {"old question", "old reply"}),
        ("harbour after:2020-06-15 before:2021", {"old question", "old reply"}),
        ("harbour after:2020-06-16", ALL - {"old question", "old reply"}),
        ("harbour after:yesterday", ALL - {"old question", "old reply"}),
        ("is:starred in:message", {"new question"}),
        ("project:port -in:title", BOBS),
        ("-in:title -in:message", {"new file", "note"}),
        ("from:bob", {"bob's question"}),
        ("role:assistant " * 11, {"old reply"}),  # more words than PostgreSQL is asked for row by row
    ],
)
def test_a_filter_narrows_what_is_found(
    alice: User, world: dict[str, tuple[str, str]], typed: str, names: set[str]
) -> None:
    assert searched(alice, typed, limit=3) == {world[name] for name in names}


@pytest.mark.parametrize("newest", [(2_000, 30_000), (3, 6), (1, 1)])
def test_a_filter_alone_finds_the_same_in_many_sessions(
    alice: User, newest: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """PostgreSQL is asked otherwise for more than ten, and goes through so many of the newest rows first."""
    monkeypatch.setattr("chat.search.postgres.NEWEST", newest)
    project = make_project(alice, slug="port")
    inside = [messages_of(make_session(alice, ["harbour"], project=project))[0] for _ in range(12)]
    outside = messages_of(make_session(alice, ["harbour"]))[0]
    for message in (inside[0], outside):
        Message.objects.filter(pk=message.pk).update(created_at=datetime(2020, 6, 15, tzinfo=UTC))
    list(rebuild())
    all_inside = {("message", str(message.pk)) for message in inside}
    old = {("message", str(inside[0].pk))}
    assert searched(alice, "project:port in:message", limit=5) == all_inside
    assert searched(alice, "project:port in:message", limit=40) == all_inside
    assert searched(alice, "project:port in:message before:2024-11") == old
    assert searched(alice, "project:port in:message after:2020-12") == all_inside - old
    assert searched(alice, "in:message before:2024-11") == old | {("message", str(outside.pk))}


def test_a_day_is_the_persons_own(alice: User) -> None:
    session = make_session(alice, ["harbour"])
    Message.objects.update(created_at=datetime(2024, 12, 31, 23, 30, tzinfo=UTC))
    list(rebuild())
    hit: Found = {("message", str(messages_of(session)[0].pk))}
    with timezone.override("Europe/Berlin"):
        assert searched(alice, "harbour after:2025") == hit
        assert searched(alice, "harbour before:2025") == set()
    with timezone.override("America/New_York"):
        assert searched(alice, "harbour after:2025") == set()
        assert searched(alice, "harbour before:2025") == hit


def test_with_more_sessions_than_are_named_to_the_index_the_same_is_found(
    alice: User, world: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.search.scope.MAX_SESSIONS", 0)
    assert searched(alice, "harbour project:port") == {world[name] for name in BOBS}
    assert searched(alice, "harbour") == {world[name] for name in ALL}
    assert Session.objects.count() == 3
