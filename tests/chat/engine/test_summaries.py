"""Older turns are summed up once, when a conversation nears the window, and the summary is reused.

Proves B17.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from chat.background.queue import request_cancel
from chat.estimates import tokens_in
from chat.generation.engine import Engine
from chat.generation.summarising.due import begin_aside
from chat.models import Aside, Role, Session, Summary, User
from chat.providers.contract import Finish, Prompt, ProviderError, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.content import draft_of
from chat.services.messages import delete_message, edit_message
from chat.services.sending import send_message
from chat.stream import Follower
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, new_session
from tests.chat.usage import limit, took
from tests.factories import add_member, add_message, make_project, make_session, messages_of

Scripts = type[ScriptedProvider]
PATIENCE = 10.0
LONG = "The harbour of the old town is described here once more, in many words. " * 20
DONE = Finish("stop", None)


@pytest.fixture(autouse=True)
def switched_on(settings: Settings) -> None:
    settings.PARLEY_SUMMARIES = True
    settings.PARLEY_SUMMARY_MODEL = "scripted::summing"


@pytest.fixture
def summing(scripts: Scripts) -> None:
    scripts.script("summing", [Text("They spoke "), Text("of the harbour."), DONE])
    scripts.script("talking", [Text("It is old."), DONE])


def lengthened(session: Session, count: int = 8) -> None:
    """A conversation that nearly fills the window of the scripted provider, 4,096 tokens."""
    last = None
    for number in range(count):
        last = add_message(session, last, f"{number}: {LONG}")
    Session.objects.filter(pk=session.pk).update(message_count=count)


async def found(look: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `look` finds once it finds anything."""
    until = time.monotonic() + seconds
    while not (seen := await read(look)):
        assert time.monotonic() < until
        await asyncio.sleep(0.02)
    return seen


def ended_aside() -> Aside | None:
    return Aside.objects.exclude(ended_at=None).first()


async def talked(alice: User, **fields: Any) -> Session:
    """A long conversation in which a reply has just ended."""
    session = await new_session(alice, model="talking", **fields)
    await write(lengthened, session)
    await ended(await ask(session, "And now?"))
    return session


def asked_of(scripts: Scripts, model: str) -> list[Prompt]:
    return [prompt for prompt in scripts.prompts if prompt.model == model]


@pytest.mark.usefixtures("summing", "live_engine")
async def test_the_older_turns_are_summed_up_and_the_next_reply_reads_that(
    alice: User, scripts: Scripts
) -> None:
    session = await talked(alice)
    summary = await found(Summary.objects.first)
    assert (summary.text, summary.purpose, summary.model) == (
        "They spoke of the harbour.",
        "context",
        "summing",
    )
    rows = await read(messages_of, session)
    assert 0 < summary.upto_depth < 8
    assert (summary.upto, summary.count) == (rows[summary.upto_depth].pk, summary.upto_depth + 1)
    [asked] = asked_of(scripts, "summing")
    assert f"Person: 0: {LONG.strip()}" in asked.turns[1].text
    assert f"{summary.upto_depth + 1}: The harbour" not in asked.turns[1].text
    await ended(await ask(session, LONG * 2))
    prompt = asked_of(scripts, "talking")[-1]
    assert prompt.turns[0].role == "system"
    assert "They spoke of the harbour." in prompt.turns[0].text
    assert prompt.turns[1].message_id == rows[summary.upto_depth + 1].pk


@pytest.mark.usefixtures("summing", "live_engine")
async def test_a_later_summary_is_made_of_the_earlier_one_and_what_came_since(
    alice: User, scripts: Scripts
) -> None:
    session = await talked(alice)
    first = await found(Summary.objects.first)
    for _ in range(3):
        await ended(await ask(session, LONG * 2))
    await found(lambda: Summary.objects.count() > 1)
    second = await read(Summary.objects.latest, "upto_depth")
    prompt = asked_of(scripts, "summing")[1].turns[1].text
    assert prompt.startswith("A summary of what came before:\n\n```\nThey spoke of the harbour.")
    assert "0: The harbour" not in prompt
    assert second.count > first.count


