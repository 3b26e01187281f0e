"""The server is killed at random while replies stream: nothing that anybody saw is gone or there twice."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests import services
from tests.chat.engine.mirror import screen_of
from tests.torture.people import Conversation, messages_of
from tests.upstream import Upstream
from tests.wires import Client

CONVERSATIONS = 4
# 100 tokens a second; long enough that most kills hit a reply in its middle.
MODEL = "n150-r100"
TEXT = "".join(f"t{number} " for number in range(150))
Json = dict[str, Any]
RUNNING = {"pending", "streaming"}


async def torture(environment: services.Environment, upstream: Upstream, rounds: int) -> None:
    seed = int(os.environ.get("PARLEY_SEEDS", "").split(" ")[0] or random.SystemRandom().randrange(10**9))
    print(f"seed {seed}")
    dice = random.Random(seed)
    folder = Path(environment["PARLEY_DATA"])
    with services.parley(environment, folder) as server:
        token = await asyncio.to_thread(services.prepare, server, provider_url=upstream.url, model=MODEL)
        client = Client(server.port, token)
        await asyncio.to_thread(server.start)
        talks = [await new_conversation(client) for _ in range(CONVERSATIONS)]
        for number in range(rounds):
            await live_and_die(server, client, talks, dice)
            # A start may be cut off as well, and the next one must make up for it.
            if number % 5 == 4:
                await die_while_starting(server, dice)
            took = await asyncio.to_thread(server.start)
            print(f"kill {number + 1}: ready again after {took:.2f} s")
            await check(client, talks)
        await check_ends(client, talks)


async def new_conversation(client: Client) -> Conversation:
    return Conversation((await client.post("/api/chat/sessions", {"model": MODEL})).json()["id"])


async def live_and_die(
    server: services.Parley, client: Client, talks: list[Conversation], dice: random.Random
) -> None:
    living = [asyncio.create_task(talk.live(client, random.Random(dice.random()))) for talk in talks]
    await asyncio.sleep(0.2 + dice.random() * 0.8)
    await asyncio.to_thread(server.kill)
    async with asyncio.timeout(10):
        await asyncio.gather(*living)


async def die_while_starting(server: services.Parley, dice: random.Random) -> None:
    server.start(wait=False)
    await asyncio.sleep(dice.random() * 1.5)
    await asyncio.to_thread(server.kill)


async def check(client: Client, talks: list[Conversation]) -> None:
    """What the contract promises of the moment at which /readyz answers 200."""
    for talk in talks:
        before, cursor = await messages_of(client, talk.id)
        kept = {message["id"]: message for message in before}
        twice = [key for key, count in Counter(message["id"] for message in before).items() if count > 1]
        assert not twice
        for key, content in talk.acknowledged.items():
            assert kept[key]["content"] == content
        kept |= await beside(client, talk, kept)
        for screen in talk.screens:
            for key, seen in screen.shown().items():
                assert kept[key]["content"].startswith(seen), (seen[-40:], kept[key]["content"][-40:])
        for message in kept.values():
            if message["role"] == "assistant":
                assert TEXT.startswith(message["content"])
                # One that had begun is interrupted; it may only stream if it has begun since.
                assert message["status"] != "streaming" or not _was_seen(talk, message["id"])
        await asyncio.gather(*(screen.watch_until(client, cursor) for screen in talk.screens))
        now, _ = await messages_of(client, talk.id)
        for screen in talk.screens:
            assert not screen.mirror.must_read
            for message in now:
                shown = screen.mirror.messages.get(message["id"])
                if shown and message["status"] not in RUNNING:
                    assert message["content"].startswith(shown["content"])


async def beside(client: Client, talk: Conversation, kept: dict[str, Json]) -> dict[str, Json]:
    """Replies that were seen and are not on show: of several to one question all but one."""
    keys = {key for screen in talk.screens for key in screen.shown()} - kept.keys() - talk.ended.keys()
    read = {key: (await client.get(f"/api/chat/messages/{key}")).json() for key in keys}
    talk.ended |= {key: one for key, one in read.items() if one["status"] not in RUNNING}
    return {**talk.ended, **read}


def _was_seen(talk: Conversation, key: str) -> bool:
    return any(screen.shown().get(key) for screen in talk.screens)


async def check_ends(client: Client, talks: list[Conversation]) -> None:
    """Left alone, all replies end, those too that had not begun; every screen shows what a reload shows."""
    deadline = time.monotonic() + 40
    for talk in talks:
        while running := [m for m in (await messages_of(client, talk.id))[0] if m["status"] in RUNNING]:
            assert time.monotonic() < deadline, running
            await asyncio.sleep(0.2)
        messages, cursor = await messages_of(client, talk.id)
        asked = [message for message in messages if message["role"] == "user"]
        assert len(asked) * 2 == len(messages)
        assert {key for key, _ in talk.acknowledged.items()} <= {message["id"] for message in asked}
        assert {message["status"] for message in messages} <= {"complete", "interrupted"}
        kept = {message["id"]: message for message in messages}
        talk.ended.clear()
        others = await beside(client, talk, kept)
        while any(one["status"] in RUNNING for one in others.values()):
            assert time.monotonic() < deadline, others
            await asyncio.sleep(0.2)
            others = await beside(client, talk, kept)
        print(f"{len(others)} replies beside others")
        for screen in talk.screens:
            for key, seen in screen.shown().items():
                assert (kept | others)[key]["content"].startswith(seen)
        for message in (*messages, *others.values()):
            if message["role"] == "assistant" and message["status"] == "complete":
                assert message["content"] == TEXT
        await asyncio.gather(*(screen.watch_until(client, cursor) for screen in talk.screens))
        for screen in talk.screens:
            assert screen.mirror.shown() == [screen_of(message) for message in messages]
