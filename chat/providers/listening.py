"""Listening to one reply: until it ends, fails, or is silent for too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from typing import Protocol

from chat.providers.contract import Delta
from chat.providers.failures import Failures

DRAIN = 0.05
# A server may send keep-alive comments while it reads a long prompt, but not for ever.
PATIENCE = 5


class Reading(Protocol):
    """Bytes in, deltas out; see reading."""

    is_done: bool

    @property
    def is_whole(self) -> bool: ...

    def feed(self, chunk: bytes) -> Iterator[Delta]: ...

    def close(self) -> Iterator[Delta]: ...


async def listen(
    chunks: AsyncIterator[bytes],
    reply: Reading,
    failures: Failures,
    *,
    broken: type[Exception],
    late: type[Exception],
) -> AsyncGenerator[Delta, None]:
    """`broken` is what the network's library raises, `late` the kind of it that means silence."""
    heard = time.monotonic()
    try:
        async for chunk in chunks:
            is_silent = True
            for delta in reply.feed(chunk):
                is_silent = False
                yield delta
            if reply.is_done:
                await drain(chunks, broken)
                break
            if not is_silent:
                heard = time.monotonic()
            elif time.monotonic() - heard > PATIENCE * failures.timeout:
                raise failures.silent()
    except broken as error:
        if not reply.is_whole:
            raise (failures.silent() if isinstance(error, late) else failures.cut_off()) from error
    for delta in reply.close():
        yield delta


async def drain(chunks: AsyncIterator[bytes], broken: type[Exception]) -> None:
    """The few bytes behind the end of a stream; without them the connection could not be used again."""
    try:
        async with asyncio.timeout(DRAIN):
            async for _ in chunks:
                pass
    except (TimeoutError, broken):
        pass