@pytest.mark.usefixtures("summing", "live_engine")
async def test_who_writes_along_spends_their_own_on_it_and_not_the_owners(alice: User, bob: User) -> None:
    def begin() -> Session:
        project = make_project(alice)
        add_member(project, bob, Role.EDITOR)
        session = make_session(alice, project=project, provider="scripted", model="talking")
        lengthened(session)
        return session

    session = await write(begin)
    await write(lambda: send_message(session=session, author=bob, draft=draft_of("And now?")))
    aside = await found(ended_aside)
    assert aside.owner_id == bob.pk


@pytest.mark.usefixtures("summing", "live_engine")
async def test_none_is_made_beyond_a_limit_that_is_used_up(alice: User, scripts: Scripts) -> None:
    def lengthened_beyond() -> Session:
        limit(cost=2, user=alice)
        session = make_session(alice, provider="scripted", model="talking")
        lengthened(session)
        took(alice, "3")
        begin_aside(session, Aside(owner=alice, purpose="context", data={"upto_depth": 5}))
        return session

    await write(lengthened_beyond)
    aside = await found(ended_aside)
    assert aside.status == "error"
    assert asked_of(scripts, "summing") == []
    assert not await read(Summary.objects.exists)


@pytest.mark.usefixtures("summing", "live_engine")
async def test_a_short_conversation_is_left_alone(alice: User, scripts: Scripts) -> None:
    session = await new_session(alice, model="talking")
    await ended(await ask(session))
    await asyncio.sleep(0.1)
    assert not await read(Aside.objects.exists)


@pytest.mark.parametrize("way", ["server", "session"])
@pytest.mark.usefixtures("summing", "live_engine")
async def test_whoever_wants_none_gets_none(alice: User, settings: Settings, way: str) -> None:
    settings.PARLEY_SUMMARIES = way != "server"
    session = await new_session(alice, model="talking")
    await write(Session.objects.filter(pk=session.pk).update, summarises=way != "session")
    session = await read(Session.objects.get, pk=session.pk)
    await write(lengthened, session)
    await ended(await ask(session, "And now?"))
    await asyncio.sleep(0.1)
    assert not await read(Aside.objects.exists)


@pytest.mark.usefixtures("live_engine")
async def test_no_reply_waits_for_a_summary(alice: User, scripts: Scripts) -> None:
    held = asyncio.Event()
    scripts.script("summing", [held, Text("Late."), DONE])
    scripts.script("talking", [Text("It is old."), DONE])
    session = await talked(alice)
    await found(lambda: Aside.objects.filter(status="running").exists())
    reply = await ended(await ask(session, LONG * 2))
    assert reply["status"] == "complete"
    assert not await read(Summary.objects.exists)
    held.set()
    assert (await found(Summary.objects.first)).text == "Late."
    assert await read(Aside.objects.count) == 1


@pytest.mark.usefixtures("live_engine")
async def test_a_failure_is_kept_in_words_and_harms_nobody(alice: User, scripts: Scripts) -> None:
    scripts.script("summing", [ProviderError("Refused", "The key is not valid.")])
    scripts.script("talking", [Text("It is old."), DONE])
    session = await talked(alice)
    aside = await found(ended_aside)
    assert (aside.status, aside.error["words"]) == ("error", "Refused: The key is not valid.")
    assert (await ended(await ask(session, "Still there?")))["status"] == "complete"


