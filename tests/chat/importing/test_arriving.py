"""What comes in is there as it was, once, and whole; a newer export adds what is new.

Proves F1.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError
from django.utils import timezone
from pytest_django import Settings

from chat.models import Attachment, ImportedConversation, Message, Session, User
from chat.services import arrivals, temporary
from chat.services.growth import let_others_write
from chat.services.inserting import insert_rows
from chat.services.messages import activate_message, delete_message
from chat.services.sessions import delete_session, restore_session
from chat.snapshot import page
from chat.wire import message_json
from tests.chat.importing.bringing import bring, ids_of
from tests.chat.importing.exports import PNG, T0, gpt, gpt_message, gpt_talk, packed, webui
from tests.factories import add_message, make_session, messages_of

pytestmark = pytest.mark.django_db(transaction=True)
GROWN = ("One", "Two", "Three", "Four")


def test_a_conversation_is_in_the_list_as_old_as_it_is(alice: User) -> None:
    session = bring(alice, [gpt_talk("How high?", "40 m", title="Towers")]).session()
    assert (session.name, session.is_name_typed, session.message_count) == ("Towers", True, 2)
    assert session.created_at == datetime.fromtimestamp(T0, UTC)
    assert session.updated_at == datetime.fromtimestamp(T0 + 900, UTC)
    question, reply = messages_of(session)
    assert (question.author, reply.author, reply.created_at) == (
        alice,
        None,
        datetime.fromtimestamp(T0 + 1, UTC),
    )
    assert [one["content"] for one in map(message_json, page(session).messages)] == ["How high?", "40 m"]
    assert not session.is_temporary
    assert session.deleted_at is None


def test_without_a_title_it_has_the_one_of_its_first_words(alice: User) -> None:
    session = bring(alice, [gpt_talk("A question that goes on and on", title="")]).session()
    assert (session.name, session.is_name_typed) == ("A question that goes...", False)


def test_once_more_makes_no_doubles(alice: User, bob: User) -> None:
    talks = [gpt_talk("One", key="a"), gpt_talk("Two", key="b")]
    first = bring(alice, talks)
    again = bring(alice, packed({"conversations.json": [*talks, talks[0]]}))
    assert (first.outcomes, again.outcomes) == (["imported"] * 2, ["skipped"] * 3)
    assert set(again.notes) == {"It is here already."}
    assert Session.objects.filter(owner=alice).count() == 2
    assert bring(bob, talks).outcomes == ["imported", "imported"]


def test_what_was_added_there_is_added_here_and_shown(alice: User) -> None:
    session = bring(alice, [gpt_talk(*GROWN[:2])]).session()
    cursor = session.last_event_id
    report = bring(alice, [{**gpt_talk(*GROWN), "update_time": T0 + 5000}])
    assert (report.outcomes, report.arrivals[1].messages) == (["updated"], 2)
    now = report.session()
    assert now.pk == session.pk
    assert [message.content for message in messages_of(now)] == list(GROWN)
    assert (now.message_count, now.last_event_id > cursor) == (4, True)
    assert now.updated_at == datetime.fromtimestamp(T0 + 5000, UTC)


def test_what_a_person_went_on_with_here_stays_on_show(alice: User) -> None:
    session = bring(alice, [gpt_talk(*GROWN[:2])]).session()
    add_message(session, messages_of(session)[-1], "My own way", depth=2)
    report = bring(alice, [gpt_talk(*GROWN)])
    assert [message.content for message in messages_of(session)] == ["One", "Two", "My own way"]
    other = Message.objects.get(session=session, content="Three")
    assert not other.is_active
    activate_message(message=other)
    assert [message.content for message in messages_of(session)] == list(GROWN)
    assert report.session().message_count == 3


def test_what_was_edited_or_deleted_here_stays_so(alice: User) -> None:
    session = bring(alice, [gpt_talk(*GROWN)]).session()
    first, second, *_ = messages_of(session)
    Message.objects.filter(pk=first.pk).update(content="Mine")
    delete_message(message=second)
    assert bring(alice, [gpt_talk(*GROWN)]).outcomes == ["skipped"]
    assert [message.content for message in messages_of(session)] == ["Mine", "Three", "Four"]


def test_one_that_was_deleted_here_does_not_come_back_by_itself(alice: User) -> None:
    session = bring(alice, [gpt_talk(*GROWN[:2])]).session()
    delete_session(session=session)
    report = bring(alice, [gpt_talk(*GROWN)])
    assert report.outcomes == ["skipped"]
    assert "You deleted it here" in report.notes[0]
    assert report.session().pk == session.pk
    restore_session(session=session)
    assert bring(alice, [gpt_talk(*GROWN)]).outcomes == ["updated"]


def test_one_that_was_removed_for_good_comes_in_anew(alice: User) -> None:
    bring(alice, [gpt_talk("One")]).session().delete()
    assert bring(alice, [gpt_talk("One")]).outcomes == ["imported"]
    assert ImportedConversation.objects.count() == 1


def test_one_that_fails_leaves_nothing_and_the_rest_comes_in(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    insert = insert_rows

    def failing(rows: Any) -> None:
        if any(getattr(row, "name", "") == "Bad" for row in rows):
            insert(rows)
            raise IntegrityError("made up")
        insert(rows)

    monkeypatch.setattr(arrivals, "insert_rows", failing)
    files = {"file-x.png": PNG}
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-x"}
    content = {"content_type": "multimodal_text", "parts": [picture]}
    bad = gpt({"u": (None, gpt_message("user", content=content))}, title="Bad", conversation_id="bad")
    talks = [gpt_talk("One", key="a"), bad, gpt_talk("Two", key="b")]
    report = bring(alice, packed({"conversations.json": talks, **files}))
    assert report.outcomes == ["imported", "failed", "imported"]
    assert not Session.objects.filter(name="Bad").exists()
    assert Attachment.objects.count() == 0


def test_pictures_are_attached_and_what_is_no_file_for_us_is_noted(alice: User, settings: Settings) -> None:
    def pointer(name: str) -> dict[str, str]:
        return {"content_type": "image_asset_pointer", "asset_pointer": f"file-service://{name}"}

    parts = [pointer("file-Good"), pointer("file-Gone"), pointer("file-Bad"), "Look"]
    content = {"content_type": "multimodal_text", "parts": parts}
    conversation = gpt({"u": (None, gpt_message("user", content=content))})
    files = {"file-Good-a.png": PNG, "file-Bad-b.exe": b"MZ\x00\x01"}
    report = bring(alice, packed({"conversations.json": [conversation], **files}))
    [attachment] = Attachment.objects.all()
    assert (attachment.name, attachment.kind, attachment.owner) == ("file-Good-a.png", "image", alice)
    assert attachment.message == messages_of(report.session())[0]
    assert attachment.file.read() == PNG
    attachment.file.close()
    assert report.notes == [
        "Not in the export, and so not here: file-Gone",
        "Too large, empty, or of a kind that is not taken here: file-Bad-b.exe",
    ]
    assert len([path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]) == 1


def test_a_long_one_comes_in_pieces_and_is_seen_when_it_is_whole(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(arrivals, "BATCH", 10)
    seen: list[tuple[int, int]] = []
    pause = let_others_write

    def between(seconds: float) -> None:
        shown = Session.objects.live().filter(owner=alice, is_temporary=False)
        seen.append((shown.count(), Message.objects.count()))
        assert temporary.sweep() == 0
        pause(seconds)

    monkeypatch.setattr(arrivals, "let_others_write", between)
    report = bring(alice, [gpt_talk(*(f"Line {number}" for number in range(35)))])
    assert seen == [(0, 10), (0, 20), (0, 30), (1, 35)]
    session = report.session()
    assert [message.content for message in messages_of(session)] == [f"Line {number}" for number in range(35)]
    assert (session.message_count, session.is_temporary, session.deleted_at) == (35, False, None)


@pytest.mark.parametrize("is_swept", [False, True])
def test_one_that_was_cut_off_is_gone_on_with_or_begun_anew(
    alice: User, monkeypatch: pytest.MonkeyPatch, is_swept: bool
) -> None:
    monkeypatch.setattr(arrivals, "BATCH", 10)
    talk = gpt_talk(*(f"Line {number}" for number in range(35)))

    class Killed(BaseException):
        pass

    def dies(_seconds: float) -> None:
        if Message.objects.count() == 20:
            raise Killed

    with monkeypatch.context() as cut:
        cut.setattr(arrivals, "let_others_write", dies)
        with pytest.raises(Killed):
            bring(alice, [talk])
    assert not Session.objects.live().exists()
    if is_swept:
        Session.objects.update(deleted_at=timezone.now() - temporary.UNDO)
        assert temporary.sweep() == 1
    report = bring(alice, [talk])
    assert report.outcomes == ["imported"]
    assert len(messages_of(report.session())) == 35
    assert Session.objects.count() == 1


def test_other_places_call_theirs_as_they_like(alice: User) -> None:
    """The same ids in two conversations, and in those of two people."""
    chats = [webui({"1": (None, "user", "Hi")}, id=f"chat-{number}") for number in range(2)]
    report = bring(alice, chats)
    assert report.outcomes == ["imported", "imported"]
    assert ids_of(report.session(1)).isdisjoint(ids_of(report.session(2)))
    assert bring(alice, [webui({"1": (None, "user", "Hi")}, id="x" * 5000)]).outcomes == ["imported"]


def test_messages_without_ids_of_their_own_are_noted_and_one_is_there(alice: User) -> None:
    """With all that our own JSON has, and an id that is none, the one on show was looked for in vain."""
    said = [{"role": "user", "content": text, "active": True, "parent_id": None} for text in ("Hello", "Hi")]
    report = bring(alice, {"format": "parley", "version": 1, "session": {}, "messages": said})
    assert report.outcomes == ["imported"]
    assert [message.content for message in messages_of(report.session())] == ["Hi"]
    assert "have the same id as another one" in report.notes[0]


def test_one_without_messages_is_skipped(alice: User) -> None:
    report = bring(alice, [gpt({"r": (None, None)})])
    assert (report.outcomes, report.notes) == (["skipped"], ["There are no messages in it."])


def test_how_much_is_asked_does_not_grow_with_the_messages(
    alice: User, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(14):
        bring(alice, [gpt_talk("Hi", "Hello", key="short")])
    with django_assert_max_num_queries(14):
        bring(alice, [gpt_talk(*["Hi"] * 100, key="long")])


def test_it_begins_where_nothing_was(alice: User) -> None:
    """Beside conversations of one's own, which stay as they are."""
    own = make_session(alice, ["Mine"])
    bring(alice, [gpt_talk("One")])
    assert [message.content for message in messages_of(own)] == ["Mine"]
    assert Session.objects.count() == 2
