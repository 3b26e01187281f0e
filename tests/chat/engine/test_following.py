"""Snapshot + events = a fresh snapshot, whatever is cut, dropped, doubled or crossed on the way.

Proves C4, E3 and F2.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import Any
from uuid import UUID

import pytest

from chat.errors import ReplyRunning
from chat.events import Event
from chat.generation.engine import Engine
from chat.generation.jobs import has_open
from chat.hub import QUEUE_EVENTS, Hub, hub
from chat.models import Session, User
from chat.providers.contract import Finish, ProviderError, Reasoning, Text, Usage
from chat.providers.scripted import Line, ScriptedProvider
from chat.replay import replay
from chat.services.annotations import annotate_span
from chat.services.content import draft_of
from chat.services.messages import activate_message, delete_message, edit_message
from chat.services.reactions import toggle_reaction
from chat.services.replies import stop_reply
from chat.services.sending import Sent, regenerate_reply
from chat.stream import Follower, ReplyFollower
from chat.threads import read, write
from tests.chat.engine.driving import (
    apply,
    ask,
    ended,
    follow,
    fresh_mirror,
    has_text,
    message,
    new_session,
    until,
)
from tests.chat.engine.mirror import Mirror

Scripts = type[ScriptedProvider]
# Others in each run, but the same in all of its processes.
RUN = os.environ.get("PYTEST_XDIST_TESTRUNUID") or str(random.SystemRandom().random())
SEEDS = [int(seed) for seed in os.environ.get("PARLEY_SEEDS", "").split()] or [
    random.Random(f"{RUN} {n}").randrange(10**9) for n in range(6)
]


class Chaos:
    """Stands between the hub and its listeners as a bad network does."""

    def __init__(self, dice: random.Random, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dice = dice
        self.late: list[Event] = []
        self.deliver = hub.deliver
        monkeypatch.setattr(Hub, "deliver", lambda _hub, events: self.mangle(events))

    def mangle(self, events: Sequence[Event]) -> None:
        """Each event comes, or never, or twice, or after those that follow it."""
        now: list[Event] = []
        for event in events:
            match self.dice.random():
                case luck if luck < 0.2:
                    continue
                case luck if luck < 0.3:
                    now += [event, event]
                case luck if luck < 0.5:
                    self.late.append(event)
                case _:
                    now.append(event)
        if self.late and self.dice.random() < 0.5:
            self.dice.shuffle(self.late)
            now += self.late
            self.late = []
        self.dice.shuffle(now)
        self.deliver(now)


@pytest.fixture(autouse=True)
def quick_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look at the rows that finds what nobody told, more often than each second."""
    monkeypatch.setattr(import_module("chat.stream.watch"), "LOOK_SECONDS", 0.1)


FAILED = ProviderError("It broke", "The line went dead.", retryable=True)


def script(dice: random.Random) -> list[Line]:
    """A reply of random pieces and pauses, with thoughts or an error now and then."""
    lines: list[Line] = []
    if dice.random() < 0.3:
        lines += [Reasoning("hm "), 0.06, Reasoning("well\r"), Reasoning("\nso")]
    for _ in range(dice.randrange(2, 25)):
        lines.append(
            Text(dice.choice(["word ", "🙂", "東京 ", "e\u0301", "\r", "\n", "long " * 50, "\ud83d"]))
        )
        if dice.random() < 0.4:
            lines.append(dice.random() * 0.05)
    lines.append(FAILED if dice.random() < 0.2 else Finish("stop", Usage(3, 9), "m"))
    return lines


async def live(session: Session, alice: User, dice: random.Random, scripts: Scripts) -> None:
    """A few minutes of somebody's conversation, in a second."""
    for turn in range(3):
        scripts.script("default", script(dice))
        sent = await ask(session, f"Question {turn} " + "x" * dice.randrange(30))
        if dice.random() < 0.3:
            await asyncio.sleep(dice.random() * 0.1)
            await write(stop_reply, session=session)
        await mark(sent, alice, dice)
        await ended(sent)
        await mark(sent, alice, dice)
        match dice.randrange(5):
            case 0:
                again = await write(regenerate_reply, message=sent.assistant_message, author=alice)
                await until(again.pk, lambda found: found["status"] not in ("pending", "streaming"))
            case 1:
                await write(
                    edit_message,
                    message=sent.user_message,
                    editor=alice,
                    draft=draft_of("Rather this", id=sent.user_message.pk),
                )
            case 2:
                await write(delete_message, message=sent.user_message)
            case 3:
                await write(
                    edit_message,
                    message=sent.assistant_message,
                    editor=alice,
                    draft=draft_of("Better", id=sent.assistant_message.pk),
                )