@pytest.mark.usefixtures("live_engine")
async def test_a_failure_that_passes_is_tried_again(
    alice: User, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.generation.answering.PAUSES", (0.01, 0.01))
    scripts.script("summing", [ProviderError("Busy", "Try again.", retryable=True)])
    scripts.script("talking", [Text("It is old."), DONE])
    await talked(alice)
    aside = await found(ended_aside)
    assert aside.status == "error"
    assert len(asked_of(scripts, "summing")) == 3


@pytest.mark.usefixtures("summing")
async def test_what_a_dead_process_left_is_gone_on_with(alice: User, scripts: Scripts) -> None:
    """The process had summed up a piece; the rest is made of that."""
    session = await new_session(alice, model="talking")
    await write(lengthened, session)
    rows = await read(messages_of, session)

    def left() -> None:
        so_far = {"text": "It began.", "count": 3, "depth": 2, "upto": str(rows[2].pk)}
        data = {"before_depth": 8, "room": 3000, "so_far": so_far}
        Aside.objects.create(owner=alice, session=session, purpose="context", status="running", data=data)

    await write(left)
    engine = Engine()
    await engine.start()
    try:
        summary = await found(Summary.objects.first)
    finally:
        await engine.stop()
    [prompt] = asked_of(scripts, "summing")
    assert "It began." in prompt.turns[1].text
    assert "2: The harbour" not in prompt.turns[1].text
    assert "3: The harbour" in prompt.turns[1].text
    assert summary.count == summary.upto_depth + 1


@pytest.mark.usefixtures("summing")
@pytest.mark.parametrize("purpose", ["context", "reading"])
async def test_one_that_was_whole_when_its_process_died_is_kept(
    alice: User, scripts: Scripts, purpose: str
) -> None:
    """It is paid for, and only its row was missing."""
    session = await new_session(alice, model="talking")
    await write(lengthened, session)
    last = (await read(messages_of, session))[-1]

    def left() -> None:
        so_far = {"text": "All of it.", "count": 8, "depth": last.depth, "upto": str(last.pk)}
        so_far |= {"provider": "scripted", "model": "summing"}
        data = {"upto_depth": last.depth, "so_far": so_far}
        Aside.objects.create(owner=alice, session=session, purpose=purpose, status="running", data=data)

    await write(left)
    engine = Engine()
    await engine.start()
    try:
        aside = await found(ended_aside)
    finally:
        await engine.stop()
    summary = await read(Summary.objects.first)
    assert aside.status == "complete"
    assert summary is not None
    assert (summary.text, summary.count, summary.model) == ("All of it.", 8, "summing")
    assert asked_of(scripts, "summing") == []


@pytest.mark.usefixtures("summing", "live_engine")
async def test_who_has_used_up_a_limit_is_charged_for_no_summary(alice: User, scripts: Scripts) -> None:
    session = await new_session(alice, model="talking")
    await write(lengthened, session)
    sent = await ask(session, "And now?")
    await write(limit, tokens=1, user=alice)
    await ended(sent)
    aside = await found(ended_aside)
    assert (aside.status, aside.error["words"]) == (
        "error",
        "scripted was not asked: A limit of costs or tokens is used up.",
    )
    assert asked_of(scripts, "summing") == []


@pytest.mark.usefixtures("live_engine")
async def test_one_that_is_cancelled_closes_its_request(alice: User, scripts: Scripts) -> None:
    scripts.script("summing", [30.0, Text("Never."), DONE])
    scripts.script("talking", [Text("It is old."), DONE])
    await talked(alice)
    aside = await found(lambda: Aside.objects.filter(status="running").first())
    await found(lambda: asked_of(scripts, "summing"))
    await write(request_cancel, aside)
    aside = await found(ended_aside)
    assert aside.status == "cancelled"
    assert [prompt.model for prompt in scripts.abandoned] == ["summing"]


@pytest.mark.usefixtures("summing", "live_engine")
@pytest.mark.parametrize("change", ["edited", "deleted"])
async def test_what_covers_a_changed_message_is_not_read_any_more(
    alice: User, scripts: Scripts, change: str
) -> None:
    session = await talked(alice)
    summary = await found(Summary.objects.first)
    first = (await read(messages_of, session))[0]
    if change == "edited":
        draft = await read(draft_of, "Otherwise", id=first.pk)
        await write(edit_message, message=first, editor=alice, draft=draft)
    else:
        await write(delete_message, message=first)
    await read(summary.refresh_from_db)
    assert summary.is_outdated
    await ended(await ask(session, LONG * 2))
    prompt = asked_of(scripts, "talking")[-1]
    assert not any("They spoke of" in turn.text for turn in prompt.turns)


@pytest.mark.usefixtures("summing", "live_engine")
async def test_all_who_look_are_told_where_it_stands(alice: User) -> None:
    session = await new_session(alice, model="talking")
    await write(lengthened, session)
    sent = await ask(session, "And now?")
    await ended(sent)
    with Follower(session.pk, alice.pk, after=0) as follower:
        summary = await found(Summary.objects.first)
        heard: list[Any] = []
        while not any(event.message_id == summary.upto for event in heard):
            heard += await follower.take(PATIENCE)
    assert {event.kind for event in heard if event.message_id == summary.upto} == {"updated"}


def test_tokens_of_other_scripts_are_more() -> None:
    assert tokens_in("x" * 1000) < tokens_in("Ж" * 1000) < tokens_in("東" * 1000)
    assert tokens_in("") == 0
