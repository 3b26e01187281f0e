"""Reading from many servers at once: tokens that come close together are taken together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chat.providers.sockets import UNHURRIED, Socket


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


async def with_head_read() -> Socket:
    """A socket whose reader has just had what came first."""
    socket = Socket()
    reader = await reader_of(socket)
    socket.data_received(b"head")
    assert await asyncio.wait_for(reader, 0.01) == b"head"
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


async def test_among_few_every_token_is_read_as_it_comes() -> None:
    async with waiting_readers(UNHURRIED // 2):
        socket = await with_head_read()
        for token in (b"a", b"b"):
            reader = await reader_of(socket)
            socket.data_received(token)
            assert await asyncio.wait_for(reader, 0.01) == token
        socket.connection_lost(None)
