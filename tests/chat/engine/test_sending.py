"""Sends that meet each other: one wins, the other is told, and nothing is lost or there twice.

Proves C1 and C11.
"""

from __future__ import annotations

import asyncio

import pytest

from chat.errors import IdReused, ReplyRunning
from chat.models import Generation, Message, Session, User
from chat.models.ids import new_id
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.replies import stop_reply
from chat.services.sending import Sent
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, has_text, new_session

Scripts = type[ScriptedProvider]
END = Finish("stop", None)


async def test_of_two_sends_at_once_one_wins_and_the_other_is_told(
    session: Session, scripts: Scripts
) -> None:
    scripts.script("default", [asyncio.Event(), END])
    outcomes = await asyncio.gather(
        ask(session, "From one tab"), ask(session, "From the other"), return_exceptions=True
    )
    won = [outcome for outcome in outcomes if isinstance(outcome, Sent)]
    lost = [outcome for outcome in outcomes if isinstance(outcome, ReplyRunning)]
    assert (len(won), len(lost)) == (1, 1)
    assert await read(Message.objects.filter(session=session).count) == 2
    await write(stop_reply, session=session)


async def test_queued_sends_at_once_are_all_answered_one_after_the_other(
    session: Session, scripts: Scripts
) -> None:
    texts = [f"Question {number}" for number in range(6)]
    sent = await asyncio.gather(*(ask(session, text, queue=True) for text in texts))
    replies = [await ended(one) for one in sent]
    assert [reply["content"] for reply in replies] == texts
    depths = await read(lambda: sorted(session.messages.values_list("depth", flat=True)))
    assert depths == list(range(12))


async def test_a_queued_message_waits_for_its_turn(session: Session, scripts: Scripts) -> None:
    go_on = asyncio.Event()
    scripts.script("default", [Text("first"), go_on, END])
    first = await ask(session)
    await has_text(first, "first")
    second = await ask(session, "And then?", queue=True)
    await asyncio.sleep(0.1)
    assert len(scripts.prompts) == 1
    scripts.script("default", [Text("second"), END])
    go_on.set()
    assert (await ended(first))["content"] == "first"
    assert (await ended(second))["content"] == "second"
    assert [turn.text for turn in scripts.prompts[1].turns] == ["Hello there", "first", "And then?"]


async def test_the_same_id_twice_at_once_is_one_message(session: Session) -> None:
    key = new_id()
    sent = await asyncio.gather(*(ask(session, "Only once", message_id=key) for _ in range(5)))
    assert {one.user_message.pk for one in sent} == {key}
    assert len({one.assistant_message.pk for one in sent}) == 1
    assert [one.is_new for one in sent].count(True) == 1
    await ended(sent[0])
    assert await read(Message.objects.filter(session=session).count) == 2


async def test_the_same_id_in_two_sessions_at_once_is_one_message(alice: User, session: Session) -> None:
    key, other = new_id(), await new_session(alice)
    outcomes = await asyncio.gather(
        ask(session, "Mine", message_id=key), ask(other, "Mine", message_id=key), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["IdReused", "Sent"]
    assert await read(Message.objects.filter(role="user").count) == 1


async def test_an_id_that_is_anothers_is_refused(alice: User, bob: User, session: Session) -> None:
    key = new_id()
    await ended(await ask(session, "Mine", message_id=key))
    with pytest.raises(IdReused):
        await ask(await new_session(bob), "Mine", message_id=key)


async def test_each_of_a_hundred_sends_at_once_is_answered(alice: User, session: Session) -> None:
    sessions = [await new_session(alice) for _ in range(100)]
    sent = await asyncio.gather(*(ask(one, f"Number {n}") for n, one in enumerate(sessions)))
    replies = [await ended(one, 30) for one in sent]
    assert [reply["content"] for reply in replies] == [f"Number {n}" for n in range(100)]
    assert await read(Generation.objects.exclude(state="ended").count) == 0
