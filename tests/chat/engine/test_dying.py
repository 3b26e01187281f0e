"""Processes that end, politely or not: replies that had begun are kept, the others are begun again.

Proves C1 and C2.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.conf import settings as django_settings
from django.utils import timezone

from chat.generation import jobs, liveness
from chat.generation.engine import Engine
from chat.models import Chunk, Generation, Message, Session, User, WorkerProcess
from chat.models.ids import new_id
from chat.providers.contract import Finish, ProviderError, Text
from chat.providers.scripted import ScriptedProvider
from chat.stream import watch
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, has_text, message, new_session, until

Scripts = type[ScriptedProvider]
END = Finish("stop", None)


async def test_draining_lets_a_reply_end(alice: User, transactional_db: None, scripts: Scripts) -> None:
    engine = await started()
    scripts.script("default", [Text("one "), 0.4, Text("two"), END])
    sent = await ask(await new_session(alice))
    await has_text(sent, "one ")
    await engine.stop()
    reply = await message(sent.assistant_message.pk)
    assert (reply["status"], reply["content"]) == ("complete", "one two")
    assert await read(WorkerProcess.objects.count) == 0


async def test_what_cannot_end_in_time_is_interrupted_with_its_text(
    alice: User, settings: Any, transactional_db: None, scripts: Scripts
) -> None:
    settings.PARLEY_DRAIN_SECONDS = 0.1
    engine = await started()
    scripts.script("default", [Text("half"), asyncio.Event(), END])
    sent = await ask(await new_session(alice))
    await has_text(sent, "half")
    await engine.stop()
    reply = await message(sent.assistant_message.pk)
    assert (reply["status"], reply["content"]) == ("interrupted", "half")


async def test_what_had_not_begun_is_made_by_the_next_process(
    alice: User, settings: Any, transactional_db: None, scripts: Scripts
) -> None:
    settings.PARLEY_DRAIN_SECONDS = 0.1
    engine = await started()
    scripts.script("default", [asyncio.Event(), END])
    session = await new_session(alice)
    sent = await ask(session)
    queued = await ask(session, "And then?", queue=True)
    await asyncio.sleep(0.05)
    await engine.stop()
    assert (await message(sent.assistant_message.pk))["status"] == "pending"
    scripts.script("default", [Text("whole"), END])
    engine = await started()
    replies = [await ended(sent), await ended(queued)]
    await engine.stop()
    assert [reply["content"] for reply in replies] == ["whole", "whole"]


async def test_nothing_is_claimed_while_draining(
    alice: User, transactional_db: None, scripts: Scripts
) -> None:
    engine = await started()
    scripts.script("default", [Text("one "), 0.5, Text("two"), END])
    sent = await ask(await new_session(alice))
    await has_text(sent, "one ")
    stopping = asyncio.create_task(engine.stop())
    await asyncio.sleep(0.1)
    late = await ask(await new_session(alice))
    await stopping
    assert (await message(late.assistant_message.pk))["status"] == "pending"
    assert (await message(sent.assistant_message.pk))["status"] == "complete"


@pytest.mark.parametrize("said", ["", "half a rep"])
async def test_a_process_that_died_is_taken_over_from(
    said: str, alice: User, transactional_db: None, scripts: Scripts
) -> None:
    session, reply_id = await left_running(alice, said, worker_id=await dead_process())
    engine = await started()
    reply = await until(reply_id, lambda found: found["status"] not in ("pending", "streaming"))
    await engine.stop()
    expected = ("interrupted", said) if said else ("complete", "Hello there")
    assert (reply["status"], reply["content"]) == expected
    assert await read(Chunk.objects.count) == 0
    assert await read(WorkerProcess.objects.count) == 0


async def test_nothing_is_streaming_when_it_says_that_it_is_ready(
    alice: User, transactional_db: None
) -> None:
    worker_id = await dead_process()
    for _ in range(5):
        await left_running(alice, "half", worker_id=worker_id)
    engine = await started()
    assert await read(Message.objects.filter(status="streaming").count) == 0
    await engine.stop()


async def test_a_start_that_dies_halfway_leaves_the_dead_to_the_next(
    alice: User, transactional_db: None
) -> None:
    """Looking whether a process is dead must not be what makes the next one think that it may live."""
    worker_id = await dead_process()
    _, reply_id = await left_running(alice, "half", worker_id=worker_id)
    assert liveness.is_surely_dead(liveness.hostname(), worker_id)
    engine = await started()
    assert (await message(reply_id))["status"] == "interrupted"
    await engine.stop()


async def test_a_process_elsewhere_is_dead_when_its_beat_is_stale(
    alice: User, transactional_db: None
) -> None:
    fresh = await elsewhere(timedelta(seconds=2))
    stale = await elsewhere(timedelta(seconds=jobs.STALE_SECONDS + 1))
    _, of_fresh = await left_running(alice, "half", worker_id=fresh)
    _, of_stale = await left_running(alice, "half", worker_id=stale)
    await write(jobs.reclaim)
    assert (await message(of_stale))["status"] == "interrupted"
    assert (await message(of_fresh))["status"] == "streaming"


async def test_a_reply_that_was_stopped_before_its_process_died_is_stopped(
    alice: User, transactional_db: None
) -> None:
    _, reply_id = await left_running(alice, "half", worker_id=await dead_process())
    asked = Generation.objects.filter(message=reply_id)
    await write(lambda: asked.update(stop_requested_at=timezone.now()))
    engine = await started()
    reply = await message(reply_id)
    await engine.stop()
    assert (reply["status"], reply["content"]) == ("stopped", "half")


async def test_a_reply_that_kills_processes_is_given_up(alice: User, transactional_db: None) -> None:
    _, reply_id = await left_running(alice, "", worker_id=await dead_process())
    asked = Generation.objects.filter(message=reply_id)
    await write(lambda: asked.update(attempts=jobs.MAX_ATTEMPTS - 1))
    engine = await started()
    assert (await message(reply_id))["status"] == "interrupted"
    await engine.stop()


async def test_a_process_that_was_taken_for_dead_writes_no_more(
    session: Session, scripts: Scripts, live_engine: Engine
) -> None:
    go_on = asyncio.Event()
    scripts.script("default", [Text("half"), go_on, Text(" and more"), 0.3, END])
    sent = await ask(session)
    await has_text(sent, "half")
    await write(disown, sent.assistant_message.pk)
    assert await write(jobs.reclaim) == 1
    go_on.set()
    await asyncio.sleep(0.3)
    reply = await message(sent.assistant_message.pk)
    assert (reply["status"], reply["content"]) == ("interrupted", "half")
    assert await read(Chunk.objects.count) == 0
    scripts.script("default", [Text("whole"), END])
    assert (await ended(await ask(session)))["content"] == "whole"


async def test_who_took_over_before_its_process_ended_is_asked_alone_by_the_next(
    alice: User, settings: Any, transactional_db: None, scripts: Scripts
) -> None:
    """Nobody who failed is asked again, and no reply begins twice."""
    settings.PARLEY_DRAIN_SECONDS = 0.1
    engine = await started()
    scripts.script("default", [Text("half"), ProviderError("It is down", "Dead.", retryable=True)])
    scripts.script("spare", [asyncio.Event(), END])
    session = await new_session(alice)
    session.fallbacks = [{"provider": "scripted", "model": "spare"}]
    await write(session.save, update_fields=["fallbacks"])
    broken = await ended(await ask(session))
    queued = await ask(session, "And then?", queue=True)
    await until_asked(scripts, "spare")
    await engine.stop()
    scripts.script("spare", [Text("whole"), END])
    scripts.script("default", [Text("well again"), END])
    engine = await started()
    assert (await ended(queued))["content"] == "well again"
    reply = await message((await message(queued.user_message.pk))["parent_id"])
    await engine.stop()
    assert (reply["status"], reply["content"], reply["model"]) == ("complete", "whole", "spare")
    assert [one["message_id"] for one in reply["tried"]] == [broken["id"]]
    assert [prompt.model for prompt in scripts.prompts] == ["default", "spare", "spare", "default"]


async def started() -> Engine:
    engine = Engine(watch.run)
    await engine.start()
    return engine


async def until_asked(scripts: Scripts, model: str) -> None:
    async with asyncio.timeout(5):
        while model not in [prompt.model for prompt in scripts.prompts]:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def dead_process() -> UUID:
    """A process of this machine that held its lock and died."""
    worker_id = new_id()
    folder = django_settings.PARLEY_DATA / "run"
    folder.mkdir(exist_ok=True)
    taking = "import fcntl, os, sys; f = open(sys.argv[1], 'wb'); fcntl.flock(f, 2); os._exit(9)"
    path = folder / f"{worker_id}.lock"
    done = await read(lambda: subprocess.run([sys.executable, "-c", taking, str(path)]))  # noqa: S603
    assert done.returncode == 9
    row = WorkerProcess(pk=worker_id, host=liveness.hostname(), pid=1, beat_at=timezone.now())
    await write(row.save)
    return worker_id


async def elsewhere(beat_ago: timedelta) -> UUID:
    row = WorkerProcess(host="elsewhere", pid=1, beat_at=timezone.now() - beat_ago)
    await write(row.save)
    return row.pk


async def left_running(alice: User, said: str, *, worker_id: UUID) -> tuple[Session, UUID]:
    """A reply as a dead process leaves it, having said `said`."""
    session = await new_session(alice)
    reply = (await ask(session)).assistant_message

    def leave() -> None:
        Generation.objects.filter(message=reply).update(
            state="running", worker=worker_id, started_at=timezone.now()
        )
        if said:
            Message.objects.filter(pk=reply.pk).update(status="streaming")
            Chunk.objects.create(message=reply, offset=0, text=said[:4])
            Chunk.objects.create(message=reply, offset=4, text=said[4:])

    await write(leave)
    return session, reply.pk


def disown(message_id: UUID) -> None:
    """Its process is gone from the table, as after it was taken for dead."""
    Generation.objects.filter(message=message_id).update(worker=None)
