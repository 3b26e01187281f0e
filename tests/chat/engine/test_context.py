"""What the model is given: the newest of the path that its window and the settings allow, no more.

Proves B16.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.generation import attached
from chat.generation.context import MAX_MESSAGES, fit, turns_before
from chat.models import Message, Session, User
from chat.providers.contract import Turn
from tests.factories import add_message, make_attachment, make_session


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
    assert len(turns_before(long_session, reply_of(long_session))) == kept


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
    assert [turn.text for turn in turns_before(session, reply)] == ["three", "four"]


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


def asked_with(session: Session, *files: tuple[str, bytes], content: str = "Look") -> str:
    """What the model is given of a message with these files."""
    question = add_message(session, None, content)
    for place, (name, data) in enumerate(files):
        make_attachment(session.owner, name=name, content=data, message=question, position=place)
    reply = add_message(session, question, "", status="pending")
    return "|".join(turn.text for turn in turns_before(session, reply))


def test_the_text_of_attached_files_follows_the_words(alice: User) -> None:
    said = asked_with(make_session(alice), ("b.txt", b"Notes"), ("a.txt", "Möwe".encode("utf-16")))
    assert (
        said
        == "Look\n\nAttached file “b.txt”:\n\n```\nNotes\n```\n\nAttached file “a.txt”:\n\n```\nMöwe\n```"
    )


def test_a_message_of_a_file_alone_is_asked_too(alice: User) -> None:
    said = asked_with(make_session(alice), ("a.txt", b"Notes"), content="")
    assert said == "Attached file “a.txt”:\n\n```\nNotes\n```"


def test_a_file_cannot_end_its_own_fence(alice: User) -> None:
    said = asked_with(make_session(alice), ("a.md", b"```\ncode\n````\nmore"))
    assert said.endswith("`````\n```\ncode\n````\nmore\n`````")


def test_of_a_picture_it_is_said_that_it_is_there(alice: User) -> None:
    session = make_session(alice)
    question = add_message(session, None, "Look")
    make_attachment(alice, name="a.png", kind="image", mime_type="image/png", message=question)
    reply = add_message(session, question, "", status="pending")
    [turn] = turns_before(session, reply)
    assert turn.text == "Look\n\n[Attached file “a.png” (image/png). Its content is not given.]"


def test_a_file_whose_bytes_are_gone_stops_nothing(alice: User) -> None:
    session = make_session(alice)
    question = add_message(session, None, "Look")
    make_attachment(alice, message=question).file.delete(save=False)
    reply = add_message(session, question, "", status="pending")
    [turn] = turns_before(session, reply)
    assert "not there any more" in turn.text


def test_what_is_read_of_files_has_an_end(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are read first."""
    monkeypatch.setattr(attached, "MAX_CHARS", 10)
    monkeypatch.setattr(attached, "MAX_TOTAL", 20)
    session = make_session(alice)
    old = add_message(session, None, "Old")
    make_attachment(alice, content=b"old text", message=old)
    answer = add_message(session, old, "Good")
    new = add_message(session, answer, "New")
    make_attachment(alice, content=b"new text that is long", message=new)
    first, _, last = turns_before(session, add_message(session, new, "", status="pending"))
    assert "not given" in first.text
    assert "new text t\n```" in last.text
    assert last.text.endswith("It is cut here.")


def test_files_cost_one_query_however_many(alice: User) -> None:
    session = make_session(alice)
    question = add_message(session, None, "Look")
    for number in range(5):
        make_attachment(alice, name=f"{number}.txt", message=question)
    reply = add_message(session, question, "", status="pending")
    with CaptureQueriesContext(connection) as queries:
        turns_before(session, reply)
    assert len(queries) == 2
