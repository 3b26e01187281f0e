"""Whatever is done to conversations as trees: no message is lost, and what one works from is untouched.

Proves B8, B9, B11 and C11.
"""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.errors import Refused
from chat.models import Message, Session, User
from chat.services import growth
from chat.services.branching import branch_session
from chat.services.duplicating import duplicate_session
from chat.services.merging import merge_session
from chat.services.messages import activate_message, delete_message
from chat.services.unmerging import undo_merge
from tests.chat.api.trees import Plan, check_whole, cut_small, kept, plans, plant
from tests.factories import add_message, messages_of

DEEDS = ("branch", "duplicate", "merge", "merge", "unmerge", "say", "alternative", "delete", "activate")
deeds = st.lists(st.tuples(st.sampled_from(DEEDS), st.integers(0, 50), st.integers(0, 50)), max_size=12)
MANY = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def roots(session: Session) -> list[UUID]:
    return [message.origin or message.pk for message in messages_of(session)]


class Family:
    """Some conversations, and one deed after the other."""

    def __init__(self, owner: User, first: Session) -> None:
        self.owner = owner
        self.sessions = [first]
        self.said = 0

    def do(self, deed: str, which: int, what: int) -> None:
        session = self.sessions[which % len(self.sessions)]
        session.refresh_from_db()
        others = [one for one in self.sessions if one != session]
        before = kept(others)
        getattr(self, deed)(session, what)
        assert kept(others) == before
        for one in self.sessions:
            check_whole(one)

    def branch(self, session: Session, what: int) -> None:
        rows = list(Message.objects.filter(session=session, deleted_at=None).order_by("depth", "pk"))
        point = rows[what % len(rows)] if rows else None
        own = kept([session])
        made = branch_session(session=session, owner=self.owner, message=point)
        assert kept([session]) == own
        self.sessions.append(made)
        if point and point.is_active:
            assert roots(made) == roots(session)[: len(messages_of(made))]

    def duplicate(self, session: Session, _what: int) -> None:
        own = kept([session])
        self.sessions.append(duplicate_session(session=session, owner=self.owner))
        assert kept([session]) == own
        assert roots(self.sessions[-1]) == roots(session)

    def merge(self, session: Session, what: int) -> None:
        source = self.sessions[what % len(self.sessions)]
        if source == session:
            with pytest.raises(Refused):
                merge_session(session=session, source=source, merged_by=self.owner)
            return
        before = messages_of(session)
        theirs, known = roots(source), set(Message.objects.on_path(session).values_list("pk", "origin"))
        known_roots = {origin or key for key, origin in known}
        merged = merge_session(session=session, source=source, merged_by=self.owner)
        after = messages_of(session)
        assert after[: len(before)] == before  # its own, in their order
        own = [root for root in theirs if root not in known_roots]
        assert [row.origin for row in after[len(before) + 1 :]] == own
        assert (merged is None) == (not own) == (len(after) == len(before))

    def unmerge(self, session: Session, _what: int) -> None:
        last = session.merges.filter(undone_at=None).order_by("-id").first()
        if last is None:
            return
        before, shown = kept([session]), messages_of(session)
        try:
            undo_merge(session=session, merge=last)
        except Refused:
            assert kept([session]) == before
        # Nothing goes but the line and copies, and what was on show before them stays so.
        gone = shown[len(messages_of(session)) :]
        assert shown[: len(shown) - len(gone)] == messages_of(session)
        assert all(row.origin or row.pk == last.line_id for row in gone)

    def say(self, session: Session, _what: int) -> None:
        leaf = Message.objects.on_path(session).order_by("-depth").first()
        self.said += 1
        add_message(session, leaf, f"said {self.said}")
        Session.objects.filter(pk=session.pk).update(message_count=session.message_count + 1)

    def alternative(self, session: Session, what: int) -> None:
        rows = list(Message.objects.filter(session=session).order_by("pk"))
        if rows:
            self.said += 1
            add_message(session, rows[what % len(rows)], f"said {self.said}", is_active=False)

    def delete(self, session: Session, what: int) -> None:
        if shown := messages_of(session):
            delete_message(message=shown[what % len(shown)])

    def activate(self, session: Session, what: int) -> None:
        rows = list(Message.objects.filter(session=session, deleted_at=None).order_by("pk"))
        if rows:
            activate_message(message=rows[what % len(rows)])


@MANY
@given(plan=plans, shown=st.integers(0, 20), steps=deeds, batch=st.integers(1, 4))
def test_no_message_is_lost_and_originals_are_untouched(
    alice: User, plan: Plan, shown: int, steps: list[tuple[str, int, int]], batch: int
) -> None:
    family = Family(alice, plant(alice, plan, shown))
    with pytest.MonkeyPatch.context() as patch:
        cut_small(patch, batch)
        patch.setattr(growth, "let_others_write", lambda _seconds: None)
        for step in steps:
            family.do(*step)


@pytest.mark.parametrize("deed", ["branch", "duplicate", "merge"])
def test_the_number_of_statements_does_not_grow_with_messages(alice: User, deed: str) -> None:
    counts = []
    for length in (10, 60):
        family = Family(alice, plant(alice, [(0, False)] * length))
        family.sessions.append(plant(alice, [(0, False)] * length))
        with CaptureQueriesContext(connection) as queries:
            family_deed(family, deed)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def family_deed(family: Family, deed: str) -> None:
    first, second = family.sessions
    if deed == "branch":
        branch_session(session=first, owner=family.owner)
    elif deed == "duplicate":
        duplicate_session(session=first, owner=family.owner)
    else:
        merge_session(session=first, source=second, merged_by=family.owner)
