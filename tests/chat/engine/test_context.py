"""What the model is given: the newest of the path that its window and the settings allow, no more.

Proves B16.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.generation.context import MAX_MESSAGES, fit, turns_before
from chat.models import Message, Session, User
from chat.providers.contract import Turn
from tests.factories import make_session


@pytest.fixture
def long_session(alice: User) -> Session:
    """1,000 messages on show, and the reply that is to be made."""
    session = Session.objects.create(owner=alice, updated_at=timezone.now())
    roles = (Message.Role.USER, Message.Role.ASSISTANT)
    rows: list[Message] = []
    for depth in range(1001):
        parent = rows[-1] if rows else None
        row = Message(
            session=session, parent=parent, depth=depth, role=roles[depth % 2], content=f"message {depth}"
        )
        rows.append(row)
    rows.append(
        Message(session=session, parent=rows[-1], depth=1001, role=Message.Role.ASSISTANT, status="pending")
    )
    Message.objects.bulk_create(rows)
    return session


def reply_of(session: Session) -> Message:
    return Message.objects.get(session=session, status="pending")


def test_no_more_is_read_than_any_window_holds(long_session: Session) -> None:
    reply = reply_of(long_session)
    with CaptureQueriesContext(connection) as queries:
        turns = turns_before(long_session, reply)
    assert len(turns) == MAX_MESSAGES
    assert turns[-1].text == "message 1000"
    assert len(queries) == 1


@pytest.mark.parametrize(("setting", "kept"), [(0, 1), (1, 2), (10, 11), (5000, MAX_MESSAGES)])
def test_the_setting_counts_the_messages_before_the_one_that_is_answered(
    setting: int, kept: int, long_session: Session
) -> None:
    long_session.settings = {"context_window": setting}
    turns = turns_before(long_session, reply_of(long_session))
    assert len(turns) == kept


def test_the_system_prompt_comes_first_whatever_the_limit(long_session: Session) -> None:
    long_session.settings = {"context_window": 0, "system_prompt": "Be brief."}
    turns = turns_before(long_session, reply_of(long_session))
    assert [(turn.role, turn.text) for turn in turns] == [("system", "Be brief."), ("user", "message 1000")]


def test_deleted_internal_and_other_branches_stay_out(alice: User) -> None:
    session = make_session(alice, ["one", "two", "three", "four"])
    gone, internal = Message.objects.filter(session=session).order_by("depth")[:2]
    Message.objects.filter(pk=gone.pk).update(deleted_at=timezone.now())
    Message.objects.filter(pk=internal.pk).update(visibility=Message.Visibility.INTERNAL)
    Message.objects.create(
        session=session, parent=internal, depth=2, role="user", content="branch", is_active=False
    )
    reply = Message(session=session, depth=4, role="assistant")
    turns = turns_before(session, reply)
    assert [turn.text for turn in turns] == ["three", "four"]


def test_what_does_not_fit_the_window_is_dropped_from_the_oldest_on() -> None:
    turns = [Turn("system", "Be brief."), *(Turn("user", f"{n:03} " + "x" * 96) for n in range(400))]
    kept = fit(turns, window=4096, max_tokens=None)
    assert kept[0] == turns[0]
    assert kept[1:] == tuple(turns[-(len(kept) - 1) :])
    assert sum(len(turn.text.encode()) for turn in kept) <= 3 * (4096 - 1024)
    assert len(fit(turns, window=4096, max_tokens=3000)) < len(kept) < len(turns)


def test_scripts_that_need_more_bytes_are_given_fewer_characters() -> None:
    latin = [Turn("user", "x" * 100) for _ in range(200)]
    kanji = [Turn("user", "東" * 100) for _ in range(200)]
    assert len(fit(kanji, window=4096, max_tokens=None)) < len(fit(latin, window=4096, max_tokens=None))


def test_the_last_turn_goes_along_even_when_it_is_too_long() -> None:
    turns = [Turn("user", "short"), Turn("user", "x" * 100_000)]
    assert fit(turns, window=1024, max_tokens=None) == (turns[1],)


def test_an_unknown_window_takes_all() -> None:
    turns = [Turn("user", "x" * 1000)] * 50
    assert fit(turns, window=None, max_tokens=None) == tuple(turns)
