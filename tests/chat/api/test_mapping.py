"""The map of a conversation of any shape: nothing is left out, and the rails fit together.

Proves B8.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat import access
from chat.mapping import END, Picture, Row, forks, picture, picture_of, stops
from chat.models import Message, Session, User
from chat.services.branching import branch_session
from chat.services.merging import merge_session
from chat.services.messages import delete_message
from chat.services.unmerging import undo_merge
from tests.chat.api.trees import Plan, plans, plant
from tests.factories import add_message, make_session, messages_of

ANY_TREE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
# What of a cell leads up to the row above, and down to the one below.
UP = {"through", "fork", "turn", "node", "last"}
DOWN = {"through", "fork", "node", "first"}


def mapped(session: Session, before: int = END) -> Picture:
    session.refresh_from_db()
    return picture_of(session, access.sessions_for(session.owner), before=before)


def drawn(session: Session) -> list[str]:
    """Each row as its cells and its text."""
    return ["".join(SIGNS[cell] for cell in row.cells) + f" {told(row)}" for row in mapped(session).rows]


SIGNS = {
    "": " ",
    "through": "│",
    "fork": "├",
    "turn": "└",
    "node": "●",
    "first": "●",
    "last": "●",
    "only": "●",
}


def told(row: Row) -> str:
    words = [f"({row.gap})"] if row.gap else []
    words.append(row.session.name if row.session else row.start or row.kind)
    return " ".join([*words, f"×{row.count}"] if row.count > 1 else words)


def live(session: Session) -> int:
    return Message.objects.filter(session=session, deleted_at=None).count()


def counted(rows: list[Row]) -> int:
    """The messages that the rows stand for."""
    found = 0
    for row in rows:
        is_there = row.message is not None and row.message.deleted_at is None
        found += row.gap + (row.count if row.count else int(is_there))
    return found


@ANY_TREE
@given(plan=plans, shown=st.integers(0, 20))
def test_every_message_that_is_there_is_in_the_picture_once(alice: User, plan: Plan, shown: int) -> None:
    session = plant(alice, plan, shown)
    rows = mapped(session).rows
    assert counted(rows) == live(session)
    keys = [row.at for row in rows if row.at]
    assert len(keys) == len(set(keys))
    on_show = [row.message.depth for row in rows if row.message and row.message.is_active]
    assert on_show == sorted(on_show)


@ANY_TREE
@given(plan=plans, shown=st.integers(0, 20))
def test_rails_lead_from_row_to_row(alice: User, plan: Plan, shown: int) -> None:
    rows = mapped(plant(alice, plan, shown)).rows
    for row, below in zip(rows, rows[1:], strict=False):
        for one, other in zip(row.cells, below.cells, strict=False):
            assert (one in DOWN) == (other in UP), (row.cells, below.cells)
    for row in rows:
        assert len(row.cells) == row.level
        assert 1 <= row.place <= row.size
    assert [row for row in rows if row.cells[0] in ("first", "only")] == rows[:1]


def test_a_picture_of_versions_within_versions(alice: User) -> None:
    session = make_session(alice, ["q1", "a1", "q2", "a2", "q3", "a3"])
    q1, a1, q2, _, q3, _ = messages_of(session)
    aside = {"is_active": False}
    b1 = add_message(session, q1, "b1", **aside)
    r2 = add_message(session, b1, "r2", **aside)
    add_message(session, b1, "s2", **aside)
    add_message(session, r2, "r3", **aside)
    add_message(session, q3, "b3", **aside)
    assert drawn(session) == [
        "● q1",
        "├● b1",
        "│├● r2 ×2",
        "│● s2",
        "● a1",
        "● (2) q3",
        "├● b3",
        "● a3",
    ]


def test_another_first_message_hangs_off_the_beginning(alice: User) -> None:
    session = make_session(alice, ["one", "two"])
    add_message(session, None, "other one", is_active=False)
    assert drawn(session) == ["● beginning", "├● other one", "● one", "● two"]


def test_branches_and_the_parent_hang_where_they_left(alice: User, charlie: User) -> None:
    session = make_session(alice, list("abcdef"), name="Harbour")
    third = messages_of(session)[2]
    branch = branch_session(session=session, owner=alice, message=third)
    branch_session(session=session, owner=charlie, message=third)
    add_message(branch, messages_of(branch)[-1], "x")
    assert drawn(session) == ["● a", "● b", "● c", "├● Harbour (branch)", "● (2) f"]
    assert drawn(branch) == ["● a", "● b", "● c", "├● Harbour", "● x"]
    row = mapped(branch).rows[3]
    assert (row.kind, row.at) == ("origin", third.pk)


def test_a_branch_from_a_version_hangs_off_that_version(alice: User) -> None:
    session = make_session(alice, ["q", "a"], name="Harbour")
    q, _ = messages_of(session)
    b = add_message(session, q, "b", is_active=False)
    c = add_message(session, b, "c", is_active=False)
    add_message(session, c, "d", is_active=False)
    branch_session(session=session, owner=alice, message=c)
    assert drawn(session) == ["● q", "├● b", "│● c", "│├● Harbour (branch)", "│● d", "● a"]


def test_a_merge_is_a_stop_and_an_undone_one_is_none(alice: User) -> None:
    session, source = make_session(alice, ["a", "b"]), make_session(alice, list("cdef"), name="Other")
    merge = merge_session(session=session, source=source, merged_by=alice)
    assert merge
    line, last = mapped(session).rows[-2:]
    assert (line.kind, line.merge, line.source, line.gap) == ("merge", merge, source, 0)
    assert (last.start, last.gap, last.is_newest) == ("f", 3, True)
    Session.objects.filter(pk=source.pk).update(deleted_at=timezone.now())
    assert [row.source for row in mapped(session).rows if row.kind == "merge"] == [None]
    undo_merge(session=session, merge=merge)
    assert drawn(session) == ["● a", "● b"]


def test_of_what_was_deleted_a_version_goes_when_nothing_of_it_is_left(alice: User) -> None:
    session = make_session(alice, list("abcd"))
    first, second, *_ = messages_of(session)
    other = add_message(session, first, "other", is_active=False)
    after = add_message(session, other, "after", is_active=False)
    delete_message(message=second)
    Message.objects.filter(pk=other.pk).update(deleted_at=timezone.now())
    assert drawn(session) == ["● a", "├● other", "● b", "● c", "● d"]
    assert mapped(session).rows[1].count == 1
    Message.objects.filter(pk=after.pk).update(deleted_at=timezone.now())
    assert drawn(session)[1:] == ["● (1) d"]


def test_many_forks_come_in_pages_and_many_alternatives_are_counted(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stops, "FORKS", 4)
    session = make_session(alice, [f"{n}" for n in range(40)])
    rows = messages_of(session)
    for number in range(0, 40, 4):
        add_message(session, rows[number], f"other {number + 1}", is_active=False)
    for number in range(20):
        add_message(session, rows[36], f"again {number}", is_active=False)
    before: int | None = END
    seen: list[str] = []
    pages = 0
    while before is not None:
        page = mapped(session, before)
        assert len(page.rows) < 40
        assert page.is_newest == (before == END)
        seen += [row.start for row in page.rows if row.start.startswith("other")]
        before, pages = page.before, pages + 1
    assert pages == 3
    assert sorted(seen) == sorted(f"other {n + 1}" for n in range(0, 36, 4))
    [more] = [row for row in mapped(session).rows if row.kind == "more"]
    assert more.count == 21 - stops.EACH


def test_a_version_that_forks_often_is_drawn_so_far(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(picture, "ROOM", 6)
    session = make_session(alice, ["q", "a"])
    at = add_message(session, messages_of(session)[0], "b", is_active=False)
    for number in range(30):
        add_message(session, at, f"left {number}", is_active=False)
        at = add_message(session, at, f"right {number}", is_active=False)
    rows = mapped(session).rows
    assert len(rows) < 14
    assert [row.inside for row in rows if row.inside] == [2]


def test_of_a_very_long_version_so_much_is_walked(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forks, "MOST_WALKED", 5)
    session = make_session(alice, ["q", "a"])
    at = add_message(session, messages_of(session)[0], "b", is_active=False)
    for number in range(30):
        at = add_message(session, at, f"{number}", is_active=False)
    [row] = [row for row in mapped(session).rows if row.start == "b"]
    assert (row.count, row.is_cut) == (5, True)
    monkeypatch.undo()
    [row] = [row for row in mapped(session).rows if row.start == "b"]
    assert (row.count, row.is_cut) == (31, False)


def test_statements_do_not_grow_with_what_is_there(alice: User) -> None:
    counts = []
    for length in (4, 40):
        session = make_session(alice, [f"{n}" for n in range(length)], name="Harbour")
        for row in messages_of(session)[::2]:
            add_message(session, row, "other", is_active=False)
            branch_session(session=session, owner=alice, message=row)
        with CaptureQueriesContext(connection) as queries:
            mapped(session)
        counts.append(len(queries))
    assert counts[0] == counts[1]
