"""Conversations of any shape, made from a plan, and what of one must hold whatever was done to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pytest
from django.utils import timezone
from hypothesis import strategies as st

from chat.models import Message, Session, User
from chat.services import growth

# Of each message: which of those before it, or none, it answers, and whether it was deleted.
Plan = list[tuple[int, bool]]
# Mostly one after the other, as people talk; now and then an alternative to something earlier.
_STEP = st.tuples(st.one_of(st.just(0), st.just(0), st.just(0), st.integers(0, 12)), st.booleans())
plans: st.SearchStrategy[Plan] = st.lists(
    _STEP.map(lambda one: (one[0], one[1] and one[0] % 3 == 0)), max_size=14
)


def cut_small(patch: pytest.MonkeyPatch, count: int) -> None:
    """Copies are made in pieces of so many messages, on either database."""
    patch.setattr(growth, "BATCH", count)
    patch.setattr(growth, "LARGE_BATCH", count)


def plant(owner: User, plan: Plan, shown: int = 0, **fields: object) -> Session:
    """The conversation of that plan; on show is what leads to one of its messages."""
    session = Session.objects.create(owner=owner, name="A tree", updated_at=timezone.now(), **fields)
    rows: list[Message] = []
    for number, (back, is_deleted) in enumerate(plan):
        parent = rows[number - 1 - back] if back < number else None
        depth = parent.depth + 1 if parent else 0
        row = Message(session=session, parent=parent, depth=depth, content=f"{number}", is_active=False)
        row.role = Message.Role.ASSISTANT if depth % 2 else Message.Role.USER
        row.deleted_at = timezone.now() if is_deleted else None
        rows.append(row)
    at = rows[shown % len(rows)] if rows else None
    while at:
        at.is_active = True
        session.message_count += at.deleted_at is None
        at = at.parent
    Message.objects.bulk_create(rows)
    session.save()
    return session


@dataclass(frozen=True)
class Node:
    """A message that is not deleted, and what it answers: the last above it that is not either."""

    content: str
    above: tuple[str, ...]
    is_shown: bool


def nodes_of(session: Session) -> set[Node]:
    """The conversation as its people see it: no ids, and nothing of what was deleted."""
    rows = {row.pk: row for row in Message.objects.filter(session=session)}

    def above(row: Message) -> tuple[str, ...]:
        up = rows.get(row.parent_id) if row.parent_id else None
        if up is None:
            return ()
        return (*above(up), up.content) if up.deleted_at is None else above(up)

    return {Node(row.content, above(row), row.is_active) for row in rows.values() if row.deleted_at is None}


def kept(sessions: Sequence[Session]) -> list[dict[str, object]]:
    """All of these sessions and their messages, to see whether anything was touched."""
    fields = [field.attname for field in Session._meta.concrete_fields if field.name != "last_event_id"]
    rows: list[dict[str, object]] = [
        *Session.objects.filter(pk__in=[one.pk for one in sessions]).order_by("pk").values(*fields)
    ]
    rows += [dict(row) for row in Message.objects.filter(session__in=sessions).order_by("pk").values()]
    return rows


def check_whole(session: Session) -> None:
    """Depths and the path on show hold together, and the count is right."""
    rows = {row.pk: row for row in Message.objects.filter(session=session)}
    shown = sorted((row for row in rows.values() if row.is_active), key=lambda row: row.depth)
    assert [row.depth for row in shown] == list(range(len(shown)))
    assert [row.parent_id for row in shown] == [None, *[row.pk for row in shown]][: len(shown)]
    for row in rows.values():
        assert row.depth == (rows[row.parent_id].depth + 1 if row.parent_id else 0)
    count = Session.objects.values_list("message_count", flat=True).get(pk=session.pk)
    assert count == sum(row.deleted_at is None for row in shown)
