"""Branching over the API: what comes along, what stays behind, and what is shared.

Proves B8 and B25.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat import access
from chat.models import Chunk, Message, Role, Session, User
from chat.services import growth, temporary
from chat.services.branching import branch_session
from chat.services.messages import activate_message, delete_message
from chat.services.naming import branch_name
from tests.chat.api.client import Api, session_path
from tests.chat.api.trees import cut_small
from tests.factories import (
    add_member,
    add_message,
    make_attachment,
    make_project,
    make_session,
    messages_of,
)


def branch_of(api: Api, session: Session, body: object = None) -> Session:
    answer = api.post(f"{session_path(session.id)}/branch", body)
    assert answer.status == 201, answer.body
    assert answer.json["parent_id"] == str(session.id)
    return Session.objects.get(pk=answer.json["id"])


def contents(session: Session) -> list[str]:
    return [message.content for message in messages_of(session)]


def test_a_branch_has_all_up_to_the_message(api: Api, alice: User) -> None:
    session = make_session(alice, ["one", "two", "three", "four"])
    second = messages_of(session)[1]
    branch = branch_of(api, session, {"from_message_id": str(second.id)})
    assert contents(branch) == ["one", "two"]
    assert branch.message_count == 2
    assert contents(session) == ["one", "two", "three", "four"]


def test_without_a_message_all_comes_along(api: Api, alice: User) -> None:
    session = make_session(alice, ["one", "two", "three"])
    assert contents(branch_of(api, session)) == ["one", "two", "three"]
    assert contents(branch_of(api, session, {"from_message_id": None})) == ["one", "two", "three"]
    assert contents(branch_of(api, make_session(alice))) == []


def test_copies_keep_what_they_said_and_how_they_came_about(api: Api, alice: User) -> None:
    session = make_session(alice, ["one"], provider="fake", model="large", settings={"temperature": 0.4})
    [question] = messages_of(session)
    fields = {
        "html": "<p>two</p>",
        "html_version": 7,
        "parts": [{"type": "reasoning", "state": "complete", "text": "Hm"}],
        "provider": "fake",
        "model": "large",
        "input_tokens": 10,
        "output_tokens": 20,
        "cost": Decimal("0.5"),
        "duration_ms": 900,
        "tokens_per_second": 22.2,
        "finish_reason": "stop",
        "error": {"title": "T", "detail": "D", "retryable": True},
        "status": "error",
    }
    reply = add_message(session, question, "two", **fields)
    branch = branch_of(api, session)
    copy = messages_of(branch)[1]
    assert {name: getattr(copy, name) for name in fields} == fields
    assert (copy.created_at, copy.depth, copy.parent) == (reply.created_at, 1, messages_of(branch)[0])
    assert (branch.model, branch.settings) == ("large", {"temperature": 0.4})
    assert (branch.total_tokens, branch.cost) == (30, Decimal("0.5"))


def test_a_copy_knows_the_first_original_also_through_two_branches(api: Api, alice: User) -> None:
    session = make_session(alice, ["one", "two"])
    again = branch_of(api, branch_of(api, session))
    assert [copy.origin for copy in messages_of(again)] == [row.id for row in messages_of(session)]


def test_a_message_of_another_session_is_not_found(api: Api, alice: User, charlie: User) -> None:
    session, other = make_session(alice, ["one"]), make_session(alice, ["two"])
    path = f"{session_path(session.id)}/branch"
    for foreign in (messages_of(other)[0], messages_of(make_session(charlie, ["three"]))[0]):
        assert api.post(path, {"from_message_id": str(foreign.id)}).status == 404
    assert api.post(path, {"from_message_id": "x"}).status == 422
    assert api.post(path, {"unknown": 1}).status == 422
    assert Session.objects.filter(parent=session).count() == 0


def test_deleted_messages_stay_behind_and_leave_no_gap(api: Api, alice: User) -> None:
    session = make_session(alice, ["one", "two", "three"])
    Message.objects.filter(session=session, content="two").update(deleted_at=timezone.now())
    copies = messages_of(branch_of(api, session))
    assert [(copy.content, copy.depth) for copy in copies] == [("one", 0), ("three", 1)]
    assert copies[1].parent == copies[0]


def test_an_alternative_that_is_not_on_show_can_be_branched_from(api: Api, alice: User) -> None:
    session = make_session(alice, ["one", "two", "three"])
    first, second, _ = messages_of(session)
    other = add_message(session, first, "other two", is_active=False)
    after = add_message(session, other, "other three", is_active=False)
    assert second.is_active
    branch = branch_of(api, session, {"from_message_id": str(after.id)})
    assert contents(branch) == ["one", "other two", "other three"]


def test_a_reply_that_is_being_written_comes_along_as_far_as_it_is_saved(api: Api, alice: User) -> None:
    session = make_session(alice, ["one"])
    reply = add_message(session, messages_of(session)[0], "", status="streaming")
    Chunk.objects.append([(reply.id, "text", 0, "so *far*"), (reply.id, "reasoning", 0, "Hm")])
    copy = messages_of(branch_of(api, session))[1]
    assert (copy.status, copy.content) == ("stopped", "so *far*")
    assert "<em>far</em>" in copy.html
    assert copy.parts == [{"type": "reasoning", "state": "complete", "text": "Hm"}]
    reply.refresh_from_db()
    assert reply.status == "streaming"


def test_a_file_is_shared_and_outlives_the_original(api: Api, alice: User) -> None:
    session = make_session(alice, ["one"])
    attachment = make_attachment(alice, content=b"Kept")
    attachment.message = messages_of(session)[0]
    attachment.save()
    branch = branch_of(api, session)
    [copy] = messages_of(branch)[0].attachments.all()
    assert copy.file.name == attachment.file.name
    session.delete()
    assert api.get(f"/chat/attachments/{copy.id}").body == b"Kept"
    branch.refresh_from_db()
    assert branch.parent is None
    assert contents(branch) == ["one"]


@pytest.mark.parametrize(
    ("name", "branches", "expected"),
    [
        ("Harbour", 0, "Harbour (branch)"),
        ("Harbour", 1, "Harbour (branch 2)"),
        ("Harbour (branch)", 0, "Harbour (branch 2)"),
        ("Harbour (branch 9)", 3, "Harbour (branch 10)"),
        ("", 0, ""),
        ("x" * 200, 0, "x" * 191 + " (branch)"),
    ],
)
def test_a_name_does_not_grow_with_each_branch(alice: User, name: str, branches: int, expected: str) -> None:
    session = make_session(alice, name=name)
    for _ in range(branches):
        make_session(alice, parent=session)
    assert branch_name(session) == expected


def test_a_long_session_is_copied_by_a_few_statements(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Their number grows with batches, not with messages."""
    counts = []
    for length in (10, 60):
        session = make_session(alice, [str(n) for n in range(length)])
        with CaptureQueriesContext(connection) as queries:
            branch = branch_session(session=session, owner=alice)
        counts.append(len(queries))
        assert contents(branch) == [str(n) for n in range(length)]
    assert counts[0] == counts[1]
    cut_small(monkeypatch, 7)
    branch = branch_session(session=session, owner=alice)
    assert contents(branch) == [str(n) for n in range(60)]
    parents = [message.parent_id for message in messages_of(branch)]
    assert parents == [None, *[message.id for message in messages_of(branch)][:-1]]


