"""Servers of tools over HTTP: with a token, within bounds, never by a redirect, and inside only for staff.

Proves F8.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from chat.tools import connection as sdk
from chat.tools.contract import ServerConfig, ToolError
from chat.tools.pool import SessionPool
from tests.chat.tools.waiting import until
from tests.chat.tools.web import TOKEN, noted, serving


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with serving() as url:
        yield url


@pytest.fixture
def config(address: str) -> ServerConfig:
    return ServerConfig("2", "Web", "http", url=f"{address}/mcp", is_guarded=False)


async def problem(pool: SessionPool, config: ServerConfig) -> str:
    look = await pool.look(config)
    assert look.tools == ()
    return look.problem


async def test_its_tools_are_listed_and_called(pool: SessionPool, config: ServerConfig) -> None:
    look = await pool.look(config)
    assert (look.server, [tool.name for tool in look.tools]) == ("Web tester 3", ["shout", "wait"])
    assert (await pool.call(config, "shout", {"text": "hey"}, seconds=5)).text == "HEY"


async def test_an_older_server_with_events_works_too(pool: SessionPool, address: str) -> None:
    config = ServerConfig("3", "Old", "sse", url=f"{address}/events", is_guarded=False)
    assert [tool.name for tool in (await pool.look(config)).tools] == ["shout", "wait"]
    assert (await pool.call(config, "shout", {"text": "hey"}, seconds=5)).text == "HEY"


async def test_a_call_that_is_cancelled_is_cancelled_there(pool: SessionPool, config: ServerConfig) -> None:
    noted.clear()
    call = asyncio.create_task(pool.call(config, "wait", {"seconds": 30}, seconds=30))
    await until(lambda: "waiting" in noted)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    await until(lambda: "cancelled" in noted)


async def test_a_token_opens_what_is_locked(pool: SessionPool, address: str, config: ServerConfig) -> None:
    locked = replace(config, url=f"{address}/locked")
    assert "wants a token" in await problem(pool, locked)
    opened = replace(locked, headers={"Authorization": TOKEN})
    assert len((await pool.look(opened)).tools) == 2
    assert "s3cret" not in repr(opened)


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/moved", "sends us on to another address (307)"),
        ("/big", "sent more than is taken"),
        ("/packed", "packs its answers"),
        ("/page", "Unexpected content type"),
        ("/404", "nothing at this address"),
        ("/500", "answers with an error (500)"),
    ],
)
async def test_what_is_wrong_is_told_in_words(
    pool: SessionPool, address: str, config: ServerConfig, path: str, words: str
) -> None:
    assert words in await problem(pool, replace(config, url=f"{address}{path}"))


async def test_one_that_is_silent_is_waited_for_only_so_long(
    pool: SessionPool, address: str, config: ServerConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sdk.OPENING, "http", 0.5)
    began = time.monotonic()
    assert "in time" in await problem(pool, replace(config, url=f"{address}/silent"))
    assert time.monotonic() - began < 5


async def test_nobody_there_is_told_in_words(pool: SessionPool, config: ServerConfig) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/mcp"
        assert "No server is at this address" in await problem(pool, replace(config, url=url))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::ffff:127.0.0.1]"])
async def test_who_is_no_staff_reaches_nothing_inside(
    pool: SessionPool, address: str, config: ServerConfig, host: str
) -> None:
    url = f"http://{host}:{address.rpartition(':')[2]}/mcp"
    guarded = replace(config, url=url, is_guarded=True)
    assert await problem(pool, guarded) == "Its address is not a public one. Only administrators may use it."
    with pytest.raises(ToolError):
        await pool.call(guarded, "shout", {"text": "hey"}, seconds=5)
