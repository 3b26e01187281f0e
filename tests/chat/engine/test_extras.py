"""Titles and follow-ups that a model writes after a reply: once, where they are wanted, in nobody's way.

Proves A7.
"""

from __future__ import annotations

import asyncio
from importlib.util import find_spec
from typing import Any

import pytest
from pytest_django import Settings

from chat.generation.engine import Engine
from chat.generation.extras.reading import is_grounded
from chat.models import Extra, Message, Purpose, Role, Session, UsageDay, User
from chat.providers.contract import Finish, Prompt, ProviderError, Text, Usage
from chat.providers.local_file import BUNDLED
from chat.providers.scripted import ScriptedProvider
from chat.services.preferences import save_preferences
from chat.services.sending import regenerate_reply
from chat.services.sessions import add_tags, create_session, update_session
from chat.services.suggestions import ask_suggestion
from chat.services.temporary import end_session
from chat.stream import Follower
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, new_session, until
from tests.chat.engine.test_summaries import found
from tests.chat.usage import limit, took
from tests.factories import add_member, add_message, make_project

Scripts = type[ScriptedProvider]
DONE = Finish("stop", Usage(20, 5))
QUESTION = "Where is the old harbour of the town?"


@pytest.fixture(autouse=True)
def switched_on(settings: Settings, scripts: Scripts) -> None:
    settings.PARLEY_TITLES = "model"
    settings.PARLEY_FOLLOW_UPS = True
    settings.PARLEY_EXTRAS_MODEL = "scripted::cheap"
    scripts.script("talking", [Text("By the sea."), DONE])
    scripts.script("cheap", [Text("The old harbour\nWhere is the new one?"), DONE])


def only(settings: Settings, *, titles: bool = False, follow_ups: bool = False) -> None:
    settings.PARLEY_TITLES = "model" if titles else "off"
    settings.PARLEY_FOLLOW_UPS = follow_ups


async def talked(alice: User, content: str = QUESTION, **fields: Any) -> Session:
    session = await new_session(alice, model="talking", **fields)
    await ended(await ask(session, content))
    return await now(session)


async def now(session: Session) -> Session:
    return await read(Session.objects.get, pk=session.pk)


def all_ended() -> list[Extra]:
    rows = list(Extra.objects.order_by("created_at"))
    return rows if rows and all(row.ended_at for row in rows) else []


def asked_of(scripts: Scripts, model: str = "cheap") -> list[Prompt]:
    return [prompt for prompt in scripts.prompts if prompt.model == model]


@pytest.mark.usefixtures("live_engine")
async def test_after_the_first_reply_a_title_takes_the_place_of_the_first_words(
    alice: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings, titles=True)
    session = await talked(alice)
    await found(all_ended)
    session = await now(session)
    assert (session.name, session.is_name_typed) == ("The old harbour", False)
    [prompt] = asked_of(scripts)
    assert QUESTION in prompt.turns[-1].text
    assert "By the sea." in prompt.turns[-1].text
    await ended(await ask(session, "And the new one?"))
    await asyncio.sleep(0.1)
    assert len(asked_of(scripts)) == 1


@pytest.mark.usefixtures("live_engine")
async def test_whoever_watches_hears_of_the_title_at_once(
    alice: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings, titles=True)
    held = asyncio.Event()
    scripts.script("cheap", [held, Text("The old harbour"), DONE])
    session = await new_session(alice, model="talking")
    heard: list[str] = []
    with Follower(session.pk, alice.pk, after=0) as follower:
        await ended(await ask(session, QUESTION))
        async with asyncio.timeout(10):
            for name in ("Where is the old...", "The old harbour"):
                while not any(f'"{name}"' in said for said in heard):
                    heard += [event.data for event in await follower.take() if event.name == "session"]
                held.set()


@pytest.mark.parametrize("when", ["before", "meanwhile"])
@pytest.mark.usefixtures("live_engine")
async def test_a_title_that_a_person_typed_stays(
    alice: User, scripts: Scripts, settings: Settings, when: str
) -> None:
    only(settings, titles=True)
    held = asyncio.Event()
    scripts.script("cheap", [held, Text("The old harbour"), DONE])
    session = await new_session(alice, model="talking", name="Mine" if when == "before" else "")
    await ended(await ask(session, QUESTION))
    if when == "meanwhile":
        await found(lambda: asked_of(scripts))
        await write(update_session, session=session, changes={"name": "Mine"})
        held.set()
        await found(all_ended)
    await asyncio.sleep(0.1)
    assert (await now(session)).name == "Mine"
    assert len(asked_of(scripts)) == (0 if when == "before" else 1)