class Meanwhile:
    """What is done between two pieces of a copy, in a thread with a connection of its own."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, change: Callable[[], object]) -> None:
        self.change = change
        self.results: list[object] = []
        cut_small(monkeypatch, 2)
        monkeypatch.setattr(growth, "let_others_write", self.run)

    def run(self, _seconds: float) -> None:
        with ThreadPoolExecutor(1) as thread:
            self.results.append(thread.submit(self._change_here).result(timeout=5))

    def _change_here(self) -> object:
        try:
            return self.change()
        finally:
            connection.close()


def test_others_write_and_see_nothing_of_it_while_a_long_one_is_copied(
    api: Api, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(alice, ["one", "two", "three", "four", "five"], total_tokens=9)
    Message.objects.update(input_tokens=10, cost=Decimal("0.5"))

    def look() -> tuple[int, int, int]:
        Session.objects.filter(pk=session.pk).update(is_starred=True)
        half = Session.objects.get(parent=session)
        found = len(access.sessions_for(alice))
        return found, api.get(session_path(half.pk)).status, len(messages_of(half))

    meanwhile = Meanwhile(monkeypatch, look)
    branch = branch_of(api, session)
    assert meanwhile.results == [(1, 404, 2), (1, 404, 4)]
    assert contents(branch) == ["one", "two", "three", "four", "five"]
    assert (branch.message_count, branch.total_tokens, branch.cost) == (5, 50, Decimal("2.5"))
    assert (branch.is_temporary, branch.deleted_at, branch.leaves_at) == (False, None, None)
    assert branch.branch_point == messages_of(branch)[-1].pk
    assert branch.parent_point == messages_of(session)[-1].pk
    assert [row["id"] for row in api.get("/chat/sessions").json["items"]][0] == str(branch.pk)


def test_a_long_one_of_a_project_stays_in_it_for_those_who_may_write_there(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_small(monkeypatch, 2)
    project = make_project(alice)
    add_member(project, bob, Role.VIEWER)
    session = make_session(alice, ["one", "two", "three", "four", "five"], project=project)
    assert branch_session(session=session, owner=alice).project == project
    assert branch_session(session=session, owner=bob).project is None


def test_what_is_changed_while_it_is_copied_does_not_tear_it(
    api: Api, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is a branch of the conversation as it was when one asked for it."""
    session = make_session(alice, ["one", "two", "three", "four", "five"])
    first, *_, fourth, _fifth = messages_of(session)
    other = add_message(session, first, "other two", is_active=False)

    def change() -> None:
        if not other.is_active:
            delete_message(message=fourth)
            activate_message(message=other)

    Meanwhile(monkeypatch, change)
    assert contents(branch_of(api, session)) == ["one", "two", "three", "four", "five"]
    assert contents(session) == ["one", "other two"]