async def mark(sent: Sent, alice: User, dice: random.Random) -> None:
    """A reaction or a note now and then, also while the reply is being written."""
    if dice.random() < 0.4:
        emoji = dice.choice("👍🎉")
        await write(toggle_reaction, message=sent.assistant_message, user=alice, emoji=emoji)
    if dice.random() < 0.4:
        await write(annotate_span, message=sent.user_message, author=alice, body="Why?", start=0, end=8)


async def watch_badly(session: Session, dice: random.Random, over: asyncio.Event) -> Mirror:
    """A client that is cut off at random, and now and then begins anew from a snapshot."""
    mirror = await fresh_mirror(session)
    while True:
        if mirror.must_read or dice.random() < 0.1:
            mirror = await fresh_mirror(session)
        with Follower(session.pk, session.owner_id, after=mirror.number) as follower:
            for _ in range(dice.randrange(1, 12)):
                for event in await follower.take(0.15):
                    apply(mirror, event)
        if over.is_set() and mirror.number >= (await fresh_mirror(session)).number:
            return mirror


async def watch_throughout(session: Session, over: asyncio.Event) -> Mirror:
    """A client whose line holds."""
    mirror = await fresh_mirror(session)
    with Follower(session.pk, session.owner_id, after=mirror.number) as follower:
        while not over.is_set() or mirror.number < (await fresh_mirror(session)).number:
            for event in await follower.take(0.1):
                apply(mirror, event)
            if mirror.must_read:
                mirror = await fresh_mirror(session)
                follower.number = mirror.number
    return mirror


