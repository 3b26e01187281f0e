"""Where a model does not answer, it is asked again, then another one is, and all of it can be seen.

Proves A10 and B15.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import pairwise
from typing import Any

import pytest

from chat.composer import submit
from chat.generation import attempts
from chat.generation.engine import Engine
from chat.models import ConfiguredProvider, Generation, Role, Session, UsageDay, User
from chat.providers.contract import Finish, ProviderError, Reasoning, Text, Usage
from chat.providers.scripted import Line, ScriptedProvider
from chat.services.content import draft_of
from chat.services.replies import stop_reply
from chat.stream import ReplyFollower
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
    snapshot,
)
from tests.chat.engine.mirror import Mirror
from tests.factories import add_member, make_project, make_session
from tests.upstream import Upstream

Scripts = type[ScriptedProvider]
END = Finish("stop", Usage(3, 5))
DOWN = ProviderError("It is down", "Nothing answers.", retryable=True)
REFUSED = ProviderError("It refused", "The key is wrong.")
WELL: Sequence[Line] = (Text("from the spare"), END)


@pytest.fixture
async def session(alice: User, live_engine: Engine) -> Session:
    return await chained(alice, "first", "spare")


async def chained(owner: User, *models: str) -> Session:
    """A session whose model is the first, and the others stand in for it in this order."""
    session = await new_session(owner, models[0])
    session.fallbacks = [{"provider": "scripted", "model": model} for model in models[1:]]
    await write(session.save, update_fields=["fallbacks"])
    return session


async def shown(session: Session) -> list[dict[str, Any]]:
    """The replies on show."""
    _, messages = await read(snapshot, session)
    return [one for one in messages if one["role"] == "assistant"]


async def test_it_is_asked_again_before_anybody_sees_a_failure(session: Session, scripts: Scripts) -> None:
    asked = fails_at_first(scripts, "first", DOWN, times=2)
    reply = await ended(await ask(session))
    assert (reply["status"], reply["content"], reply["tried"]) == ("complete", "at last", [])
    assert len(asked()) == 3


async def test_another_answers_when_it_fails_for_good(session: Session, scripts: Scripts) -> None:
    scripts.script("first", [DOWN])
    scripts.script("spare", WELL)
    reply = await ended(await ask(session))
    assert (reply["status"], reply["content"], reply["model"]) == ("complete", "from the spare", "spare")
    assert reply["tried"] == [
        {
            "provider": "scripted",
            "model": "first",
            "title": "It is down",
            "detail": "Nothing answers.",
            "message_id": None,
        }
    ]
    assert [prompt.model for prompt in scripts.prompts] == ["first"] * 3 + ["spare"]
    assert len(reply["alternatives"]) == 1


async def test_what_another_model_can_cure_goes_to_it_at_once(session: Session, scripts: Scripts) -> None:
    scripts.script("first", [REFUSED])
    scripts.script("spare", WELL)
    assert (await ended(await ask(session)))["content"] == "from the spare"
    assert [prompt.model for prompt in scripts.prompts] == ["first", "spare"]


async def test_an_empty_reply_is_not_paid_for_twice(session: Session, scripts: Scripts) -> None:
    scripts.script("first", [Finish("length", Usage(3, 9000))])
    scripts.script("spare", WELL)
    reply = await ended(await ask(session))
    assert (reply["content"], reply["tried"][0]["title"]) == ("from the spare", "The reply was empty")
    assert reply["usage"]["output_tokens"] == 5
    taken = await read(list, UsageDay.objects.values_list("model", "output_tokens"))
    assert sorted(taken) == [("first", 9000), ("spare", 5)]
    assert [prompt.model for prompt in scripts.prompts] == ["first", "spare"]


async def test_what_the_last_one_took_for_nothing_is_its_own(session: Session, scripts: Scripts) -> None:
    scripts.script("first", [REFUSED])
    scripts.script("spare", [Finish("length", Usage(3, 9000))])
    reply = await ended(await ask(session))
    assert (reply["error"]["title"], reply["usage"]) == ("It refused", None)
    assert await read(list, UsageDay.objects.values_list("model", "output_tokens")) == [("spare", 9000)]


async def test_if_all_fail_the_chosen_ones_error_is_told_and_what_was_tried(
    session: Session, scripts: Scripts
) -> None:
    scripts.script("first", [DOWN])
    scripts.script("spare", [REFUSED])
    reply = await ended(await ask(session))
    assert (reply["status"], reply["model"], reply["error"]["title"]) == ("error", "first", "It is down")
    assert [(one["model"], one["title"]) for one in reply["tried"]] == [("spare", "It refused")]


async def test_alone_it_is_told_of_as_ever(alice: User, live_engine: Engine, scripts: Scripts) -> None:
    scripts.script("first", [DOWN])
    reply = await ended(await ask(await chained(alice, "first")))
    assert (reply["status"], reply["error"]["title"], reply["tried"]) == ("error", "It is down", [])


async def test_a_reply_that_breaks_off_stays_and_another_begins_again(
    session: Session, scripts: Scripts
) -> None:
    scripts.script("first", [Text("half of it"), DOWN])
    scripts.script("spare", WELL)
    sent = await ask(session)
    broken = await ended(sent)
    assert (broken["status"], broken["content"], broken["error"]["title"]) == (
        "error",
        "half of it",
        "It is down",
    )
    [reply] = await shown_when_ended(session)
    assert (reply["status"], reply["content"]) == ("complete", "from the spare")
    assert reply["alternatives"] == [broken["id"], reply["id"]]
    assert [(one["model"], one["title"], one["message_id"]) for one in reply["tried"]] == [
        ("first", "It is down", broken["id"])
    ]
    assert [prompt.model for prompt in scripts.prompts] == ["first", "spare"]


async def test_thoughts_that_were_seen_stay_as_well(session: Session, scripts: Scripts) -> None:
    scripts.script("first", [Reasoning("hm"), DOWN])
    scripts.script("spare", WELL)
    broken = await ended(await ask(session))
    assert (broken["status"], broken["parts"][0]["text"]) == ("error", "hm")
    assert [one["content"] for one in await shown_when_ended(session)] == ["from the spare"]


async def test_where_nobody_is_left_it_ends_with_what_had_come(session: Session, scripts: Scripts) -> None:
    scripts.script("first", [Text("half"), DOWN])
    scripts.script("spare", [Text("another half"), REFUSED])
    broken = await ended(await ask(session))
    [reply] = await shown_when_ended(session)
    assert (reply["status"], reply["content"], reply["error"]["title"]) == (
        "error",
        "another half",
        "It refused",
    )
    assert reply["alternatives"] == [broken["id"], reply["id"]]


async def test_a_fault_of_our_own_is_not_carried_on(
    session: Session, scripts: Scripts, caplog: pytest.LogCaptureFixture
) -> None:
    scripts.script("first", [Text("half"), ZeroDivisionError("a bug")])
    reply = await ended(await ask(session))
    assert (reply["status"], reply["content"]) == ("error", "half")
    assert [prompt.model for prompt in scripts.prompts] == ["first"]


async def test_who_asked_hears_of_both_and_of_one_end(session: Session, scripts: Scripts) -> None:
    """The stream of one message: `ack` first, nothing after `done`, and no end before the last word."""
    scripts.script("first", [Text("half"), DOWN])
    scripts.script("spare", WELL)
    heard = await hear(session)
    names = [event.name for event in heard]
    assert (names[0], names[-1], names.count("done"), names.count("error")) == ("ack", "done", 1, 0)
    mirror = Mirror()
    for event in heard:
        apply(mirror, event)
    assert mirror.shown() == (await fresh_mirror(session)).shown()
    assert [one["content"] for one in mirror.shown()] == ["Hello there", "from the spare"]


async def test_a_client_of_the_session_sees_the_one_end_and_the_other_begin(
    session: Session, scripts: Scripts
) -> None:
    scripts.script("first", [Text("half"), DOWN])
    scripts.script("spare", [Text("from "), 0.06, Text("the spare"), END])
    mirror = await fresh_mirror(session)
    await ask(session)
    await follow(mirror, session, until_done=2)
    assert mirror.shown() == (await fresh_mirror(session)).shown()
    again = Mirror()
    await follow(again, session, until_done=2)
    assert again.shown() == mirror.shown()


async def test_what_waits_behind_it_waits_behind_the_other(session: Session, scripts: Scripts) -> None:
    go_on = asyncio.Event()
    scripts.script("first", [Text("half"), go_on, DOWN])
    scripts.script("spare", WELL)
    mirror = await fresh_mirror(session)
    sent = await ask(session)
    await has_text(sent, "half")
    queued = await ask(session, "And then?", queue=True)
    go_on.set()
    await follow(mirror, session, until_done=4)
    first, second = await shown_when_ended(session)
    assert [first["content"], second["content"]] == ["from the spare"] * 2
    assert (await message(queued.user_message.pk))["parent_id"] == first["id"]
    assert mirror.shown() == (await fresh_mirror(session)).shown()
    assert [turn.text for turn in scripts.prompts[-1].turns] == ["Hello there", "from the spare", "And then?"]


STOPPED_WHEN: dict[str, tuple[Sequence[Line], Sequence[Line]]] = {
    "while it waits to ask again": ([DOWN], WELL),
    "before the first token of the other": ([REFUSED], [asyncio.Event()]),
    "after the first token of the other": ([REFUSED], [Text("so far"), asyncio.Event()]),
    "after the other began again": ([Text("half"), REFUSED], [Text("so far"), asyncio.Event()]),
    "before the other began again": ([Text("half"), REFUSED], [asyncio.Event()]),
}


@pytest.mark.parametrize("when", STOPPED_WHEN)
async def test_a_stop_stops_all_of_it(
    when: str, session: Session, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also one that is asked for the reply that had failed before it arrived."""
    first, spare = STOPPED_WHEN[when]
    monkeypatch.setattr(attempts, "FIRST_PAUSE", 5.0 if spare is WELL else 0.01)
    scripts.script("first", first)
    scripts.script("spare", spare)
    sent = await ask(session)
    asked = "first" if spare is WELL else "spare"
    await eventually(lambda: bool(scripts.prompts) and scripts.prompts[-1].model == asked)
    if spare is not WELL and isinstance(spare[0], Text):
        await eventually(lambda: read(is_shown, session, "so far"))
    await write(stop_reply, session=session, message_id=sent.assistant_message.pk)
    [reply] = await shown_when_ended(session)
    assert reply["status"] == "stopped"
    assert await read(Generation.objects.exclude(state="ended").count) == 0
    assert [prompt.model for prompt in scripts.prompts].count("spare") == (spare is not WELL)