def test_what_a_killed_process_had_copied_is_swept(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    session = make_session(alice, ["one", "two", "three", "four", "five"])
    Meanwhile(monkeypatch, lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        branch_session(session=session, owner=alice)
    half = Session.objects.get(parent=session)
    assert (len(messages_of(half)), temporary.sweep()) == (2, 0)
    gone = timezone.now() - timedelta(seconds=1)
    Session.objects.filter(pk=half.pk).update(deleted_at=gone, leaves_at=gone)
    assert temporary.sweep() == 1
    assert list(Session.objects.all()) == [session]
    assert len(messages_of(session)) == 5


def test_a_temporary_one_that_ends_while_it_is_copied_leaves_no_copy(
    api: Api, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make_session(alice, ["one", "two", "three"], is_temporary=True)
    Meanwhile(monkeypatch, lambda: temporary.end_session(session=session))
    assert api.post(f"{session_path(session.id)}/branch").status == 404
    Session.objects.update(leaves_at=timezone.now())
    temporary.sweep()
    assert not Message.objects.exists()


def test_a_long_one_is_removed_in_pieces(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(temporary, "BATCH", 2)
    session = make_session(alice, ["one", "two", "three", "four", "five"], is_temporary=True)
    add_message(session, messages_of(session)[0], "other two", is_active=False)
    pauses: list[int] = []
    monkeypatch.setattr("time.sleep", lambda _seconds: pauses.append(Message.objects.count()))
    assert temporary.end_session(session=session)
    assert pauses == [4, 2]
    assert not Message.objects.exists()
