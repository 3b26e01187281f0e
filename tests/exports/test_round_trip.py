"""What the JSON export gives comes in again as it was: equal but for the ids.

Proves F1.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.importers import Archive
from chat.models import Annotation, Message, MessageEdit, Reaction, Role, Session, SessionTag, User
from chat.parts import Part, is_whole, text_of
from chat.services.branching import branch_session
from chat.services.importing import import_archive
from exports.formats.json import document, documents
from tests.chat.importing.bringing import Noted
from tests.factories import add_member, make_attachment, make_project, make_session, messages_of

pytestmark = pytest.mark.django_db(transaction=True)
UUIDS = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
BEGUN = datetime(2025, 5, 1, 12, tzinfo=UTC)


def bring(owner: User, content: bytes) -> Noted:
    report = Noted()
    with Archive(io.BytesIO(content)) as archive:
        import_archive(owner=owner, archive=archive, report=report)
    return report


def exported(*sessions: Session) -> bytes:
    return b"".join(document(*sessions) if len(sessions) == 1 else documents(sessions))


def without_ids(content: bytes) -> Any:
    """The document, its ids numbered in the order in which they come."""
    names: dict[str, str] = {}
    text = json.dumps(json.loads(content), sort_keys=True)
    return json.loads(UUIDS.sub(lambda found: names.setdefault(found[0], f"id {len(names)}"), text))


TEXT = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=40)
CALL = {
    "type": "tool-call",
    "state": "complete",
    "id": "1",
    "name": "search",
    "arguments": {"q": [1.5, None]},
}
RESULT = {"type": "tool-result", "state": "error", "id": "1", "name": "search", "result": {"a": "b"}}
TRIED = {"provider": "workstation", "model": "small", "title": "No", "detail": "It broke", "said": {}}
THOUGHT = {"type": "reasoning", "state": "complete", "text": "Hm."}
WORDS = {"type": "text", "state": "complete", "text": "So."}
PARTS: list[list[Part]] = [[], [THOUGHT], [THOUGHT, CALL], [RESULT], [CALL, WORDS, THOUGHT, RESULT, WORDS]]
MESSAGE = st.fixed_dictionaries(
    {
        "parent": st.integers(0, 9),
        "role": st.sampled_from(["user", "assistant", "system", "tool"]),
        "text": TEXT | st.just(""),
        "parts": st.sampled_from(PARTS),
        "status": st.sampled_from(["complete", "stopped", "interrupted", "error"]),
        "visibility": st.sampled_from(["shown", "shown", "hidden", "internal"]),
        "is_deleted": st.integers(0, 5).map(lambda number: number == 0),
        "cost": st.none() | st.decimals(0, 99, places=8),
        "speed": st.none() | st.floats(0, 1e6),
        "edit": st.none() | TEXT,
        "note": st.none() | TEXT,
        "emoji": st.none() | st.sampled_from(["👍", "🎉"]),
        "file": st.none() | TEXT,
    }
)
CONVERSATION = st.fixed_dictionaries(
    {
        "name": TEXT.map(str.strip) | st.just(""),
        "tags": st.sets(TEXT.map(str.strip).filter(bool), max_size=3),
        "messages": st.lists(MESSAGE, min_size=1, max_size=10),
        "shown": st.integers(0, 9),
    }
)


def made(owner: User, other: User, plan: dict[str, Any]) -> Session:
    """A conversation with all that one can have."""
    session = Session.objects.create(
        owner=owner,
        name=plan["name"],
        is_name_typed=bool(plan["name"]),
        provider="box",
        model="large",
        fallbacks=[{"provider": "openai", "model": "large"}, {"provider": "local", "model": ""}],
        settings={"temperature": 0.7, "system_prompt": plan["name"], "context_window": 3},
        is_starred=True,
        total_tokens=77,
        cost=Decimal("1.5"),
        updated_at=BEGUN,
    )
    Session.objects.filter(pk=session.pk).update(created_at=BEGUN - timedelta(days=1))
    SessionTag.objects.bulk_create([SessionTag(session=session, name=name) for name in plan["tags"]])
    rows: list[Message] = []
    for place, one in enumerate(plan["messages"]):
        rows.append(_message(session, rows, place, one))
        _margin(rows[-1], owner, other, one)
    _show(session, rows, plan["shown"])
    session.refresh_from_db()
    return session


def _message(session: Session, rows: list[Message], place: int, one: dict[str, Any]) -> Message:
    # The number of rows stands for none: a root.
    at = one["parent"] % (place + 1)
    parent = rows[at] if at < place else None
    is_users = one["role"] == "user"
    row = Message.objects.create(
        session=session,
        parent=parent,
        depth=0 if parent is None else parent.depth + 1,
        is_active=False,
        role=one["role"],
        author=session.owner if is_users else None,
        content=text_of(one["parts"]) if is_whole(one["parts"]) and not is_users else one["text"],
        parts=[] if is_users else one["parts"],
        status="complete" if is_users else one["status"],
        tried=[{**TRIED, "message_id": str(rows[0].pk)}, TRIED] if place and one["note"] else [],
        merged_from=[{"provider": "box", "model": "large", "message_id": str(rows[0].pk)}]
        if place and one["note"]
        else None,
        error={"title": "No", "detail": "It broke", "retryable": True} if one["status"] == "error" else None,
        files_given=[{"name": one["file"], "given": "name", "why": one["note"]}] if one["file"] else [],
        visibility=one["visibility"],
        model="large" if one["role"] == "assistant" else "",
        finish_reason="stop" if one["role"] == "assistant" else "",
        input_tokens=None if one["cost"] is None else 5,
        output_tokens=None if one["cost"] is None else 6,
        cost=one["cost"],
        duration_ms=None if one["speed"] is None else 1200,
        tokens_per_second=one["speed"],
        deleted_at=BEGUN if one["is_deleted"] else None,
    )
    moment = BEGUN + timedelta(seconds=place, microseconds=place)
    Message.objects.filter(pk=row.pk).update(created_at=moment, updated_at=moment + timedelta(minutes=1))
    return row


def _margin(row: Message, owner: User, other: User, one: dict[str, Any]) -> None:
    if one["edit"]:
        MessageEdit.objects.create(message=row, content=one["edit"], editor=other)
    if one["note"]:
        span = {"start": 0, "end": 1, "quote": row.content[0], "prefix": "p"} if row.content else {}
        Annotation.objects.create(message=row, author=owner, body=one["note"], **span)
    if one["emoji"]:
        for user in (other, owner):
            Reaction.objects.create(message=row, user=user, emoji=one["emoji"])
    if one["file"]:
        make_attachment(
            owner, message=row, name="a note.md", content=one["file"].encode(), mime_type="text/markdown"
        )


def _show(session: Session, rows: list[Message], shown: int) -> None:
    path = []
    row: Message | None = rows[shown % len(rows)]
    while row is not None:
        path.append(row.pk)
        row = row.parent
    on_path = Message.objects.filter(pk__in=path)
    on_path.update(is_active=True)
    Session.objects.filter(pk=session.pk).update(message_count=on_path.live().count())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=CONVERSATION)
def test_any_conversation_comes_back_as_it_was(
    alice: User, bob: User, dana: User, plan: dict[str, Any]
) -> None:
    Session.objects.all().delete()
    before = exported(made(alice, dana, plan))
    [arrival] = bring(bob, before).arrivals.values()
    if all(one["is_deleted"] for one in plan["messages"]):
        assert arrival.outcome == "skipped"
        return
    assert arrival.outcome == "imported"
    assert arrival.notes == ()
    after = exported(Session.objects.get(owner=bob))
    assert without_ids(after) == without_ids(before)
    assert bring(bob, after).outcomes == ["imported"]  # it is another conversation now
    assert bring(bob, before).outcomes == ["skipped"]


def test_many_come_back_with_what_they_are_to_each_other(alice: User, bob: User) -> None:
    first = make_session(alice, ["One", "Two"], name="First")
    branch = branch_session(session=first, owner=alice, message=messages_of(first)[0])
    # The branch before what it left.
    before = exported(branch, first)
    assert bring(bob, before).outcomes == ["imported", "imported"]
    theirs = [Session.objects.get(owner=bob, name=one.name) for one in (branch, first)]
    assert without_ids(exported(*theirs)) == without_ids(before)
    assert theirs[0].parent == theirs[1]
    assert messages_of(theirs[0])[0].origin == messages_of(theirs[1])[0].pk


def test_a_branch_alone_finds_what_it_left_if_that_is_ones_own(alice: User, bob: User) -> None:
    first = make_session(alice, ["One", "Two"])
    branch = branch_session(session=first, owner=alice)
    content = exported(branch)
    again = bring(alice, content).session()
    assert (again.parent, again.pk == branch.pk) == (first, False)
    assert [one.origin for one in messages_of(again)] == [one.pk for one in messages_of(first)]
    assert bring(bob, content).session().parent is None


def test_a_project_takes_in_what_its_members_bring(alice: User, bob: User, charlie: User) -> None:
    project = make_project(alice, slug="harbour")
    add_member(project, bob, Role.EDITOR)
    add_member(project, charlie, Role.VIEWER)
    content = exported(make_session(alice, ["One"], project=project))
    assert bring(bob, content).session().project == project
    assert bring(charlie, content).session().project is None


def test_nobody_speaks_through_an_import(alice: User, bob: User) -> None:
    """What a file says that somebody here did, they did not do."""
    session = make_session(alice, ["One"])
    [message] = messages_of(session)
    content = exported(session).replace(
        b'"reactions":[]', b'"reactions":[{"emoji":"\\ud83d\\udc4d","count":1,"users":["bob"]}]'
    )
    [theirs] = messages_of(bring(alice, content).session())
    [reaction] = theirs.reactions.all()
    assert (reaction.user, reaction.who) == (None, "bob")
    assert message.reactions.count() == 0


def test_files_may_lie_beside_the_document(alice: User, bob: User) -> None:
    session = make_session(alice, ["One"])
    attachment = make_attachment(alice, message=messages_of(session)[0], content=b"Depths: 5 m")
    told = json.loads(exported(session))
    [file] = told["messages"][0]["attachments"]
    del file["content"]
    file["file"] = f"files/{attachment.pk}"
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a/one.json", json.dumps(told))
        archive.writestr(f"files/{attachment.pk}", b"Depths: 5 m")
    theirs = messages_of(bring(bob, buffer.getvalue()).session())[0].attachments.get()
    assert (theirs.name, theirs.size) == ("notes.txt", 11)


def test_a_later_state_of_the_same_adds_what_is_new(alice: User, bob: User) -> None:
    session = make_session(alice, ["One"])
    bring(bob, exported(session))
    Message.objects.create(
        session=session, parent=messages_of(session)[0], depth=1, role="assistant", content="Two"
    )
    report = bring(bob, exported(session))
    assert report.outcomes == ["updated"]
    assert [one.content for one in messages_of(report.session())] == ["One", "Two"]


@pytest.mark.parametrize(
    "change",
    [
        lambda told: told["messages"][0].update(role="user", status="streaming", parent_id=None),
        lambda told: told["messages"][0].update(
            annotations=[{"body": "x", "start": 9, "end": 99, "quote": "q"}]
        ),
        lambda told: told["messages"][0].update(reactions=[{"emoji": "no emoji", "users": ["a"]}]),
        lambda told: told["messages"][0].update(attachments=[{"name": "x", "content": "not base64!"}]),
        lambda told: told["session"].update(settings={"temperature": "hot", "max_tokens": -1}),
        lambda told: told["session"].update(updated_at="9999-12-31T23:59:59Z", created_at="0001-01-01"),
        lambda told: told["messages"].append(told["messages"][0]),
        lambda told: told["messages"][0].update(usage={"cost": "NaN", "input_tokens": 10**18}),
    ],
)
def test_what_was_tampered_with_comes_in_as_far_as_it_makes_sense(
    alice: User, bob: User, change: Callable[[Any], None]
) -> None:
    told = json.loads(exported(make_session(alice, ["One", "Two"])))
    change(told)
    report = bring(bob, json.dumps(told).encode())
    assert report.outcomes == ["imported"]
    assert report.session().updated_at <= timezone.now()
