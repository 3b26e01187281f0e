"""Plain asyncio sockets under httpx. Its own (anyio's) pause the transport and set a timer around every read,
which costs more than all the rest of a token that comes alone. The interface is httpcore's.
"""

# ruff: noqa: ASYNC109  # httpcore hands timeouts in as parameters
from __future__ import annotations

import asyncio
import select
import ssl
from collections.abc import Iterable
from typing import Any

import httpcore

from chat.providers.outside import outside_addresses

# A token costs less when it is read together with others. So many replies at once may each be read as
# often as they like; beyond that, each rests between two reads, the longer the more there are.
UNHURRIED = 16
REST_PER_READER = 0.0004
LONGEST_REST = 0.04
# More than a reader will leave lying; then the sender has to wait.
HIGH_WATER = 256 * 1024


class Socket(asyncio.Protocol):
    """What has come and was not read yet, and who waits for it. One reader, as HTTP/1.1 has."""

    _readers = 0  # of all sockets together

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None
        self._held = bytearray()
        self._is_over = False
        self._error: Exception | None = None
        self._reader: asyncio.Future[None] | None = None
        self._deadline = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._rested_at = 0.0
        self._is_resting = False
        self._is_asked = False
        self._writable = asyncio.Event()
        self._writable.set()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._held += data
        if len(self._held) > HIGH_WATER and self.transport is not None:
            self.transport.pause_reading()
        self._wake(self._rested_at)

    def eof_received(self) -> bool:
        self._is_over = True
        self._wake()
        return False

    def connection_lost(self, error: Exception | None) -> None:
        self._is_over, self._error = True, error
        self._writable.set()
        if self._timer is not None:
            self._timer.cancel()
        self._wake()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    @property
    def is_readable(self) -> bool:
        """Of an idle connection it means that it cannot be used again. The kernel is asked too: the loop may
        not have been told yet that the other side hung up.
        """
        if self._is_over or self._held or self.transport is None or self.transport.is_closing():
            return True
        poll = select.poll()
        poll.register(self.transport.get_extra_info("socket").fileno(), select.POLLIN)
        return bool(poll.poll(0))

    async def read(self, timeout: float | None) -> bytes:
        while not self._held and not self._is_over:
            await self._wait(timeout)
        if not self._held:
            if self._error is not None:
                raise httpcore.ReadError(str(self._error)) from self._error
            return b""
        data = bytes(self._held)
        self._held.clear()
        self._rest()
        if len(data) > HIGH_WATER and self.transport is not None:
            self.transport.resume_reading()
        return data

    async def write(self, data: bytes, timeout: float | None) -> None:
        if self.transport is None or self._is_over:
            raise httpcore.WriteError("the connection is closed")
        self.transport.write(data)
        self._is_asked = True
        if not self._writable.is_set():
            try:
                await asyncio.wait_for(self._writable.wait(), timeout)
            except TimeoutError as error:
                raise httpcore.WriteTimeout from error

    async def start_tls(self, context: ssl.SSLContext, host: str | None) -> None:
        """Raises ssl.SSLError, also for one who hangs up at the handshake: he does not speak TLS."""
        loop = asyncio.get_running_loop()
        assert self.transport is not None
        try:
            self.transport = await loop.start_tls(self.transport, self, context, server_hostname=host)
        except ConnectionError as error:
            raise ssl.SSLError("hung up at the handshake") from error

    async def _wait(self, timeout: float | None) -> None:
        loop = asyncio.get_running_loop()
        if timeout is None:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
        else:
            self._deadline = loop.time() + timeout
            if self._timer is None or self._timer.when() > self._deadline:
                self._arm()
        self._reader = loop.create_future()
        Socket._readers += 1
        try:
            await self._reader
        finally:
            Socket._readers -= 1
            self._reader = None

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_at(self._deadline, self._check)

    def _check(self) -> None:
        """One timer for a connection, set again when it finds that something has come since."""
        self._timer = None
        if self._reader is None or self._reader.done() or self._is_resting:
            return
        if asyncio.get_running_loop().time() < self._deadline:
            self._arm()
        else:
            self._reader.set_exception(httpcore.ReadTimeout())

    def _rest(self) -> None:
        """Begin the pause until the next read, if there are many readers, but not before a first token."""
        is_answer, self._is_asked = self._is_asked, False
        if Socket._readers > UNHURRIED and not is_answer:
            rest = min(LONGEST_REST, REST_PER_READER * Socket._readers)
            self._rested_at = asyncio.get_running_loop().time() + rest

    def _wake(self, at: float = 0.0) -> None:
        """Let the reader go on, now or at that time."""
        if self._reader is None or self._reader.done() or self._is_resting:
            return
        loop = asyncio.get_running_loop()
        if at > loop.time():
            self._is_resting = True
            loop.call_at(at, self._end_rest)
        else:
            self._reader.set_result(None)

    def _end_rest(self) -> None:
        self._is_resting = False
        self._wake()


class Stream(httpcore.AsyncNetworkStream):
    def __init__(self, socket: Socket) -> None:
        self._socket = socket

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return await self._socket.read(timeout)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        if buffer:
            await self._socket.write(buffer, timeout)

    async def aclose(self) -> None:
        """At once: a farewell over TLS would wait for the other side."""
        if self._socket.transport is not None:
            self._socket.transport.abort()
        await asyncio.sleep(0)

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        try:
            async with asyncio.timeout(timeout):
                await self._socket.start_tls(ssl_context, server_hostname)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except ssl.SSLError as error:
            raise httpcore.ConnectError(str(error)) from error
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return self._socket.is_readable
        return self._socket.transport.get_extra_info(info) if self._socket.transport else None


class Sockets(httpcore.AsyncNetworkBackend):
    """Those that stay outside refuse hosts of this machine's own network, whatever their names say."""

    def __init__(self, *, stays_outside: bool = False) -> None:
        self._stays_outside = stays_outside

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """asyncio sets TCP_NODELAY by itself."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(timeout):
                if self._stays_outside:
                    host = (await outside_addresses(host, port))[0]
                _, socket = await loop.create_connection(Socket, host, port, happy_eyeballs_delay=0.25)
        except TimeoutError as error:
            raise httpcore.ConnectTimeout from error
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        return Stream(socket)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
