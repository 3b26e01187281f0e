"""The process of a server that speaks by its standard input and output: started, read line by line, ended."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Self, cast

from chat.phrases import Phrase
from chat.tools.cleaning import plain
from chat.tools.contract import ServerConfig, ToolError

KEEPER = Path(__file__).with_name("keeper.py")
# Nothing else of ours: keys and passwords stand in the environment.
INHERITED = ("PATH", "HOME", "LANG")
MAX_LINE = 4 << 20
MOST_WAITING = 64
LAST_WORDS = 16_384
# For a server to end by itself when nobody talks to it any more, and when it is told to.
GRACE = 1.0
LOOKS = 0.01


class Child(asyncio.SubprocessProtocol):
    def __init__(self) -> None:
        self.has_ended = asyncio.Event()
        self.is_flooding = False
        self._transport: asyncio.SubprocessTransport | None = None
        self._lifeline = -1
        self._part = bytearray()
        self._lines: deque[bytes] = deque()
        self._news = asyncio.Event()
        self._is_silent = False
        self._said = bytearray()
        self._writable = asyncio.Event()
        self._writable.set()

    @classmethod
    async def start(cls, config: ServerConfig) -> Self:
        """Raises ToolError when it cannot be started at all."""
        theirs, ours = os.pipe()
        try:
            _, child = await asyncio.get_running_loop().subprocess_exec(
                cls, sys.executable, "-I", "-S", str(KEEPER), str(theirs), config.command, *config.args,
                env=environment(config.env), cwd=Path.home() if Path.home().is_dir() else "/",
                pass_fds=(theirs,), start_new_session=True,
            )  # fmt: skip
        except (OSError, ValueError) as error:
            os.close(ours)
            raise ToolError(Phrase("Its program could not be started.")) from error
        finally:
            os.close(theirs)
        child._lifeline = ours
        return child

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd == 2:
            self._said += data
            del self._said[:-LAST_WORDS]
            return
        start = len(self._part)
        self._part += data
        if (end := self._part.rfind(b"\n", start)) >= 0:
            self._lines.extend(bytes(self._part[:end]).split(b"\n"))
            del self._part[: end + 1]
        if len(self._part) > MAX_LINE:
            self.is_flooding = True
            self.kill()
        if len(self._lines) > MOST_WAITING:
            self._reading().pause_reading()
        self._news.set()

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 1:
            self._is_silent = True
            self._news.set()
        if fd == 0:
            self._writable.set()

    def process_exited(self) -> None:
        """What it said last may still be on its way; what it left behind may hold the pipe open for ever."""
        self.has_ended.set()
        self._writable.set()
        asyncio.get_running_loop().call_later(GRACE, self.pipe_connection_lost, 1, None)

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    @property
    def last_words(self) -> str:
        """The end of what it said on standard error."""
        return plain(self._said.decode(errors="replace")).strip()

    async def lines(self) -> AsyncIterator[bytes]:
        """What it says, until it says no more."""
        while True:
            while self._lines:
                yield self._lines.popleft()
            if self._is_silent:
                return
            self._reading().resume_reading()
            self._news.clear()
            await self._news.wait()

    async def write(self, data: bytes) -> None:
        """Waits while it does not listen."""
        await self._writable.wait()
        if not self.has_ended.is_set():
            self._pipe(0).write(data)  # type: ignore[attr-defined]

    async def stop(self) -> None:
        """First by silence, as the protocol has it, then by word, then by force. It is gone after this."""
        try:
            self._pipe(0).close()
            for number in (None, signal.SIGTERM, signal.SIGKILL):
                if number is not None:
                    self._tell(number)
                if await self._ended_within(GRACE):
                    break
        finally:
            self.kill()
            if self._transport is not None:
                with suppress(ProcessLookupError, PermissionError):
                    self._transport.close()

    def kill(self) -> None:
        """The keeper kills its group when the lifeline ends."""
        self._tell(signal.SIGKILL)
        if self._lifeline >= 0:
            os.close(self._lifeline)
            self._lifeline = -1

    async def _ended_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.has_ended.wait(), seconds)
        return self.has_ended.is_set()

    def _tell(self, number: signal.Signals) -> None:
        if self._transport is not None and not self.has_ended.is_set():
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._transport.get_pid(), number)

    def _pipe(self, fd: int) -> asyncio.BaseTransport:
        assert self._transport is not None
        pipe = self._transport.get_pipe_transport(fd)
        assert pipe is not None
        return pipe

    def _reading(self) -> asyncio.ReadTransport:
        return cast(asyncio.ReadTransport, self._pipe(1))


def environment(configured: Mapping[str, str]) -> dict[str, str]:
    """What the server's program finds in its environment."""
    inherited = {name: os.environ[name] for name in INHERITED if name in os.environ}
    return {"PATH": os.defpath, **inherited, **configured}
