"""The live sessions with servers of tools: opened when needed, closed when idle, rested when they fail."""

from __future__ import annotations

import asyncio
import time
import weakref
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any

import structlog

from chat.phrases import Phrase
from chat.tools.contract import Listed, OnProgress, Result, ServerConfig, ToolError

if TYPE_CHECKING:
    from chat.tools.connection import Connection

IDLE = 600.0
# After so long without a word a session is asked whether it is still there.
UNSURE = 60.0
# Between one failure and the next attempt.
RESTS = (0.0, 5.0, 20.0, 60.0, 300.0)
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """What came of connecting to a server: its tools, or why there are none."""

    config: ServerConfig
    tools: tuple[Listed, ...] = ()
    server: str = ""
    protocol: str = ""
    problem: str = ""
    last_words: str = ""


@dataclass(slots=True)
class Slot:
    """A server in one event loop."""

    connection: Connection | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    failures: int = 0
    rests_until: float = 0.0
    used_at: float = 0.0
    busy: int = 0
    closer: asyncio.Task[None] | None = None


class SessionPool:
    """One session for each server and event loop. `keep` is told what came of each look at a server."""

    def __init__(self, keep: Callable[[Look], Awaitable[None]]) -> None:
        self._keep = keep
        self._loops: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, dict[str, Slot]] = (
            weakref.WeakKeyDictionary()
        )
        self._refreshing: set[asyncio.Task[None]] = set()

    async def look(self, config: ServerConfig) -> Look:
        """Connect anew, whatever was before, and list the tools; a failure is part of the answer."""
        slot = self._slot(config.key)
        async with slot.lock:
            await self._close(slot)
            try:
                connection = await self._open(slot, config)
            except ToolError as error:
                return Look(config, problem=error.words)
            return look_of(connection)

    async def call(
        self,
        config: ServerConfig,
        tool: str,
        arguments: dict[str, Any],
        *,
        seconds: float,
        on_progress: OnProgress | None = None,
    ) -> Result:
        """Raises ToolError when no result came."""
        slot = self._slot(config.key)
        slot.busy += 1
        try:
            connection = await self._connection(slot, config)
            async with asyncio.timeout(seconds):
                return await connection.call(tool, arguments, on_progress)
        except TimeoutError:
            raise ToolError(
                Phrase("It did not answer within %(seconds)s seconds.", seconds=seconds)
            ) from None
        finally:
            slot.busy -= 1
            slot.used_at = time.monotonic()

    def is_connected(self, key: str) -> bool:
        """In this loop, or, where none runs, in any of this process."""
        slots = [loop.get(key) for loop in list(self._loops.values())]
        return any(slot and slot.connection and slot.connection.is_open for slot in slots)

    async def forget(self, key: str) -> None:
        """The server is gone or switched off: so is the session."""
        slot = self._slots().pop(key, None)
        if slot is not None:
            async with slot.lock:
                await self._close(slot)

    async def aclose(self) -> None:
        """Those of the running loop."""
        slots = self._loops.pop(asyncio.get_running_loop(), {})
        await asyncio.gather(*(self._close(slot) for slot in slots.values()), return_exceptions=True)

    async def _connection(self, slot: Slot, config: ServerConfig) -> Connection:
        async with slot.lock:
            now = time.monotonic()
            if slot.connection is not None and slot.connection.config == config:
                is_sure = slot.busy > 1 or now - slot.used_at < UNSURE
                if slot.connection.is_open and (is_sure or await slot.connection.is_alive()):
                    return slot.connection
            elif slot.connection is not None:  # it was set up anew, so earlier failures are no sign
                slot.failures, slot.rests_until = 0, 0.0
            await self._close(slot)
            if slot.rests_until > now:
                left = max(1, round(slot.rests_until - now))
                raise ToolError(Phrase("It failed, and is asked again in %(seconds)s seconds.", seconds=left))
            return await self._open(slot, config)

    async def _open(self, slot: Slot, config: ServerConfig) -> Connection:
        connection = await new_connection(config, self._refresh)
        try:
            await connection.open()
        except ToolError as error:
            slot.rests_until = time.monotonic() + RESTS[min(slot.failures, len(RESTS) - 1)]
            slot.failures += 1
            words = connection.last_words
            await self._keep(Look(config, problem=error.words, last_words=words))
            raise
        slot.connection, slot.failures, slot.rests_until = connection, 0, 0.0
        slot.used_at = time.monotonic()
        slot.closer = asyncio.create_task(self._close_when_idle(slot, connection))
        await self._keep(look_of(connection))
        return connection

    async def _close(self, slot: Slot) -> None:
        connection, slot.connection = slot.connection, None
        closer, slot.closer = slot.closer, None
        if closer is not None and closer is not asyncio.current_task():
            closer.cancel()
        if connection is not None:
            await connection.close()

    async def _close_when_idle(self, slot: Slot, connection: Connection) -> None:
        while connection.is_open:
            left = slot.used_at + IDLE - time.monotonic()
            if slot.busy or left > 0:
                await asyncio.sleep(max(left, 1.0))
                continue
            async with slot.lock:
                if slot.connection is connection and not slot.busy:
                    await self._close(slot)
                    return

    def _refresh(self, connection: Connection) -> None:
        """The server says that its tools have changed; while that is looked at, it may say so as it likes."""
        if not any(task.get_name() == connection.config.key for task in self._refreshing):
            task = asyncio.create_task(self._look_again(connection), name=connection.config.key)
            self._refreshing.add(task)
            task.add_done_callback(self._refreshing.discard)

    async def _look_again(self, connection: Connection) -> None:
        await asyncio.sleep(0.2)  # a server that changes much says so each time
        with suppress(ToolError):
            await connection.refresh()
            await self._keep(look_of(connection))

    def _slot(self, key: str) -> Slot:
        return self._slots().setdefault(key, Slot())

    def _slots(self) -> dict[str, Slot]:
        return self._loops.setdefault(asyncio.get_running_loop(), {})


def look_of(connection: Connection) -> Look:
    return Look(
        connection.config,
        connection.tools,
        connection.server,
        connection.protocol,
        last_words=connection.last_words,
    )


async def new_connection(config: ServerConfig, on_changed: Callable[[Connection], None]) -> Connection:
    """The SDK takes half a second and 35 MB, so it is imported by who needs it, and not on the loop."""
    module = await asyncio.to_thread(import_module, "chat.tools.connection")
    made: Connection = module.Connection(config, on_changed)
    return made
