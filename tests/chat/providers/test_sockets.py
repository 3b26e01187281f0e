"""Reading from many servers at once: tokens that come close together are taken together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.providers.sockets import LONGEST_REST, UNHURRIED, Socket


class Line(asyncio.Transport):
    """A connection that carries nothing."""

    def write(self, data: object) -> None: ...


@asynccontextmanager
async def waiting_readers(count: int) -> AsyncIterator[None]:
    sockets = [Socket() for _ in range(count)]
    readers = [asyncio.create_task(socket.read(10)) for socket in sockets]
    await asyncio.sleep(0)
    yield
    for socket in sockets:
        socket.connection_lost(None)
    assert await asyncio.gather(*readers) == [b""] * count


async def reader_of(socket: Socket) -> asyncio.Task[bytes]:
    reader = asyncio.create_task(socket.read(10))
    await asyncio.sleep(0)
    return reader


async def at_once(reader: asyncio.Task[bytes]) -> bytes:
    for _ in range(2):
        await asyncio.sleep(0)
    assert reader.done()
    return reader.result()


async def with_head_read() -> Socket:
    """A socket that was asked, and whose reader has had the answer's head and its first token."""
    socket = Socket()
    socket.connection_made(Line())
    await socket.write(b"question", 1)
    reader = await reader_of(socket)
    socket.data_received(b"head")
    assert await at_once(reader) == b"head"
    reader = await reader_of(socket)
    socket.data_received(b"first token")
    assert await at_once(reader) == b"first token"
    return socket


async def test_among_many_what_comes_close_together_is_read_together() -> None:
    async with waiting_readers(3 * UNHURRIED):
        socket = await with_head_read()
        reader = await reader_of(socket)
        socket.data_received(b"a")
        await asyncio.sleep(0.002)
        socket.data_received(b"b")
        assert not reader.done()
        assert await reader == b"ab"
        socket.connection_lost(None)


async def test_among_many_an_end_is_heard_after_what_came_before_it() -> None:
    async with waiting_readers(3 * UNHURRIED):
        socket = await with_head_read()
        reader = await reader_of(socket)
        socket.data_received(b"last")
        socket.eof_received()
        assert await reader == b"last"
        assert await socket.read(10) == b""
        socket.connection_lost(None)


async def test_one_who_was_cancelled_at_rest_leaves_no_false_end() -> None:
    async with waiting_readers(3 * UNHURRIED):
        socket = await with_head_read()
        reader = await reader_of(socket)
        socket.data_received(b"a")
        await asyncio.sleep(0)
        reader.cancel()
        assert await socket.read(10) == b"a"
        reader = await reader_of(socket)
        await asyncio.sleep(2 * LONGEST_REST)
        assert not reader.done()
        socket.data_received(b"b")
        assert await reader == b"b"
        socket.connection_lost(None)


async def test_what_came_in_time_is_no_timeout() -> None:
    async with waiting_readers(3 * UNHURRIED):
        socket = await with_head_read()
        reader = asyncio.create_task(socket.read(0.005))
        await asyncio.sleep(0)
        socket.data_received(b"a")
        assert await reader == b"a"
        socket.connection_lost(None)


async def test_among_few_every_token_is_read_as_it_comes() -> None:
    async with waiting_readers(UNHURRIED // 2):
        socket = await with_head_read()
        for token in (b"a", b"b"):
            reader = await reader_of(socket)
            socket.data_received(token)
            assert await at_once(reader) == token
        socket.connection_lost(None)