@pytest.mark.parametrize("seed", SEEDS)
async def test_snapshot_and_events_are_a_fresh_snapshot(
    seed: int, alice: User, live_engine: Engine, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await new_session(alice)
    dice = random.Random(seed)
    Chaos(dice, monkeypatch)
    await watched(session, seed, live(session, alice, dice, scripts))


@pytest.mark.parametrize("seed", SEEDS)
async def test_also_where_models_break_off_and_others_go_on(
    seed: int, alice: User, live_engine: Engine, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await new_session(alice)
    session.fallbacks = [{"provider": "scripted", "model": name} for name in ("second", "third")]
    await write(session.save, update_fields=["fallbacks"])
    dice = random.Random(seed)
    Chaos(dice, monkeypatch)
    await watched(session, seed, live_with_failures(session, dice, scripts))


async def watched(session: Session, seed: int, living: Coroutine[Any, Any, None]) -> None:
    """Whoever watches meanwhile ends with what a fresh snapshot shows."""
    over = asyncio.Event()
    clients = [asyncio.create_task(watch_badly(session, random.Random(seed + n), over)) for n in range(4)]
    clients.append(asyncio.create_task(watch_throughout(session, over)))
    async with asyncio.timeout(30):
        await living
        over.set()
        mirrors = await asyncio.gather(*clients)
    fresh = await fresh_mirror(session)
    for mirror in mirrors:
        assert mirror.number == fresh.number
        for shown, now in zip(mirror.shown(), fresh.shown(), strict=True):
            assert {name: value for name, value in shown.items() if value != now[name]} == {}, now


async def live_with_failures(session: Session, dice: random.Random, scripts: Scripts) -> None:
    """Two questions at a time; what answers them fails as often as not, before its first word or after it."""
    for turn in range(3):
        for name in ("default", "second", "third"):
            lines = script(dice)
            fails = lines[: dice.randrange(len(lines))] + [FAILED]
            scripts.script(name, fails if dice.random() < 0.6 else lines)
        await ask(session, f"Question {turn}")
        await ask(session, "And then?", queue=True)
        if dice.random() < 0.3:
            await asyncio.sleep(dice.random() * 0.1)
            await write(stop_reply, session=session)
        await all_ended(session)


@pytest.mark.parametrize("seed", SEEDS)
async def test_also_where_several_models_answer_at_once(
    seed: int, alice: User, live_engine: Engine, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = await new_session(alice)
    dice = random.Random(seed)
    Chaos(dice, monkeypatch)
    await watched(session, seed, live_side_by_side(session, alice, dice, scripts))


SEVERAL = [("scripted", name) for name in ("second", "third", "fourth")]


async def live_side_by_side(session: Session, alice: User, dice: random.Random, scripts: Scripts) -> None:
    """Questions to several models, of which some fail; then one is kept, or a question to one comes next."""
    for turn in range(3):
        for _, name in SEVERAL:
            scripts.script(name, script(dice))
        scripts.script("default", script(dice))
        sent = await ask(session, f"Question {turn}", models=SEVERAL[: dice.randrange(2, 4)])
        if dice.random() < 0.3:
            await ask(session, "And then?", queue=True)
        for reply in sent.replies:
            if dice.random() < 0.4:
                await write(toggle_reaction, message=reply, user=alice, emoji="👍")
        chosen = dice.choice(sent.replies)
        match dice.randrange(5):
            case 0:
                await asyncio.sleep(dice.random() * 0.1)
                await write(stop_reply, session=session, message_id=chosen.pk)
            case 1:
                await asyncio.sleep(dice.random() * 0.1)
                await write(stop_reply, session=session)
            case 2:
                await asyncio.sleep(dice.random() * 0.1)
                with suppress(ReplyRunning):
                    await write(activate_message, message=chosen)
        await all_ended(session)
        if dice.random() < 0.4:
            await write(activate_message, message=dice.choice(sent.replies))


async def all_ended(session: Session) -> None:
    while await read(has_open, session):  # noqa: ASYNC110  what is made sets no event
        await asyncio.sleep(0.01)


@pytest.mark.parametrize("seed", SEEDS[:3])
@pytest.mark.parametrize("count", [1, 3])
async def test_every_number_is_a_place_to_go_on_from(
    count: int, seed: int, alice: User, live_engine: Engine, scripts: Scripts
) -> None:
    """Also one in the middle of a delta, and whether the replies ended long ago or run still."""
    dice = random.Random(seed)
    session = await new_session(alice)
    living = live if count == 1 else live_side_by_side
    await living(session, alice, dice, scripts)
    names = ["default"] if count == 1 else [name for _, name in SEVERAL]
    for name in names:
        scripts.script(
            name, [Text("half "), Text("🙂🙂"), asyncio.Event(), Text("never"), Finish("stop", None)]
        )
    running = await ask(session, models=SEVERAL if count > 1 else ())
    for reply in running.replies:
        await until(reply.pk, lambda found: found["content"] == "half 🙂🙂")
    log = await read(replay, session.pk, 0)
    fresh = await fresh_mirror(session)
    for number in sorted(dice.sample(range(fresh.number + 1), min(60, fresh.number + 1))):
        mirror = Mirror()
        for event in cut_at(log, number):
            apply(mirror, event)
        for event in await read(replay, session.pk, mirror.number):
            apply(mirror, event)
        assert mirror.number == fresh.number
        if not mirror.must_read:
            assert mirror.shown() == fresh.shown(), number
            for reply in running.replies:  # those that are not on show as well
                assert mirror.messages[str(reply.pk)]["content"] == "half 🙂🙂", number
    await write(stop_reply, session=session)
    await all_ended(session)


def cut_at(log: Sequence[Event], number: int) -> list[Event]:
    """What a client has had when it stopped at `number`; a delta may be cut in two."""
    had = []
    for event in log:
        if event.number <= number:
            had.append(event)
        elif event.before < number:
            text = event.text[: number - event.before]
            had.append(replace(event, text=text, number=number))
    return had


async def test_a_stalled_client_holds_up_nobody_and_is_told_the_rest(
    session: Session, scripts: Scripts
) -> None:
    scripts.script(
        "default", [line for _ in range(30) for line in (Text("x"), 0.001)] + [Finish("stop", None)]
    )
    mirror = await fresh_mirror(session)
    with Follower(session.pk, session.owner_id, after=mirror.number) as stalled:
        for _ in range(QUEUE_EVENTS // 8 + 4):
            await ended(await ask(session))
        total = QUEUE_EVENTS // 8 + 4
        while len(mirror.done) < total and not mirror.must_read:
            for event in await stalled.take(5):
                apply(mirror, event)
    assert mirror.shown() == (await fresh_mirror(session)).shown()[-len(mirror.shown()) :]


async def test_a_client_that_is_too_far_behind_is_told_to_read_again(
    session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_module("chat.replay"), "MAX_EVENTS", 10)
    for _ in range(2):
        await ended(await ask(session))
    events = await read(replay, session.pk, 0)
    assert [event.name for event in events] == ["reset"]
    assert events[0].number == (await fresh_mirror(session)).number


async def test_how_often_words_and_thoughts_came_puts_nobody_too_far_behind(
    session: Session, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of four models that are asked at once some eighty pieces come a second."""
    monkeypatch.setattr(import_module("chat.replay"), "MAX_EVENTS", 15)
    pieces = [one for number in range(5) for one in (Reasoning("hm "), 0.06, Text(f"{number} "), 0.06)]
    for _, name in SEVERAL[:2]:
        scripts.script(name, [*pieces, Finish("stop", None)])
    await ask(session, models=SEVERAL[:2])
    await all_ended(session)
    mirror = Mirror()
    for event in await read(replay, session.pk, 0):
        apply(mirror, event)
    assert mirror.shown() == (await fresh_mirror(session)).shown()
    monkeypatch.setattr(import_module("chat.replay"), "MAX_PIECES", 10)
    assert [event.name for event in await read(replay, session.pk, 0)] == ["reset"]


async def test_the_sender_gets_ack_first_and_nothing_after_done(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("one "), 0.06, Text("two"), Finish("stop", None)])
    heard = await hear_reply(session)
    names = [event.name for event in heard]
    assert names[0] == "ack"
    assert [(event.name, event.kind) for event in heard[-2:]] == [("message", "assistant"), ("done", "")]
    mirror = Mirror()
    for event in heard:
        apply(mirror, event)
    assert mirror.shown() == (await fresh_mirror(session)).shown()


async def test_a_failed_reply_tells_error_then_the_message_then_done(
    session: Session, scripts: Scripts
) -> None:
    scripts.script("default", [Text("half"), ProviderError("It broke", "Dead.", retryable=True)])
    heard = await hear_reply(session)
    assert [event.name for event in heard[-3:]] == ["error", "message", "done"]
    assert json.loads(heard[-3].data)["title"] == "It broke"


async def test_a_page_read_while_a_reply_streams_leads_on_exactly(session: Session, scripts: Scripts) -> None:
    scripts.script(
        "default", [line for n in range(80) for line in (Text(f"{n} "), 0.01)] + [Finish("stop", None)]
    )
    sent = await ask(session)
    late = []
    for _ in range(12):
        mirror = await fresh_mirror(session)
        late.append(asyncio.create_task(follow_to_end(mirror, session)))
        await asyncio.sleep(0.07)
    reply = await ended(sent)
    for shown in await asyncio.gather(*late):
        assert shown[-1]["content"] == reply["content"]


async def follow_to_end(mirror: Mirror, session: Session) -> list[dict[str, Any]]:
    last = mirror.messages[mirror.path[-1]]
    if last["status"] in ("pending", "streaming"):
        await follow(mirror, session, until_done=1)
    return mirror.shown()


async def hear_reply(session: Session) -> list[Event]:
    with ReplyFollower(session.pk, session.owner_id) as follower:
        sent = await ask(session)
        ids: tuple[UUID, UUID] = (sent.user_message.pk, sent.assistant_message.pk)
        return [event async for event in follower.events(*ids)]


async def test_a_running_reply_is_the_same_read_or_heard(session: Session, scripts: Scripts) -> None:
    """Its provider and model are shown from the first token on, also after a reload."""
    scripts.script("default", [Text("half"), asyncio.Event(), Finish("stop", None)])
    mirror = await fresh_mirror(session)
    sent = await ask(session)
    await has_text(sent, "half")
    with Follower(session.pk, session.owner_id, after=mirror.number) as follower:
        while not any(shown["content"] for shown in mirror.shown()[1:]):
            for event in await follower.take():
                apply(mirror, event)
    heard = mirror.messages[str(sent.assistant_message.pk)]
    read_again = await message(sent.assistant_message.pk)
    assert [heard[name] for name in ("provider", "model")] == [
        read_again[name] for name in ("provider", "model")
    ]
    await write(stop_reply, session=session)
    await ended(sent)


async def test_what_was_edited_after_its_end_is_told_as_it_is_now(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Reasoning("hm"), Text("first words"), Finish("stop", None)])
    sent = await ask(session)
    await ended(sent)
    mirror = await fresh_mirror(session)
    author = await read(lambda: session.owner)
    await write(
        edit_message,
        message=sent.assistant_message,
        editor=author,
        draft=draft_of("Better", id=sent.assistant_message.pk),
    )
    for event in await read(replay, session.pk, mirror.number):
        apply(mirror, event)
    assert mirror.shown()[-1]["content"] == "Better"


async def test_thoughts_that_are_told_again_are_told_once(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Reasoning("hm "), 0.06, Reasoning("well"), Text("So."), Finish("stop", None)])
    await ended(await ask(session))
    mirror = Mirror()
    for event in await read(replay, session.pk, 0):
        apply(mirror, event)
    assert mirror.shown() == (await fresh_mirror(session)).shown()
