"""One question to several models: each answers at the same time, and none of them loses or repeats a word.

Proves F2.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from chat.composer import merge, regenerate
from chat.errors import BadValue, IdReused
from chat.generation.ending import end_orphan
from chat.generation.jobs import has_open
from chat.log import lock_session
from chat.models import Chunk, Generation, Lineup, Message, Session, WorkerProcess
from chat.providers.contract import Finish, ProviderError, Text, Usage
from chat.providers.scripted import ScriptedProvider
from chat.replay import replay
from chat.sent import sent_for
from chat.services.alternatives import ask_beside
from chat.services.lineups import line_up
from chat.services.messages import activate_message
from chat.services.replies import stop_reply
from chat.services.sending import Sent
from chat.threads import read, write
from tests.chat.engine.driving import ask, message, until

Scripts = type[ScriptedProvider]
END = Finish("stop", None)
THREE = [("scripted", "one"), ("scripted", "two"), ("scripted", "three")]


async def texts(sent: Sent) -> list[str]:
    """What each of the replies says when all have ended."""
    found = [
        await until(one.pk, lambda reply: reply["timing"] is not None or reply["error"])
        for one in sent.replies
    ]
    return [one["content"] for one in found]


async def all_ended(session: Session) -> None:
    async with asyncio.timeout(20):
        while await read(has_open, session):  # noqa: ASYNC110  what is made sets no event
            await asyncio.sleep(0.01)


async def statuses(sent: Sent) -> list[str]:
    return [(await message(reply.pk))["status"] for reply in sent.replies]


def script_all(scripts: Scripts, *lines: Any) -> None:
    for _, name in THREE:
        scripts.script(name, [*lines, END])


async def begun(sent: Sent) -> None:
    for reply in sent.replies:
        await until(reply.pk, lambda found: found["content"] != "")


async def test_each_answers_and_the_first_is_on_show(session: Session, scripts: Scripts) -> None:
    for name in ("one", "two", "three"):
        scripts.script(name, [Text(f"I am {name}"), END])
    sent = await ask(session, models=THREE)
    assert await texts(sent) == ["I am one", "I am two", "I am three"]
    rows = await read(lambda: list(Message.objects.filter(parent=sent.user_message).order_by("created_at")))
    assert [row.is_active for row in rows] == [True, False, False]
    assert [row.model for row in rows] == ["one", "two", "three"]
    lineup = await read(Lineup.objects.get, question=sent.user_message)
    assert lineup.settled_at is None


async def test_all_are_made_at_the_same_time(session: Session, scripts: Scripts) -> None:
    """Each waits for the others: were one made after the other, none would ever end."""
    signs = [asyncio.Event() for _ in THREE]
    for (_, name), sign in zip(THREE, signs, strict=True):
        scripts.script(name, [Text("begun"), sign, Text(" and done"), END])
    sent = await ask(session, models=THREE)
    await begun(sent)
    for sign in signs:
        sign.set()
    assert await texts(sent) == ["begun and done"] * 3


async def test_one_that_fails_shows_its_own_error_and_nobody_answers_in_its_place(
    session: Session, scripts: Scripts
) -> None:
    session.fallbacks = [{"provider": "scripted", "model": "default"}]
    await write(session.save, update_fields=["fallbacks"])
    script_all(scripts, Text("well"))
    scripts.script("two", [ProviderError("It broke", "The line went dead.", retryable=True)])
    sent = await ask(session, models=THREE)
    await all_ended(session)
    assert await statuses(sent) == ["complete", "error", "complete"]
    failed = await message(sent.replies[1].pk)
    assert (failed["error"]["title"], failed["model"], failed["tried"]) == ("It broke", "two", [])


async def test_a_stop_stops_all_of_them_or_the_one_that_is_named(session: Session, scripts: Scripts) -> None:
    script_all(scripts, Text("half"), asyncio.Event())
    sent = await ask(session, models=THREE)
    await begun(sent)
    await write(stop_reply, session=session, message_id=sent.replies[1].pk)
    await until(sent.replies[1].pk, lambda found: found["status"] == "stopped")
    assert await statuses(sent) == ["streaming", "stopped", "streaming"]
    await write(stop_reply, session=session)
    await all_ended(session)
    assert await statuses(sent) == ["stopped"] * 3


async def test_the_next_question_waits_for_all_and_keeps_the_one_on_show(
    session: Session, scripts: Scripts
) -> None:
    last = asyncio.Event()
    script_all(scripts, Text("said"))
    scripts.script("three", [Text("said"), last, END])
    sent = await ask(session, models=THREE)
    behind = await ask(session, "And then?", queue=True, models=THREE[:2])
    await until(sent.replies[1].pk, lambda found: found["status"] == "complete")
    assert await statuses(behind) == ["pending", "pending"]
    lineup = await read(Lineup.objects.get, question=sent.user_message)
    assert (lineup.kept_id, lineup.settled_at is None) == (sent.assistant_message.pk, False)
    last.set()
    assert await texts(behind) == ["said", "said"]


async def test_keeping_one_stops_the_others_and_goes_on_with_it(session: Session, scripts: Scripts) -> None:
    script_all(scripts, Text("half"), asyncio.Event())
    whole = asyncio.Event()
    scripts.script("two", [Text("half"), whole, Text(" and half"), END])
    sent = await ask(session, models=THREE)
    await begun(sent)
    await write(activate_message, message=sent.replies[1])
    whole.set()
    await all_ended(session)
    assert await statuses(sent) == ["stopped", "complete", "stopped"]
    lineup = await read(Lineup.objects.get, question=sent.user_message)
    assert lineup.kept_id == sent.replies[1].pk
    behind = await ask(session, "Go on")
    assert behind.user_message.parent_id == sent.replies[1].pk
    await all_ended(session)


@pytest.mark.parametrize(
    "models",
    [
        THREE[:1],
        [*THREE, ("scripted", "four"), ("scripted", "five")],
        [THREE[0], THREE[1], THREE[0]],
        [THREE[0], ("nobody", "x")],
    ],
)
async def test_too_few_too_many_the_same_twice_and_unknown_ones_are_refused(
    session: Session, models: list[tuple[str, str]]
) -> None:
    with pytest.raises(BadValue):
        await ask(session, models=models)
    assert not await read(Message.objects.filter(session=session).exists)


async def test_sent_again_it_is_there_once(session: Session, scripts: Scripts) -> None:
    script_all(scripts, Text("said"))
    sent = await ask(session, models=THREE)
    again = await ask(session, message_id=sent.user_message.pk, models=THREE)
    assert (again.is_new, again.replies) == (False, sent.replies)
    with pytest.raises(IdReused):
        await ask(session, message_id=sent.user_message.pk, models=THREE[:2])
    await all_ended(session)


async def test_what_all_of_them_took_is_counted(session: Session, scripts: Scripts) -> None:
    for _, name in THREE:
        scripts.script(name, [Text("said"), Finish("stop", Usage(10, 5))])
    await ask(session, models=THREE)
    await all_ended(session)
    now = await read(Session.objects.get, pk=session.pk)
    assert (now.total_tokens, now.message_count) == (45, 2)


async def test_others_are_asked_as_well_and_all_stand_side_by_side(
    session: Session, scripts: Scripts
) -> None:
    script_all(scripts, Text("said"))
    sent = await ask(session)
    await all_ended(session)
    author = await read(lambda: session.owner)
    replies = await write(ask_beside, message=sent.assistant_message, author=author, models=THREE[:2])
    await all_ended(session)
    rows = await read(lambda: list(Message.objects.filter(parent=sent.user_message).order_by("created_at")))
    assert [row.is_active for row in rows] == [False, True, False]
    assert (await message(replies[0].pk))["alternatives"] == [str(row.pk) for row in rows]
    assert (await read(Lineup.objects.get, question=sent.user_message)).settled_at is None


async def test_a_model_merges_them_and_what_it_was_given_can_be_seen(
    session: Session, scripts: Scripts
) -> None:
    for _, name in THREE:
        scripts.script(name, [Text(f"I am {name}"), END])
    scripts.script("two", [ProviderError("It broke", "Dead.", retryable=False)])
    sent = await ask(session, models=THREE)
    await all_ended(session)
    scripts.script("default", [Text("all of it"), END])
    author = await read(lambda: session.owner)
    merged = await write(merge, message=sent.user_message, author=author)
    reply = await until(merged.pk, lambda found: found["status"] == "complete")
    assert [one["model"] for one in reply["merged_from"]] == ["one", "three"]
    given = scripts.prompts[-1].turns
    assert given[-1].role == "user"
    assert given[-1].text.startswith("Hello there\n\n")
    assert "Answer 1, by one:\n\n```\nI am one\n```" in given[-1].text
    assert "I am two" not in given[-1].text
    what_went = await read(sent_for, await read(Message.objects.get, pk=merged.pk))
    assert what_went
    assert what_went.sections[0].text.startswith("This question was put to 2 models")
    assert [one.text for one in what_went.messages] == ["Hello there", "I am one", "I am three"]
    lineup = await read(Lineup.objects.get, question=sent.user_message)
    assert lineup.kept_id == merged.pk


async def test_replies_to_merge_are_cut_evenly_where_they_are_too_long(
    session: Session, scripts: Scripts
) -> None:
    scripts.script("one", [Text("first " * 20_000), END])
    scripts.script("two", [Text("brief"), END])
    sent = await ask(session, models=THREE[:2])
    await all_ended(session)
    author = await read(lambda: session.owner)
    merged = await write(merge, message=sent.user_message, author=author)
    await until(merged.pk, lambda found: found["status"] == "complete")
    text = scripts.prompts[-1].turns[-1].text
    assert "[It is cut here.]" in text
    assert "brief" in text
    assert len(text) < 40_000


async def test_there_must_be_two_whole_replies_to_merge(session: Session) -> None:
    sent = await ask(session)
    await all_ended(session)
    author = await read(lambda: session.owner)
    with pytest.raises(BadValue):
        await write(merge, message=sent.assistant_message, author=author)
    with pytest.raises(BadValue):
        await write(line_up, message=sent.assistant_message)


async def test_alternatives_are_lined_up_again(session: Session) -> None:
    sent = await ask(session)
    await all_ended(session)
    author = await read(lambda: session.owner)
    again = await write(regenerate, message=sent.assistant_message, author=author)
    await all_ended(session)
    await write(line_up, message=again)
    lineup = await read(Lineup.objects.get, question=sent.user_message)
    assert lineup.settled_at is None
    await write(activate_message, message=again)  # it is on show already, and kept by that
    await write(lineup.refresh_from_db)
    assert lineup.kept_id == again.pk


async def test_what_another_process_took_is_cut_and_the_others_go_on(
    session: Session, scripts: Scripts
) -> None:
    sign = asyncio.Event()
    script_all(scripts, Text("half"), sign, Text(" and half"))
    sent = await ask(session, models=THREE)
    await begun(sent)

    def take_over() -> None:
        other = WorkerProcess.objects.create(host="elsewhere", pid=1, beat_at=timezone.now())
        Generation.objects.filter(message=sent.replies[1]).update(worker=other)

    await write(take_over)
    sign.set()
    for place in (0, 2):
        reply = await until(sent.replies[place].pk, lambda found: found["status"] == "complete")
        assert reply["content"] == "half and half"
    assert (await message(sent.replies[1].pk))["content"] == "half"


async def test_a_reply_that_was_taken_before_they_began_says_nothing_among_them(
    session: Session, scripts: Scripts
) -> None:
    sign = asyncio.Event()
    script_all(scripts, Text("half"), sign, Text(" and half"))
    scripts.script("default", [Text("half"), sign, Text(" and never"), END])
    taken = await ask(session)
    await begun(taken)

    def take_over() -> None:
        with transaction.atomic():
            generation = Generation.objects.select_related("message").get(message=taken.assistant_message)
            end_orphan(lock_session(session.pk), generation, status=Message.Status.INTERRUPTED)

    await write(take_over)
    sent = await ask(session, models=THREE)
    await begun(sent)
    sign.set()
    assert await texts(sent) == ["half and half"] * 3
    await all_ended(session)
    assert (await message(taken.assistant_message.pk))["content"] == "half"
    assert not await read(Chunk.objects.exists)
    assert "reset" not in [event.name for event in await read(replay, session.pk, 0)]
