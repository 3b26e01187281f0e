"""Stop: whatever has come is kept, whenever it is asked for, and it is never lost.

Proves A9.
"""

from __future__ import annotations

import asyncio

import pytest
from django.utils import timezone

from chat.generation import worker
from chat.generation.engine import Engine
from chat.generation.reply import Assignment
from chat.generation.worker import Worker
from chat.models import Generation, Session, User
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.replies import stop_reply
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, has_text, new_session
from tests.upstream import Upstream

Scripts = type[ScriptedProvider]
END = Finish("stop", None)


async def test_a_stopped_reply_keeps_what_has_come(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("So far "), Text("so good"), asyncio.Event(), Text("never"), END])
    sent = await ask(session)
    await has_text(sent, "So far so good")
    assert await write(stop_reply, session=session)
    reply = await ended(sent)
    assert (reply["status"], reply["content"]) == ("stopped", "So far so good")
    assert reply["error"] is None


async def test_it_stops_before_the_first_token(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [asyncio.Event(), Text("never"), END])
    sent = await ask(session)
    await asyncio.sleep(0.05)
    assert await write(stop_reply, session=session)
    reply = await ended(sent, 1)
    assert (reply["status"], reply["content"]) == ("stopped", "")


async def test_a_stop_on_the_heels_of_the_send_is_obeyed_at_once(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [asyncio.Event(), END])
    for _ in range(20):
        sent = await ask(session)
        assert await write(stop_reply, session=session)
        reply = await ended(sent, 1)
        assert reply["status"] == "stopped"


async def test_a_stop_sent_together_with_the_message_is_never_lost(
    session: Session, scripts: Scripts
) -> None:
    scripts.script("default", [asyncio.Event(), END])
    for pause in range(12):
        sending = asyncio.create_task(ask(session))
        await asyncio.sleep(pause / 2000)
        while not await write(stop_reply, session=session):
            continue
        assert (await ended(await sending, 3))["status"] == "stopped"


async def test_a_stop_that_arrives_between_the_claim_and_the_run_is_obeyed(
    session: Session, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin = Worker._begin

    def begin_and_stop(worker: Worker, assignment: Assignment) -> None:
        begin(worker, assignment)
        worker._stop(str(assignment.message.pk))

    monkeypatch.setattr(Worker, "_begin", begin_and_stop)
    scripts.script("default", [Text("never"), END])
    reply = await ended(await ask(session), 1)
    assert (reply["status"], reply["content"]) == ("stopped", "")


async def test_stopping_twice_is_stopping_once(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("half"), asyncio.Event(), END])
    sent = await ask(session)
    await has_text(sent, "half")
    await asyncio.gather(write(stop_reply, session=session), write(stop_reply, session=session))
    assert (await ended(sent))["status"] == "stopped"
    assert not await write(stop_reply, session=session)
    assert (await ended(sent))["content"] == "half"


async def test_stopping_when_nothing_runs_changes_nothing(session: Session) -> None:
    sent = await ask(session)
    before = await ended(sent)
    assert not await write(stop_reply, session=session)
    assert await ended(sent) == before


async def test_only_the_queued_one_is_stopped_when_it_is_named(session: Session, scripts: Scripts) -> None:
    go_on = asyncio.Event()
    scripts.script("default", [Text("first"), go_on, END])
    first = await ask(session)
    await has_text(first, "first")
    second = await ask(session, "And then?", queue=True)
    await write(stop_reply, session=session, message_id=second.assistant_message.pk)
    assert (await ended(second))["status"] == "stopped"
    go_on.set()
    assert (await ended(first))["status"] == "complete"


@pytest.fixture
def quick_beat(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "BEAT_SECONDS", 0.1)


async def test_an_order_that_got_lost_is_found_in_the_rows(
    quick_beat: None, session: Session, scripts: Scripts
) -> None:
    scripts.script("default", [Text("half"), asyncio.Event(), END])
    sent = await ask(session)
    await has_text(sent, "half")
    asked = Generation.objects.filter(session=session)
    await write(lambda: asked.update(stop_requested_at=timezone.now()))
    assert (await ended(sent, 4))["status"] == "stopped"


async def test_stopping_closes_the_request_upstream(
    alice: User, live_engine: Engine, upstream: Upstream
) -> None:
    session = await new_session(alice, "n500-r50", provider="fake")
    sent = await ask(session)
    await has_text(sent, "t0 t1 ")
    await write(stop_reply, session=session)
    reply = await ended(sent)
    await asyncio.sleep(0.2)
    assert upstream.last.gone_at is not None
    assert upstream.last.tokens < 500
    assert "".join(f"t{k} " for k in range(500)).startswith(reply["content"])


async def test_after_a_stop_the_next_message_is_answered(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("half"), asyncio.Event(), END])
    sent = await ask(session)
    await has_text(sent, "half")
    await write(stop_reply, session=session)
    await ended(sent)
    scripts.script("default", [Text("whole"), END])
    assert (await ended(await ask(session)))["content"] == "whole"
    assert await read(Generation.objects.exclude(state="ended").count) == 0