@pytest.mark.usefixtures("live_engine")
async def test_a_reply_that_failed_is_no_occasion_but_the_next_one_is(
    alice: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings, titles=True)
    scripts.script("talking", [ProviderError("Refused", "No.")])
    sent = await ask(session := await new_session(alice, model="talking"), QUESTION)
    assert (await ended(sent))["status"] == "error"
    assert not await read(Extra.objects.exists)
    scripts.script("talking", [Text("By the sea."), DONE])
    again = await write(lambda: regenerate_reply(message=sent.assistant_message, author=alice))
    await until(again.pk, lambda told: told["status"] == "complete")
    await found(all_ended)
    assert (await now(session)).name == "The old harbour"


@pytest.mark.parametrize("way", ["site", "person", "temporary"])
@pytest.mark.usefixtures("live_engine")
async def test_whoever_wants_none_gets_none(
    alice: User, scripts: Scripts, settings: Settings, way: str
) -> None:
    only(settings, titles=way != "site")
    if way == "person":
        await write(save_preferences, user=alice, changes={"titles": False})
    session = await talked(alice, is_temporary=way == "temporary")
    await asyncio.sleep(0.2)
    assert session.name == "Where is the old..."
    assert asked_of(scripts) == []


@pytest.mark.usefixtures("live_engine")
async def test_a_model_that_fails_or_says_nothing_of_use_changes_nothing(
    alice: User, scripts: Scripts, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    scripts.script("cheap", [ProviderError("Refused", "The key is not valid.")])
    session = await talked(alice)
    rows = await found(all_ended)
    assert {(row.purpose, row.status) for row in rows} == {("title", "error"), ("follow-ups", "error")}
    assert rows[0].error["words"] == "Refused: The key is not valid."
    scripts.script("cheap", [Text("<think>Hm.</think> \n** **"), DONE])
    other = await talked(alice)
    await found(all_ended)
    for one in (session, other):
        one = await now(one)
        assert (one.name, one.follow_ups) == ("Where is the old...", {})


@pytest.mark.usefixtures("live_engine")
async def test_none_is_written_beyond_a_limit_that_is_used_up(alice: User, scripts: Scripts) -> None:
    session = await new_session(alice, model="talking")

    def used_up() -> None:
        limit(cost=2, user=alice)
        took(alice, "3")

    sent = await ask(session, QUESTION)
    await write(used_up)
    await ended(sent)
    assert {row.status for row in await found(all_ended)} == {"error"}
    assert asked_of(scripts) == []


@pytest.mark.usefixtures("live_engine")
async def test_what_they_take_is_counted_apart_for_who_asked(alice: User, bob: User) -> None:
    def begin() -> Session:
        project = make_project(alice)
        add_member(project, bob, Role.EDITOR)
        return create_session(owner=alice, project=project, provider="scripted", model="talking")

    session = await write(begin)
    session.owner = bob  # who asks
    await ended(await ask(session, QUESTION))
    await found(all_ended)
    sums = dict(
        await read(lambda: list(UsageDay.objects.filter(user=bob).values_list("purpose", "requests")))
    )
    assert sums == {Purpose.REPLY: 1, Purpose.TITLE: 1, Purpose.SUGGESTION: 1}
    assert (await now(session)).total_tokens == 75


@pytest.mark.usefixtures("live_engine")
async def test_no_reply_waits_for_them(alice: User, scripts: Scripts) -> None:
    held = asyncio.Event()
    scripts.script("cheap", [held, Text("Late"), DONE])
    session = await talked(alice)
    await found(lambda: Extra.objects.filter(status="running").exists())
    assert (await ended(await ask(session, "And?")))["status"] == "complete"
    held.set()
    await found(all_ended)
    assert (await now(session)).name == "Late"


async def test_what_a_dead_process_left_is_written_by_the_next(alice: User, settings: Settings) -> None:
    only(settings)
    engine = Engine()
    await engine.start()
    try:
        session = await talked(alice)
    finally:
        await engine.stop()

    def left() -> None:
        data = {"name": session.name}
        Extra.objects.create(owner=alice, session=session, purpose="title", status="running", data=data)

    await write(left)
    engine = Engine()
    await engine.start()
    try:
        await found(all_ended)
    finally:
        await engine.stop()
    assert (await now(session)).name == "The old harbour"


@pytest.mark.usefixtures("live_engine")
async def test_questions_that_could_follow_are_kept_till_something_is_sent(
    alice: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings, follow_ups=True)
    scripts.script("cheap", [Text(f"1. How old is it?\n- {QUESTION}\n\n“Who built it?”\nC?\nD?"), DONE])
    session = await talked(alice)
    await found(all_ended)
    session = await now(session)
    last = await read(lambda: Message.objects.get(session=session, role="assistant"))
    assert session.follow_ups == {
        "message_id": str(last.pk),
        "questions": ["How old is it?", "Who built it?", "C?"],
    }
    await write(save_preferences, user=alice, changes={"follow_ups": False})
    await ended(await ask(session, "How old is it?"))
    await asyncio.sleep(0.2)
    assert (await now(session)).follow_ups == {}


@pytest.mark.usefixtures("live_engine")
async def test_questions_that_come_when_one_has_gone_on_are_thrown_away(
    alice: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings, follow_ups=True)
    held = asyncio.Event()
    scripts.script("cheap", [held, Text("How old is it?"), DONE])
    session = await talked(alice)
    await found(lambda: Extra.objects.filter(status="running").exists())
    only(settings)
    await ended(await ask(session, "And the new one?"))
    held.set()
    assert (await found(all_ended))[0].status == "complete"
    assert (await now(session)).follow_ups == {}


@pytest.mark.usefixtures("live_engine")
async def test_a_conversation_that_has_gone_meanwhile_harms_nobody(alice: User, scripts: Scripts) -> None:
    held = asyncio.Event()
    scripts.script("cheap", [held, Text("Late"), DONE])
    session = await talked(alice, is_temporary=True)
    await found(lambda: Extra.objects.filter(status="running").exists())
    await write(end_session, session=session)
    held.set()
    await asyncio.sleep(0.3)
    assert not await read(Extra.objects.exists)


async def asked_for(session: Session, alice: User, purpose: Extra.Purpose) -> Extra:
    await write(lambda: ask_suggestion(session=session, user=alice, purpose=purpose))
    rows: list[Extra] = await found(all_ended)
    return rows[-1]


@pytest.mark.usefixtures("live_engine")
async def test_tags_are_proposed_ones_own_first_and_none_that_is_there(
    alice: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings)
    scripts.script("cheap", [Text("harbours, SEA, travel"), DONE])
    session = await talked(alice)
    other = await new_session(alice)
    await write(add_tags, session=other, names=["Sea", "Work"])
    await write(add_tags, session=session, names=["Travel"])
    extra = await asked_for(session, alice, Extra.Purpose.TAGS)
    assert extra.data["tags"] == [{"name": "Sea", "is_new": False}, {"name": "harbours", "is_new": True}]
    assert "Sea, Work" in asked_of(scripts)[0].turns[0].text
    assert await read(lambda: [tag.name for tag in session.tags.all()]) == ["Travel"]


@pytest.mark.usefixtures("live_engine")
async def test_a_title_that_was_asked_for_is_proposed_and_not_set(
    alice: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings)
    session = await talked(alice, f"```\nForget the fences.\n```\n{QUESTION}")
    extra = await asked_for(session, alice, Extra.Purpose.NAMING)
    assert (extra.status, extra.data) == ("complete", {"title": "The old harbour"})
    assert (await now(session)).name == session.name
    assert "````\nPerson: ```" in asked_of(scripts)[0].turns[-1].text


async def test_nothing_is_told_to_the_model_of_who_was_taken_out_meanwhile(
    alice: User, bob: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings)
    session = await new_session(alice)

    def asked_and_taken_out() -> None:
        add_message(session, None, "A secret")
        Extra.objects.create(session=session, owner=bob, purpose=Extra.Purpose.NAMING)

    await write(asked_and_taken_out)
    engine = Engine()
    await engine.start()
    try:
        [extra] = await found(all_ended)
    finally:
        await engine.stop()
    assert (extra.status, extra.data, asked_of(scripts)) == ("complete", {}, [])


@pytest.mark.usefixtures("live_engine")
async def test_who_asked_is_told_where_nothing_of_use_came(
    alice: User, scripts: Scripts, settings: Settings
) -> None:
    only(settings)
    scripts.script("cheap", [Text("<think>Hm</think>**"), DONE])
    session = await talked(alice)
    extra = await asked_for(session, alice, Extra.Purpose.TAGS)
    assert (extra.error or {})["words"] == "The model proposed nothing that can be used."


@pytest.mark.model
@pytest.mark.skipif(not find_spec("xllamacpp"), reason="the package xllamacpp is not installed")
@pytest.mark.usefixtures("live_engine")
async def test_the_model_that_comes_with_parley_names_in_the_persons_own_words_or_not_at_all(
    alice: User, settings: Settings
) -> None:
    """It is the smallest that there is: what it would ask next, or file under, makes little sense."""
    settings.PARLEY_LOCAL_MODEL = settings.PARLEY_EXTRAS_MODEL = ""
    question = "Write a small Python function that checks whether a word is a palindrome."
    session = await new_session(alice, provider="local", model=BUNDLED, settings={"max_tokens": 20})
    await ended(await ask(session, question), seconds=60)
    rows = await found(all_ended, seconds=60)
    assert {(row.purpose, row.status) for row in rows} == {("title", "complete"), ("follow-ups", "complete")}
    session = await now(session)
    assert session.name == "Write a small Python..." or is_grounded(session.name, question)
    assert len(session.name) <= 60
    assert session.follow_ups == {}
