"""What a person saw is on disk: saved before it is shown, within 100 ms, all replies in one commit.

Proves C1 and C2.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from statistics import median
from typing import Any

import pytest
from django.db import connection

from chat.generation.engine import Engine
from chat.models import Chunk, Session, SessionEvent, User
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.replies import stop_reply
from chat.stream import Follower
from chat.threads import read, write
from tests.chat.engine.driving import apply, ask, ended, follow, fresh_mirror, has_text, new_session
from tests.chat.engine.mirror import screen_of
from tests.upstream import Upstream

Scripts = type[ScriptedProvider]
END = Finish("stop", None)


def skip_unless_sqlite() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("only SQLite locks as a whole")


@asynccontextmanager
async def database_locked() -> AsyncIterator[None]:
    """Another process holds SQLite's write lock."""
    skip_unless_sqlite()
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


async def test_a_first_token_does_not_wait_for_the_tick(
    session: Session, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("chat.generation.journal.TICK_SECONDS", 600)
    scripts.script("default", [Text("first"), END])
    await ended(await ask(session))  # the next tick is ten minutes after this one
    scripts.script("default", [Text("first"), 20, END])
    another = await new_session(await read(lambda: session.owner))
    with Follower(another.pk, another.owner_id, after=0) as follower:
        sent = await ask(another)
        async with asyncio.timeout(10):
            while not any(event.kind == "delta" for event in await follower.take()):
                pass
        assert (await has_text(sent, "first"))["status"] == "streaming"
    await write(stop_reply, session=another)


async def test_a_token_is_saved_before_it_is_told(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [line for n in range(40) for line in (Text(f"{n} "), 0.01)] + [END])
    mirror = await fresh_mirror(session)
    sent = await ask(session)
    with Follower(session.pk, session.owner_id, after=mirror.number) as follower:
        while not mirror.done:
            for event in await follower.take():
                apply(mirror, event)
                if event.kind == "delta":
                    saved = await has_text(sent, "")
                    assert saved["content"].startswith(mirror.messages[str(event.message_id)]["content"])


async def test_a_token_is_on_disk_within_100_ms(alice: User, live_engine: Engine, upstream: Upstream) -> None:
    rate = 100
    sent = await ask(await new_session(alice, f"n150-r{rate}", provider="fake"))
    await has_text(sent, "t0 ")
    late = []
    while (saved := await has_text(sent, "t0 "))["status"] == "streaming":
        # The model server sends by the clock, so it is known what is due.
        begun = upstream.last.first_token_at
        assert begun is not None
        due = min(150, (time.monotonic() - begun) * rate)
        late.append((due - saved["content"].count(" ")) / rate)
        await asyncio.sleep(0.005)
    assert median(late) < 0.1


async def test_a_locked_database_delays_text_and_loses_none(
    alice: User, settings: Any, live_engine: Engine, scripts: Scripts, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [f"word{n} " for n in range(60)]
    scripts.script("default", [line for word in words for line in (Text(word), 0.02)] + [END])
    session = await new_session(alice)
    mirror = await fresh_mirror(session)
    sent = await ask(session)
    await has_text(sent, "word0 ")
    following = asyncio.create_task(follow(mirror, session, until_done=1, seconds=20))
    async with database_locked():
        await asyncio.sleep(0.6)
        held = len(mirror.messages[str(sent.assistant_message.pk)]["content"])
        await asyncio.sleep(0.3)
        assert len(mirror.messages[str(sent.assistant_message.pk)]["content"]) == held
    await following
    reply = await ended(sent)
    assert (reply["status"], reply["content"]) == ("complete", "".join(words))
    assert mirror.shown()[-1] == screen_of(reply)


async def test_a_tick_that_fails_is_tried_again(
    alice: User, live_engine: Engine, scripts: Scripts, caplog: pytest.LogCaptureFixture
) -> None:
    """The lock is held for longer than SQLite waits for it."""
    words = [f"word{n} " for n in range(30)]
    scripts.script("default", [line for word in words for line in (Text(word), 0.01)] + [END])
    session = await new_session(alice)
    mirror = await fresh_mirror(session)
    sent = await ask(session)
    await has_text(sent, "word0 ")
    await read_and_write_impatiently()
    async with database_locked():
        await asyncio.sleep(1.5)
    await follow(mirror, session, until_done=1, seconds=20)
    reply = await ended(sent)
    assert "journal.tick_failed" in caplog.text
    assert (reply["status"], reply["content"]) == ("complete", "".join(words))
    assert mirror.shown()[-1] == screen_of(reply)


async def read_and_write_impatiently() -> None:
    """Have the writing thread wait for a lock for a tenth of a second instead of twenty."""
    skip_unless_sqlite()

    def impatient() -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA busy_timeout = 100")

    await write(impatient)


async def test_all_running_replies_are_saved_in_one_commit(
    alice: User, live_engine: Engine, scripts: Scripts
) -> None:
    scripts.script("default", [line for n in range(50) for line in (Text("x"), 0.02)] + [END])
    sessions = [await new_session(alice) for _ in range(20)]
    sent = await asyncio.gather(*(ask(one) for one in sessions))
    for one in sent:
        assert (await ended(one, 20))["content"] == "x" * 50


async def test_an_ended_reply_leaves_no_chunks_and_few_events(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [line for n in range(200) for line in (Text("x"), 0.002)] + [END])
    sent = await ask(session)
    assert len((await ended(sent))["content"]) == 200
    assert await read(Chunk.objects.count) == 0
    # ack, created twice, session; begins; session, assistant, done.
    assert await read(SessionEvent.objects.filter(session=session).count) <= 9


async def test_a_reply_that_ends_while_its_last_words_are_being_saved_has_them(
    alice: User, live_engine: Engine, scripts: Scripts
) -> None:
    go_on = asyncio.Event()
    scripts.script("default", [Text("one "), go_on, Text("two"), 0.2, END])
    sent = await ask(await new_session(alice))
    await has_text(sent, "one ")
    async with database_locked():
        go_on.set()
        await asyncio.sleep(0.4)
    reply = await ended(sent)
    assert (reply["status"], reply["content"]) == ("complete", "one two")