async def test_the_site_has_a_chain_of_its_own(alice: User, live_engine: Engine, scripts: Scripts) -> None:
    """Each provider names who stands in for it, and a circle ends."""
    await write(link_in_a_circle)
    scripts.script("one", [REFUSED])
    scripts.script("two", [REFUSED])
    scripts.script("three", WELL)
    reply = await ended(await ask(await new_session(alice, provider="one", model="")))
    assert (reply["provider"], reply["content"]) == ("three", "from the spare")
    assert [one["provider"] for one in reply["tried"]] == ["one", "two"]
    scripts.script("three", [REFUSED])
    reply = await ended(await ask(await new_session(alice, provider="two", model="")))
    assert [reply["provider"], *(one["provider"] for one in reply["tried"])] == ["two", "three", "one"]


async def test_one_that_was_taken_away_is_passed_over(
    alice: User, live_engine: Engine, scripts: Scripts
) -> None:
    session = await new_session(alice, "m", provider="gone")
    session.fallbacks = [{"provider": "scripted", "model": "spare"}]
    await write(session.save, update_fields=["fallbacks"])
    scripts.script("spare", WELL)
    reply = await ended(await ask(session))
    assert (reply["content"], reply["tried"][0]["provider"]) == ("from the spare", "gone")


async def test_one_that_is_somebody_elses_is_passed_over(
    alice: User, bob: User, live_engine: Engine, scripts: Scripts
) -> None:
    """In a conversation that is shared, whoever asks is answered by what is theirs."""
    await write(
        ConfiguredProvider.objects.create, owner=alice, name="hers", kind="scripted", model_names=["spare"]
    )
    session = await write(shared_session, alice, bob)
    scripts.script("first", [REFUSED])
    scripts.script("spare", WELL)
    for author, status in ((alice, "complete"), (bob, "error")):
        sent = await write(submit, author=author, session=session, draft=draft_of("Hello"))
        reply = await ended(sent)
        assert (reply["status"], reply["error"] and reply["error"]["title"]) == (
            status,
            "It refused" if author is bob else None,
        )
    assert [(one["provider"], one["title"]) for one in reply["tried"]] == [("hers", "hers is not there")]
    assert [prompt.model for prompt in scripts.prompts] == ["first", "spare", "first"]


