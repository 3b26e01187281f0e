"""Reactions through the API.

Proves B4.
"""

from __future__ import annotations

from urllib.parse import quote

import pytest

from chat.models import Message, Reaction, SessionEvent, User
from chat.services.messages import delete_message
from tests.chat.api.client import Api
from tests.factories import make_session, messages_of


@pytest.fixture
def reply(alice: User) -> Message:
    return messages_of(make_session(alice, ["Hello", "Good day"]))[1]


def path_of(message: Message, emoji: str) -> str:
    return f"/chat/messages/{message.id}/reactions/{quote(emoji, safe='')}"


def test_an_emoji_is_given_and_shown(api: Api, reply: Message) -> None:
    answer = api.put(path_of(reply, "👍"))
    assert answer.status == 200
    assert answer.json["reactions"] == [{"emoji": "👍", "count": 1, "users": ["alice"]}]
    assert api.get(f"/chat/messages/{reply.id}").json["reactions"] == answer.json["reactions"]


def test_giving_it_twice_changes_nothing(api: Api, reply: Message) -> None:
    first = api.put(path_of(reply, "👍")).json
    assert api.put(path_of(reply, "👍")).json == first
    assert Reaction.objects.count() == 1
    assert SessionEvent.objects.filter(kind="margin").count() == 1


def test_taking_it_back_twice_changes_nothing(api: Api, reply: Message) -> None:
    api.put(path_of(reply, "👍"))
    assert api.delete(path_of(reply, "👍")).status == 204
    assert api.delete(path_of(reply, "👍")).status == 204
    assert api.get(f"/chat/messages/{reply.id}").json["reactions"] == []


def test_spellings_that_look_alike_are_one(api: Api, reply: Message) -> None:
    api.put(path_of(reply, "\u2764"))
    [given] = api.put(path_of(reply, "\u2764\ufe0f")).json["reactions"]
    assert (given["emoji"], given["count"]) == ("\u2764\ufe0f", 1)


@pytest.mark.parametrize("emoji", ["👍🏽", "🇩🇪", "👩‍👩‍👧‍👦", "1️⃣", "#️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"])
def test_an_emoji_of_many_code_points_is_one(api: Api, reply: Message, emoji: str) -> None:
    assert api.put(path_of(reply, emoji)).json["reactions"][0]["emoji"] == emoji


@pytest.mark.parametrize(
    "text", ["a", "1", "👍👍", "👍 ", "<b>", "'\"", "\U0001f3fd", "x" * 500, "\u200d", "%"]
)
def test_anything_else_is_refused(api: Api, reply: Message, text: str) -> None:
    for answer in (api.put(path_of(reply, text)), api.delete(path_of(reply, text))):
        assert answer.status == 422
        assert answer.json["errors"]["emoji"]
    assert not Reaction.objects.exists()


def test_a_person_cannot_fill_a_message_with_them(api: Api, reply: Message) -> None:
    flags = [chr(0x1F1E6 + a) + chr(0x1F1E6 + b) for a in range(26) for b in range(26)]
    statuses = [api.put(path_of(reply, flag)).status for flag in flags[:120]]
    assert statuses.count(200) == 20
    assert Reaction.objects.count() == 20


def test_people_are_named_in_the_order_in_which_they_came(api: Api, reply: Message, bob: User) -> None:
    Reaction.objects.create(message=reply, user=bob, emoji="👍")
    assert api.put(path_of(reply, "👍")).json["reactions"] == [
        {"emoji": "👍", "count": 2, "users": ["bob", "alice"]}
    ]
    api.delete(path_of(reply, "👍"))
    assert api.get(f"/chat/messages/{reply.id}").json["reactions"][0]["users"] == ["bob"]


def test_a_stranger_and_a_deleted_message_are_not_there(api: Api, stranger: Api, reply: Message) -> None:
    assert stranger.put(path_of(reply, "👍")).status == 404
    assert stranger.delete(path_of(reply, "👍")).status == 404
    api.put(path_of(reply, "👍"))
    delete_message(message=reply)
    assert api.put(path_of(reply, "🎉")).status == 404
    assert Reaction.objects.count() == 1
    assert api.post(f"/chat/messages/{reply.id}/restore").json["reactions"][0]["emoji"] == "👍"
