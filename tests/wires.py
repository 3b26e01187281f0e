"""A light HTTP, event-stream and WebSocket client on bare asyncio streams, for load and for torture.

It shows each event the moment it arrives and costs little, so that what is measured is the server.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import struct
import time
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

LIMIT = 1 << 24
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


class Cut(Exception):
    """The server went away, or the socket was closed."""


@dataclass(slots=True)
class Heard:
    """One event, and when (time.monotonic()) it came."""

    id: int | None
    event: str
    data: dict[str, Any]
    at: float = field(default_factory=time.monotonic)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        return json.loads(self.body)


class Client:
    """Speaks for one person to one server. Each request has a connection of its own."""

    def __init__(self, port: int, token: str = "", *, cookie: str = "") -> None:
        self.port = port
        self.headers = {"Host": f"127.0.0.1:{port}"}
        if token:
            self.headers["Authorization"] = f"Bearer {token}"
        if cookie:
            self.headers |= {"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"}

    async def get(self, path: str) -> Answer:
        return await self.request("GET", path)

    async def post(self, path: str, body: Any = None, headers: Mapping[str, str] | None = None) -> Answer:
        return await self.request("POST", path, body, headers)

    async def request(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Raises Cut when the server goes away before the whole answer has come."""
        async with Connection(self.port) as connection:
            connection.send_request(method, path, {**self.headers, **(headers or {})}, body)
            return await connection.answer()

    async def events(self, session_id: str, after: int | None = None) -> AsyncIterator[Heard]:
        """The session's event stream; ends with Cut or when the server ends it."""
        headers = {**self.headers, "Accept": "text/event-stream"}
        if after is not None:
            headers["Last-Event-ID"] = str(after)
        async with Connection(self.port) as connection:
            connection.send_request("GET", f"/api/chat/sessions/{session_id}/stream", headers)
            async for heard in connection.event_stream():
                yield heard

    async def send_and_stream(self, session_id: str, content: str) -> AsyncIterator[Heard]:
        """Send a message; the reply's events."""
        headers = {**self.headers, "Accept": "text/event-stream"}
        async with Connection(self.port) as connection:
            path = f"/api/chat/sessions/{session_id}/messages"
            connection.send_request("POST", path, headers, {"content": content})
            async for heard in connection.event_stream():
                yield heard

    async def socket(self, session_id: str, query: str = "format=json") -> Socket:
        """An open WebSocket."""
        socket = Socket(self.port)
        await socket.open(f"/ws/chat/sessions/{session_id}/?{query}", self.headers)
        return socket


class Connection:
    def __init__(self, port: int) -> None:
        self.port = port

    async def __aenter__(self) -> Self:
        try:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port, limit=LIMIT)
        except OSError as error:
            raise Cut(str(error)) from error
        return self

    async def __aexit__(self, *_: object) -> None:
        self.writer.close()

    def send_request(self, method: str, path: str, headers: Mapping[str, str], body: Any = None) -> None:
        raw = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items())]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(raw)}"]
        elif method != "GET":
            lines.append("Content-Length: 0")
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + raw)

    async def head(self) -> tuple[int, dict[str, str]]:
        head = (await self._until(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.strip().split("\r\n")
        pairs = (line.split(":", 1) for line in lines)
        return int(first.split(" ")[1]), {name.lower(): value.strip() for name, value in pairs}

    async def answer(self) -> Answer:
        status, headers = await self.head()
        has_body = status not in (204, 304)  # RFC 9112, section 6.3
        body = b"".join([part async for part in self._body(headers)]) if has_body else b""
        return Answer(status, headers, body)

    async def parts(self) -> AsyncIterator[bytes]:
        """The chunks of a chunked body."""
        async for part in self._body({}):
            yield part

    async def event_stream(self) -> AsyncIterator[Heard]:
        status, headers = await self.head()
        if status != 200:
            raise AssertionError(f"{status}: {b''.join([part async for part in self._body(headers)])!r}")
        rest = b""
        async for part in self._body(headers):
            at = time.monotonic()
            *blocks, rest = (rest + part).split(b"\n\n")
            for block in blocks:
                if heard := _parsed(block, at):
                    yield heard

    async def _body(self, headers: Mapping[str, str]) -> AsyncIterator[bytes]:
        if "content-length" in headers:
            yield await self._exactly(int(headers["content-length"]))
            return
        while size := int(await self._until(b"\r\n"), 16):
            yield (await self._exactly(size + 2))[:-2]
        await self._until(b"\r\n")

    async def _until(self, mark: bytes) -> bytes:
        try:
            return await self.reader.readuntil(mark)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Cut(str(error)) from error

    async def _exactly(self, size: int) -> bytes:
        try:
            return await self.reader.readexactly(size)
        except (OSError, asyncio.IncompleteReadError) as error:
            raise Cut(str(error)) from error


class Socket(Connection):
    """A WebSocket (RFC 6455) that answers pings; `received` counts the bytes of its text frames."""

    received = 0

    async def open(self, path: str, headers: Mapping[str, str]) -> None:
        await self.__aenter__()
        key = base64.b64encode(os.urandom(16)).decode()
        upgrade = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
        try:
            self.send_request("GET", path, {**headers, **upgrade, "Sec-WebSocket-Key": key})
            status, _ = await self.head()
            if status != 101:
                raise AssertionError(f"The handshake was answered with {status}")
        except BaseException:
            self.close()
            raise

    def send(self, message: Any) -> None:
        self._frame(TEXT, json.dumps(message).encode())

    async def texts(self) -> AsyncIterator[str]:
        """Each text frame; Cut when the socket is closed."""
        while True:
            opcode, payload = await self._next()
            match opcode:
                case 1:
                    self.received += len(payload)
                    yield payload.decode()
                case 9:
                    self._frame(PONG, payload)
                case 8:
                    code = struct.unpack("!H", payload[:2])[0] if len(payload) >= 2 else 1005
                    raise Cut(f"closed with {code}")

    async def events(self) -> AsyncIterator[Heard]:
        async for text in self.texts():
            frame = json.loads(text)
            yield Heard(frame["id"], frame["event"], frame["data"])

    def close(self) -> None:
        self.writer.close()

    async def _next(self) -> tuple[int, bytes]:
        first, second = await self._exactly(2)
        size = second & 0x7F
        if size == 126:
            size = struct.unpack("!H", await self._exactly(2))[0]
        elif size == 127:
            size = struct.unpack("!Q", await self._exactly(8))[0]
        if not first & 0x80:
            raise AssertionError("A frame in pieces, which this client does not know")
        return first & 0x0F, await self._exactly(size)

    def _frame(self, opcode: int, payload: bytes) -> None:
        mask = os.urandom(4)
        size = len(payload)
        length = bytes([0x80 | size]) if size < 126 else b"\xfe" + struct.pack("!H", size)
        masked = bytes(byte ^ mask[k % 4] for k, byte in enumerate(payload))
        self.writer.write(bytes([0x80 | opcode]) + length + mask + masked)


def _parsed(block: bytes, at: float) -> Heard | None:
    """The event of a block; None for a comment."""
    number, name, data = None, "message", []
    for line in block.decode().split("\n"):
        key, _, value = line.partition(":")
        match key:
            case "id":
                number = int(value)
            case "event":
                name = value.strip()
            case "data":
                data.append(value.removeprefix(" "))
    return Heard(number, name, json.loads("\n".join(data)), at) if data else None
