"""Two processes behind one PostgreSQL and Redis: send in one, watch in the other, stop in the other.

Proves B15, C4 and E3.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from tests import nursery, services
from tests.chat.engine.mirror import screen_of
from tests.houses import ShowHouse
from tests.torture.people import Screen, messages_of
from tests.wires import Client

pytestmark = [pytest.mark.torture, pytest.mark.postgres, pytest.mark.redis]
# What the contract allows a worker's replies to stay `streaming` for after it was killed.
TAKEN_OVER_SECONDS = 15.0
ASK_OUTSIDE = """
import django
django.setup()
from chat.composer import submit
from chat.models import User
from chat.services.content import draft_of
for number in range(8):
    alice = User.objects.get(username="alice")
    sent = submit(author=alice, draft=draft_of(f"Question {number}"), model="n600-r50")
    print(sent.user_message.session_id)
"""


@dataclass
class Pair:
    a: Client
    b: Client
    server_a: services.Parley
    server_b: services.Parley


@pytest.fixture(scope="module")
def environment(
    show_house: ShowHouse, tmp_path_factory: pytest.TempPathFactory, postgres: str, redis: str
) -> services.Environment:
    url = services.create_database(postgres, "two", template=services.TEMPLATE)
    folder = tmp_path_factory.mktemp("two")
    show_house.copy_to(folder)
    return services.settings_for(folder, DATABASE_URL=url, REDIS_URL=redis)


@pytest.fixture(scope="module")
def pair(environment: services.Environment) -> Iterator[Pair]:
    folder = Path(environment["PARLEY_DATA"])
    with (
        services.upstream(folder) as url,
        services.parley(environment, folder, name="a") as a,
        services.parley(environment, folder, name="b") as b,
    ):
        token = services.prepare(a, provider_url=url)
        a.start()
        b.start()
        yield Pair(Client(a.port, token), Client(b.port, token), a, b)


@pytest.fixture(autouse=True)
def both_are_up(pair: Pair) -> None:
    if pair.server_a.process is None:
        pair.server_a.start()


async def test_what_is_sent_in_one_is_watched_in_the_other(pair: Pair) -> None:
    session = await new_session(pair.a, "n60-r100")
    screens = [Screen(session, by_socket=False), Screen(session, by_socket=True)]
    async with AsyncExitStack() as stack:
        watching = [asyncio.create_task(screen.watch(pair.b)) for screen in screens]
        stack.callback(lambda: [task.cancel() for task in watching])
        await asyncio.sleep(0.3)
        begun = time.monotonic()
        reply = (await send(pair.a, session))["assistant_message"]["id"]
        await all_show(screens, reply, "t0 ")
        assert time.monotonic() - begun < 2
        await all_done(screens, reply)
    messages, cursor = await messages_of(pair.b, session)
    for screen in screens:
        assert screen.mirror.number == cursor
        assert screen.mirror.shown() == [screen_of(message) for message in messages]
    assert messages[-1]["content"] == "".join(f"t{number} " for number in range(60))


@pytest.mark.parametrize("way", ["post", "socket"])
async def test_a_stop_in_one_reaches_the_reply_in_the_other(way: str, pair: Pair) -> None:
    session = await new_session(pair.a, "n2000-r100")
    screen = Screen(session, by_socket=True)
    watching = asyncio.create_task(screen.watch(pair.b))
    reply = (await send(pair.a, session))["assistant_message"]["id"]
    await all_show([screen], reply, "t0 t1 ")
    begun = time.monotonic()
    if way == "post":
        assert (await pair.b.post(f"/api/chat/sessions/{session}/stop")).status == 204
    else:
        socket = await pair.b.socket(session)
        socket.send({"type": "stop"})
        await asyncio.sleep(0.05)
        socket.close()
    await all_done([screen], reply)
    assert time.monotonic() - begun < 1.5
    [_, message] = (await messages_of(pair.a, session))[0]
    assert message["status"] == "stopped"
    assert message["content"] == screen.mirror.messages[reply]["content"]
    watching.cancel()


async def test_a_client_that_changes_process_resumes_where_it_was(pair: Pair) -> None:
    session = await new_session(pair.a, "n200-r100")
    screen = Screen(session, by_socket=False)
    reply = (await send(pair.a, session))["assistant_message"]["id"]
    while reply not in screen.mirror.done:
        for client in (pair.a, pair.b):
            if reply not in screen.mirror.done:
                await screen.watch_until(client, screen.mirror.number + 1)
    messages, _ = await messages_of(pair.a, session)
    assert screen.mirror.shown() == [screen_of(message) for message in messages]


async def test_a_server_that_is_killed_is_taken_over_from_by_the_other(pair: Pair) -> None:
    session = await new_session(pair.a, "n2000-r100")
    screen = Screen(session, by_socket=True)
    watching = asyncio.create_task(screen.watch(pair.b))
    reply = (await send(pair.a, session))["assistant_message"]["id"]
    await all_show([screen], reply, "t0 t1 ")
    await asyncio.to_thread(pair.server_a.kill)
    await all_done([screen], reply, TAKEN_OVER_SECONDS)
    [_, message] = (await messages_of(pair.b, session))[0]
    assert message["status"] == "interrupted"
    assert message["content"] == screen.mirror.messages[reply]["content"]
    watching.cancel()


async def test_a_worker_that_is_killed_leaves_nothing_streaming(
    pair: Pair, environment: services.Environment
) -> None:
    folder = Path(environment["PARLEY_DATA"])
    with services.parley(environment, folder, name="worker", afresh=True) as worker:
        await asyncio.to_thread(worker.start_worker)
        with pair.server_b.paused():  # it takes over later; now it must not take any
            # Asked for where nobody can make them: by management code, beside the servers.
            sessions = (await asyncio.to_thread(worker.run, nursery.code, ASK_OUTSIDE)).split()
            await until(lambda: statuses_are(pair.a, sessions, {"streaming"}), 10)
        begun = time.monotonic()
        for process in (worker, pair.server_a):
            await asyncio.to_thread(process.kill)
    await until(lambda: statuses_are(pair.b, sessions, {"interrupted"}), TAKEN_OVER_SECONDS)
    assert time.monotonic() - begun < TAKEN_OVER_SECONDS


async def test_a_provider_that_failed_in_one_is_left_alone_by_the_other(
    pair: Pair, environment: services.Environment
) -> None:
    folder = Path(environment["PARLEY_DATA"])
    dead = f"http://127.0.0.1:{services.free_port()}/v1"
    with services.parley(environment, folder, name="beside") as beside:
        arguments = ("dead", "--kind", "openai", "--base-url", dead, "--model", "m")
        await asyncio.to_thread(beside.manage, "add_provider", *arguments)
    more = {"provider": "dead", "fallbacks": [{"provider": "fake", "model": "n3-r0"}]}
    tried = []
    for client in (pair.a, pair.a, pair.a, pair.b):
        session = await new_session(client, "m", **more)
        await send(client, session)
        await until(partial(statuses_are, client, [session], {"complete"}), 20)
        tried += (await messages_of(client, session))[0][-1]["tried"]
    titles = [one["title"] for one in tried]
    assert titles == ["dead cannot be reached"] * 3 + ["dead was not asked"]


async def new_session(client: Client, model: str, **more: Any) -> str:
    session: str = (await client.post("/api/chat/sessions", {"model": model, **more})).json()["id"]
    return session


async def send(client: Client, session: str) -> dict[str, Any]:
    answer = await client.post(f"/api/chat/sessions/{session}/messages", {"content": "Hello there"})
    assert answer.status == 202, answer.body
    sent: dict[str, Any] = answer.json()
    return sent


async def statuses_are(client: Client, sessions: list[str], wanted: set[str]) -> bool:
    return {(await messages_of(client, session))[0][-1]["status"] for session in sessions} == wanted


async def until(condition: Callable[[], bool | Awaitable[bool]], seconds: float) -> None:
    """Look again and again: what other processes do sets no event here."""
    deadline = time.monotonic() + seconds
    for _ in count():
        found = condition()
        if found if isinstance(found, bool) else await found:
            return
        assert time.monotonic() < deadline
        await asyncio.sleep(0.02)


async def all_show(screens: list[Screen], reply: str, text: str) -> None:
    await until(lambda: all(screen.shown().get(reply, "").startswith(text) for screen in screens), 10)


async def all_done(screens: list[Screen], reply: str, seconds: float = 10) -> None:
    await until(lambda: all(reply in screen.mirror.done for screen in screens), seconds)
