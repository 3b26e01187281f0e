"""The walk that feeds every format: which messages it tells, in which order, and what of each.

Proves B13.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.errors import BadValue
from chat.models import Message, Reaction, Session, User
from chat.snapshot import views_of
from exports.content.pictures import picture_of
from exports.content.transcript import Transcript
from exports.options import Options
from tests.exports.rich import make_rich_session
from tests.factories import add_message, make_annotation, make_attachment, make_session, messages_of

pytestmark = pytest.mark.django_db(transaction=True)


def told(session: Session, **options: Any) -> list[str]:
    return [entry.text for entry in Transcript(session, Options(**options)).entries()]


def test_it_tells_the_messages_on_show_in_order(alice: User) -> None:
    session = make_session(alice, ["one", "two", "three"])
    entries = list(Transcript(session, Options()).entries())
    assert [entry.text for entry in entries] == ["one", "two", "three"]
    assert [entry.number for entry in entries] == [1, 2, 3]
    assert [entry.speaker for entry in entries] == ["alice", "Assistant", "alice"]
    assert all(entry.follows is None for entry in entries)


def test_it_leaves_out_what_was_deleted_or_is_not_for_people(alice: User) -> None:
    session = make_session(alice, ["one", "two", "three", "four"])
    one, two, three, _four = messages_of(session)
    Message.objects.filter(pk=two.pk).update(deleted_at=timezone.now())
    Message.objects.filter(pk=three.pk).update(visibility="hidden")
    assert told(session) == ["one", "four"]


def test_it_counts_what_it_tells(alice: User) -> None:
    session = make_session(alice, list("abcdef"))
    rows = messages_of(session)
    for row, values in zip(
        rows, ({"visibility": "internal"}, {"role": "tool"}, {"role": "system"}), strict=False
    ):
        Message.objects.filter(pk=row.pk).update(**values)
    add_message(session, rows[3], "another", is_active=False)
    add_message(session, rows[3], "deleted", is_active=False, deleted_at=timezone.now())
    for options in (Options(), Options(tools=False, system=False), Options(alternatives=True)):
        transcript = Transcript(session, options)
        assert transcript.count() == len(list(transcript.entries()))
    assert Transcript(session, Options(from_message_id=rows[4].pk)).count() == 2


def test_a_range_has_both_its_ends(alice: User) -> None:
    session = make_session(alice, list("abcdef"))
    keys = [message.pk for message in messages_of(session)]
    assert told(session, from_message_id=keys[1], to_message_id=keys[3]) == ["b", "c", "d"]
    assert told(session, message_ids=(keys[4], keys[0])) == ["a", "e"]


def test_a_range_of_another_conversation_is_refused(alice: User) -> None:
    session, other = make_session(alice, ["a"]), make_session(alice, ["b"])
    [stray] = messages_of(other)
    with pytest.raises(BadValue):
        Transcript(session, Options(from_message_id=stray.pk))


def test_a_range_from_its_end_to_its_start_is_refused(alice: User) -> None:
    session = make_session(alice, ["a", "b"])
    first, last = messages_of(session)
    with pytest.raises(BadValue):
        Transcript(session, Options(from_message_id=last.pk, to_message_id=first.pk))


def test_alternatives_stand_before_the_one_on_show_with_what_followed_them(alice: User) -> None:
    session = make_session(alice, ["question", "shown"])
    question, shown = messages_of(session)
    first = add_message(session, question, "first try", is_active=False)
    add_message(session, first, "and on", is_active=False)
    add_message(session, shown, "last", is_active=False)
    entries = list(Transcript(session, Options(alternatives=True)).entries())
    assert [entry.text for entry in entries] == ["question", "first try", "and on", "shown", "last"]
    assert [entry.follows for entry in entries] == [None, None, None, 1, None]
    assert entries[1].version is not None
    assert told(session) == ["question", "shown"]


def test_system_lines_tools_notes_and_times_go_by_option(alice: User) -> None:
    session = make_session(alice, ["question"])
    [question] = messages_of(session)
    note = add_message(session, question, "a line", role="system", author=None)
    add_message(session, note, "a result", role="tool", author=None)
    make_annotation(question)
    Reaction.objects.create(message=question, user=alice, emoji="👍")
    assert told(session) == ["question", "a line", "a result"]
    assert told(session, system=False, tools=False) == ["question"]
    [entry, *_rest] = Transcript(session, Options()).entries()
    assert [note.body for note in entry.notes] == ["A note"]
    assert entry.reactions == (("👍", ("alice",)),)
    [entry, *_rest] = Transcript(session, Options(annotations=False, timestamps=False)).entries()
    assert (entry.notes, entry.reactions, entry.written_at) == ((), (), None)


@pytest.mark.parametrize("alternatives", [False, True])
def test_of_many_messages_each_keeps_what_is_its_own(alice: User, alternatives: bool) -> None:
    session = make_session(alice, [str(number) for number in range(250)])
    rows = messages_of(session)
    make_annotation(rows[7], body="seven")
    make_annotation(rows[233], body="late")
    Reaction.objects.create(message=rows[40], user=alice, emoji="👍")
    make_attachment(alice, message=rows[41])
    add_message(session, rows[99], "another hundred", is_active=False)
    Message.objects.filter(pk=rows[150].pk).update(deleted_at=timezone.now())
    entries = list(Transcript(session, Options(alternatives=alternatives)).entries())
    texts = [str(number) for number in range(250) if number != 150]
    assert [entry.text for entry in entries if entry.text != "another hundred"] == texts
    assert [(entry.text, note.body) for entry in entries for note in entry.notes] == [
        ("7", "seven"),
        ("233", "late"),
    ]
    assert [entry.text for entry in entries if entry.reactions] == ["40"]
    assert [entry.text for entry in entries if entry.attachments] == ["41"]
    several = [(entry.text, entry.version) for entry in entries if entry.version]
    assert several == ([("another hundred", (2, 2)), ("100", (1, 2))] if alternatives else [])


@pytest.mark.parametrize("alternatives", [False, True])
def test_what_is_written_while_a_long_one_is_told_has_its_files_too(alice: User, alternatives: bool) -> None:
    session = make_session(alice, [str(number) for number in range(250)])
    entries = Transcript(session, Options(alternatives=alternatives)).entries()
    next(entries)
    make_attachment(alice, message=add_message(session, messages_of(session)[-1], "Look at this"))
    assert [entry.text for entry in entries if entry.attachments] == ["Look at this"]


def test_one_that_is_deleted_while_it_is_read_is_still_among_its_own_versions(alice: User) -> None:
    row = messages_of(make_session(alice, ["q1", "a1"]))[1]
    Message.objects.filter(pk=row.pk).update(deleted_at=timezone.now())
    [view] = views_of([row])
    assert view.alternatives == (row.pk,)


@pytest.mark.parametrize("told", [0, 1, 3])
def test_each_version_is_told_once_though_another_is_put_on_show_meanwhile(alice: User, told: int) -> None:
    session = make_session(alice, ["q1", "a1", "q2", "a2", "q3", "a3"])
    shown = messages_of(session)
    other = add_message(session, shown[0], "other a1", role="assistant", is_active=False)
    hidden = [other, add_message(session, other, "other q2", is_active=False)]
    entries = Transcript(session, Options(alternatives=True)).entries()
    before = [next(entries).text for _number in range(told)]
    for rows, is_active in ((shown[1:], False), (hidden, True)):
        Message.objects.filter(pk__in=[row.pk for row in rows]).update(is_active=is_active)
    texts = [*before, *(entry.text for entry in entries)]
    assert sorted(texts) == ["a1", "a2", "a3", "other a1", "other q2", "q1", "q2", "q3"]


def test_it_tells_how_far_it_is(alice: User) -> None:
    shares: list[float] = []
    for _entry in Transcript(make_session(alice, list("abcd")), Options()).entries(shares.append):
        pass
    assert shares == [0, 0.25, 0.5, 0.75, 1]


@pytest.mark.parametrize("alternatives", [False, True])
def test_its_queries_grow_by_batches_not_by_messages(alice: User, alternatives: bool) -> None:
    counts = []
    for length in (2, 190):
        session = make_session(alice, [str(number) for number in range(length)])
        with CaptureQueriesContext(connection) as asked:
            list(Transcript(session, Options(alternatives=alternatives)).entries())
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_options_are_kept_as_what_differs_and_read_again(alice: User) -> None:
    [message] = messages_of(make_session(alice, ["a"]))
    options = Options(timestamps=False, from_message_id=message.pk, message_ids=(message.pk,))
    assert Options.of(options.kept()) == options
    assert Options().kept() == {}
    assert replace(options, timestamps=True).kept().keys() == {"from_message_id", "message_ids"}


def test_the_rich_conversation_is_told_whole(alice: User) -> None:
    session = make_rich_session(alice)
    entries = list(Transcript(session, Options(alternatives=True, reasoning=True)).entries())
    assert len(entries) == 11
    assert [entry.version for entry in entries if entry.version] == [(2, 2), (1, 2)]
    assert all(entry.blocks for entry in entries)
    assert [entry.number for entry in entries if entry.thoughts] == [5]
    assert [entry.number for entry in entries if entry.tools] == [7]
    assert [file.name for file in entries[0].attachments] == ["slope.png", "notes & more.txt"]
    picture = picture_of(entries[0].attachments[0])
    assert picture is not None
    assert (picture.mime_type, picture.width, picture.height) == ("image/png", 320, 200)
