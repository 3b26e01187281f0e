"""Annotations through the API: notes on a message, or on code points of it.

Proves B4.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.models import Annotation, Message, User
from chat.services.messages import delete_message
from chat.snapshot import views_of
from tests.chat.api.client import Api
from tests.factories import make_annotation, make_session, messages_of

TEXT = "The 🦊 jumps over **the** dog. The dog sleeps."


@pytest.fixture
def reply(alice: User) -> Message:
    return messages_of(make_session(alice, ["Hello", TEXT]))[1]


def path_of(message: Message) -> str:
    return f"/chat/messages/{message.id}/annotations"


def notes_of(api: Api, message: Message) -> Any:
    return api.get(f"/chat/messages/{message.id}").json["annotations"]


def test_a_note_on_the_whole_message(api: Api, reply: Message) -> None:
    answer = api.post(path_of(reply), {"body": " Is that so? "})
    assert answer.status == 201
    note = answer.json
    assert (note["body"], note["start"], note["end"], note["quote"]) == ("Is that so?", None, None, None)
    assert (note["user"], note["edited_at"], note["message_id"]) == ("alice", None, str(reply.id))
    assert notes_of(api, reply) == [note]


def test_a_note_on_a_passage_counts_code_points(api: Api, reply: Message) -> None:
    start = TEXT.index("jumps")
    note = api.post(path_of(reply), {"body": "Does it?", "start": start, "end": start + 5}).json
    assert (note["start"], note["end"], note["quote"]) == (6, 11, "jumps")


@pytest.mark.parametrize(
    ("start", "end", "field"),
    [(0, 0, "end"), (5, 3, "end"), (-1, 3, "start"), (0, 10_000, "end"), (9999, 10_000, "start"),
     (1, None, "end"), (None, 1, "start"), ("1", 2, "start"), (1.5, 2, "start"), (True, 2, "start"),
     (2**70, 2**71, "start")],
)  # fmt: skip
def test_a_passage_must_lie_within_the_message(
    api: Api, reply: Message, start: object, end: object, field: str
) -> None:
    answer = api.post(path_of(reply), {"body": "?", "start": start, "end": end})
    assert answer.status == 422
    assert field in answer.json["errors"]
    assert not Annotation.objects.exists()


def test_a_note_that_says_nothing_is_refused(api: Api, reply: Message) -> None:
    for body in ("", " \n ", "\x00"):
        assert api.post(path_of(reply), {"body": body}).status == 400
    assert api.post(path_of(reply), {"body": "x" * 10_001}).status == 422
    assert api.post(path_of(reply), {"body": "x", "color": "red"}).status == 422
    assert not Annotation.objects.exists()


def test_ones_own_note_can_be_changed_deleted_and_brought_back(api: Api, reply: Message) -> None:
    note = api.post(path_of(reply), {"body": "One", "start": 0, "end": 3}).json
    path = f"{path_of(reply)}/{note['id']}"
    changed = api.put(path, {"body": "Two"}).json
    assert (changed["body"], changed["start"], changed["end"]) == ("Two", 0, 3)
    assert changed["edited_at"] is not None
    assert api.put(path, {"body": " "}).status == 400
    assert api.delete(path).status == 204
    assert api.delete(path).status == 404
    assert notes_of(api, reply) == []
    assert api.post(f"{path}/restore").json == changed
    assert notes_of(api, reply) == [changed]


def test_another_persons_note_is_not_ones_own_to_change(api: Api, bob: User, reply: Message) -> None:
    note = make_annotation(reply, "Bob's", author=bob)
    path = f"{path_of(reply)}/{note.id}"
    assert [api.put(path, {"body": "Mine"}).status, api.delete(path).status] == [404, 404]
    assert notes_of(api, reply)[0]["user"] == "bob"


def test_a_note_of_another_message_is_not_found_by_this_one(api: Api, alice: User, reply: Message) -> None:
    note = make_annotation(messages_of(make_session(alice, ["Else"]))[0])
    assert api.delete(f"{path_of(reply)}/{note.id}").status == 404


def test_a_passage_follows_when_the_message_is_edited(api: Api, reply: Message) -> None:
    start = TEXT.rindex("dog")
    api.post(path_of(reply), {"body": "Which?", "start": start, "end": start + 3})
    edited = "Well. " + TEXT.replace("**the**", "the")
    [note] = api.put(f"/chat/messages/{reply.id}", {"content": edited}).json["annotations"]
    assert (note["start"], note["end"]) == (edited.rindex("dog"), edited.rindex("dog") + 3)


def test_a_passage_that_went_is_quoted_and_found_when_it_comes_back(api: Api, reply: Message) -> None:
    api.post(path_of(reply), {"body": "Does it?", "start": 6, "end": 11})
    [gone] = api.put(f"/chat/messages/{reply.id}", {"content": "Nothing."}).json["annotations"]
    assert (gone["start"], gone["end"], gone["quote"]) == (None, None, "jumps")
    [back] = api.put(f"/chat/messages/{reply.id}", {"content": TEXT}).json["annotations"]
    assert (back["start"], back["end"]) == (6, 11)


def test_a_deleted_message_keeps_its_notes_and_shows_none(api: Api, reply: Message) -> None:
    note = api.post(path_of(reply), {"body": "So?"}).json
    delete_message(message=reply)
    assert api.post(path_of(reply), {"body": "More"}).status == 404
    assert views_of([reply])[0].annotations == ()
    assert api.post(f"/chat/messages/{reply.id}/restore").json["annotations"] == [note]


def test_many_notes_cost_as_many_queries_as_one(api: Api, alice: User, bob: User) -> None:
    session = make_session(alice, ["One", "Two", "Three", "Four"])
    counts = []
    for authors in ([alice], [alice, bob, bob]):
        for message in messages_of(session):
            for author in authors:
                make_annotation(message, author=author)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            views = views_of(messages_of(session))
            assert [note.author.username for view in views for note in view.annotations if note.author]
        counts.append(len(queries))
    assert counts[0] == counts[1]