async def test_a_real_server_is_asked_again_and_then_another(
    alice: User, live_engine: Engine, upstream: Upstream
) -> None:
    session = await new_session(alice, "e503", provider="fake")
    session.fallbacks = [{"provider": "fake", "model": "cut3"}, {"provider": "fake", "model": "n3-r0"}]
    await write(session.save, update_fields=["fallbacks"])
    broken = await ended(await ask(session))
    [reply] = await shown_when_ended(session)
    assert [asked.model for asked in upstream.requests] == ["e503"] * 3 + ["cut3", "n3-r0"]
    assert (broken["content"], reply["content"]) == ("t0 t1 t2 ", "t0 t1 t2 ")
    assert [one["model"] for one in reply["tried"]] == ["e503", "cut3"]


async def test_a_short_wait_that_a_server_asks_for_is_kept(
    alice: User, live_engine: Engine, upstream: Upstream
) -> None:
    upstream.retry_after = 1
    await ended(await ask(await new_session(alice, "e429", provider="fake")))
    times = [asked.at for asked in upstream.requests]
    assert len(times) == attempts.RETRIES + 1
    assert all(later - earlier >= 1 for earlier, later in pairwise(times))


BEFORE = ("e401", "e403", "e404", "e429", "e500", "e503", "toolong", "html", "redirect", "gzip", "empty")
AFTER = ("drop10", "shut10", "cut10", "bad10", "err10", "hang10")


@pytest.mark.parametrize("model", [*BEFORE, *AFTER])
async def test_whatever_a_server_does_another_answers(
    model: str, alice: User, live_engine: Engine, upstream: Upstream, settings: Any
) -> None:
    settings.PARLEY_PROVIDER_TIMEOUT = 0.3
    session = await new_session(alice, model, provider="fake")
    session.fallbacks = [{"provider": "scripted", "model": "default"}]
    await write(session.save, update_fields=["fallbacks"])
    first = await ended(await ask(session))
    [reply] = await shown_when_ended(session)
    assert (reply["status"], reply["content"], reply["provider"]) == ("complete", "Hello there", "scripted")
    assert [(one["provider"], one["model"]) for one in reply["tried"]] == [("fake", model)]
    assert reply["tried"][0]["title"]
    is_kept = model in AFTER
    assert (first["status"], first["content"]) == (
        ("error", "".join(f"t{number} " for number in range(10))) if is_kept else ("complete", "Hello there")
    )
    assert reply["tried"][0]["message_id"] == (first["id"] if is_kept else None)


async def test_one_that_wants_more_time_than_anybody_waits_is_not_asked_again(
    alice: User, live_engine: Engine, upstream: Upstream
) -> None:
    """It says Retry-After: 7."""
    reply = await ended(await ask(await new_session(alice, "e429", provider="fake")))
    assert reply["status"] == "error"
    assert [asked.model for asked in upstream.requests] == ["e429"]


def fails_at_first(scripts: Scripts, name: str, error: ProviderError, *, times: int) -> Any:
    """It fails so many times, and answers then."""
    lines: list[Line] = [error]
    scripts.script(name, lines)
    asked: list[int] = []

    class Turning(tuple[Line, ...]):
        def __iter__(self) -> Any:
            asked.append(1)
            return iter([error] if len(asked) <= times else [Text("at last"), END])

    scripts.scripts[name] = (Turning(lines),)
    return lambda: asked


async def shown_when_ended(session: Session) -> list[dict[str, Any]]:
    """The replies on show, when none is being made any more."""
    await eventually(lambda: read(is_idle, session))
    return await shown(session)


async def eventually(check: Callable[[], Awaitable[bool] | bool]) -> None:
    deadline = time.monotonic() + 10
    while not (found if isinstance(found := check(), bool) else await found):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def is_idle(session: Session) -> bool:
    return not Generation.objects.filter(session=session).exclude(state="ended").exists()


def is_shown(session: Session, text: str) -> bool:
    return bool(snapshot(session)[1][-1]["content"] == text)


async def hear(session: Session) -> list[Any]:
    with ReplyFollower(session.pk, session.owner_id) as follower:
        sent = await ask(session)
        about = (sent.user_message.pk, sent.assistant_message.pk)
        return [event async for event in follower.events(*about)]


def shared_session(alice: User, bob: User) -> Session:
    project = make_project(alice)
    add_member(project, bob, Role.EDITOR)
    stand_ins = [{"provider": "hers", "model": "spare"}]
    return make_session(alice, project=project, provider="scripted", model="first", fallbacks=stand_ins)


def link_in_a_circle() -> None:
    rows = [
        ConfiguredProvider.objects.create(name=name, kind="scripted", model_names=[name])
        for name in ("one", "two", "three")
    ]
    for row, to in zip(rows, [*rows[1:], rows[0]], strict=True):
        row.fallback = to
        row.save(update_fields=["fallback"])
