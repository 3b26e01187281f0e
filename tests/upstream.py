"""A fake OpenAI-compatible server that streams at an exact pace and can fail in every way that real ones do.

`python -m tests.upstream --port N`, or `async with Upstream() as up: up.url`. Models: see upstream_replies
and upstream_plan. `GET /stats` tells what was asked, how far each reply got, and when its client went away.
upstream_anthropic and upstream_google speak other wires over the same sockets.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import gzip
import json
import re
import socket
import ssl
import struct
import time
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from tests.upstream_openai import refused, steps
from tests.upstream_replies import Name, Step, last_said

BATCH = 64 * 1024
IN_PATH = re.compile(r"/models/([^:/?]+):")
STATUS = {401: "Incorrect API key provided", 403: "Not allowed", 404: "The model does not exist"}
STATUS |= {429: "Rate limit reached", 500: "Internal error", 503: "Overloaded"}


@dataclass(slots=True)
class Asked:
    """One request; times are time.monotonic(), which all processes of a machine share."""

    path: str
    headers: dict[str, str]
    body: dict[str, Any]
    at: float = field(default_factory=time.monotonic)
    first_token_at: float | None = None
    tokens: int = 0
    done_at: float | None = None
    gone_at: float | None = None

    @property
    def model(self) -> str:
        in_path = IN_PATH.search(self.path)
        return in_path.group(1) if in_path else str(self.body.get("model", ""))


class Gone(Exception):
    """The client went away."""


class Connection:
    """One client. A pump reads ahead all the time, so a client that leaves is noticed at once."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.source, self.writer = reader, writer
        self.inbox = asyncio.StreamReader(limit=1 << 24)
        self.gone = asyncio.Event()

    async def pump(self) -> None:
        with contextlib.suppress(OSError):
            while data := await self.source.read(BATCH):
                if data.startswith(b"\x16\x03"):
                    break  # a TLS handshake: a plain server hangs up
                self.inbox.feed_data(data)
        self.gone.set()
        self.inbox.feed_eof()

    async def next_request(self) -> Asked | None:
        try:
            head = (await self.inbox.readuntil(b"\r\n\r\n")).decode("latin-1")
        except asyncio.IncompleteReadError:
            return None
        first, *lines = head.strip().split("\r\n")
        headers = {k.strip().lower(): v.strip() for k, v in (line.split(":", 1) for line in lines)}
        raw = await self.inbox.readexactly(int(headers.get("content-length", 0)))
        return Asked(first.split(" ")[1], headers, json.loads(raw) if raw else {})

    async def answer(self, status: int, body: bytes, kind: str = "application/json", extra: str = "") -> None:
        head = f"HTTP/1.1 {status} X\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n{extra}\r\n"
        self.writer.write(head.encode() + body)
        await self.writer.drain()

    async def trickle(self, data: bytes) -> None:
        for k in range(len(data)):
            await self.send(bytearray(data[k : k + 1]))
            await asyncio.sleep(0.05)
        raise Gone

    async def stream(self, asked: Asked, steps: Iterable[Step]) -> None:
        self.writer.write(
            b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
        )
        pace, held = Name.parse(asked.model).rate, bytearray()
        begun = time.monotonic()
        for step in steps:
            if step.is_token:
                if pace:
                    await self.wait_until(begun + asked.tokens / pace, held)
                asked.first_token_at = asked.first_token_at or time.monotonic()
                asked.tokens += 1
            if step.data:
                held += b"%x\r\n%b\r\n" % (len(step.data), step.data)
            if step.act or len(held) > BATCH:
                await self.send(held)
                await self.act(step)
        held += b"0\r\n\r\n"
        await self.send(held)

    async def wait_until(self, due: float, held: bytearray) -> None:
        while (left := due - time.monotonic()) > 0:
            await self.send(held)
            await asyncio.sleep(left)

    async def send(self, held: bytearray) -> None:
        if self.gone.is_set():
            raise Gone
        self.writer.write(bytes(held))
        held.clear()
        await self.writer.drain()

    async def act(self, step: Step) -> None:
        match step.act:
            case "hang":
                await self.gone.wait()
                raise Gone
            case "flush" | "ping":
                await asyncio.sleep(0.002 if step.act == "flush" else 0.05)
            case "reset" | "close":
                # A reset also throws away what the other side has not read yet, so give it time to.
                await asyncio.sleep(0.05)
                if step.act == "reset":
                    sock: socket.socket = self.writer.get_extra_info("socket")
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                self.writer.transport.abort() if step.act == "reset" else self.writer.close()
                raise Gone
            case None:
                pass


class Upstream:
    """The server; `requests` and `open` are what tests look at. What is OpenAI's own can be overridden."""

    base = "/v1"

    def __init__(self, port: int = 0, tls: ssl.SSLContext | None = None) -> None:
        self.port = port
        self._tls = tls
        self.requests: deque[Asked] = deque(maxlen=2000)
        self.open = 0
        self.connections = 0
        self.wants_key = True
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def url(self) -> str:
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}{self.base}"

    @property
    def last(self) -> Asked:
        return self.requests[-1]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(
            self._accept, "127.0.0.1", self.port, backlog=1024, ssl=self._tls
        )
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *exc: object) -> None:
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(Connection(reader, writer)))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _serve(self, client: Connection) -> None:
        self.open, self.connections = self.open + 1, self.connections + 1
        pump = asyncio.create_task(client.pump())
        try:
            while asked := await client.next_request():
                await self._answer(client, asked)
        except (Gone, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.open -= 1
            pump.cancel()
            client.writer.close()

    async def _answer(self, client: Connection, asked: Asked) -> None:
        if asked.path == "/stats":
            return await client.answer(200, json.dumps(self.stats()).encode())
        self.requests.append(asked)
        try:
            await self._respond(client, asked)
            asked.done_at = time.monotonic()
        except (Gone, OSError):
            if client.gone.is_set():
                asked.gone_at = time.monotonic()
            raise

    async def _respond(self, client: Connection, asked: Asked) -> None:
        name = Name.parse(asked.model)
        if self.wants_key and self.is_wrong_key(asked):
            return await self._refuse(client, asked, 401)
        if self.is_listing(asked):
            return await client.answer(200, json.dumps(self.listing(asked)).encode())
        match name.mode:
            case "e":
                return await self._refuse(client, asked, name.count)
            case "shout":
                return await self._refuse(client, asked, 400, self.said(asked))
            case "toolong":
                return await self._refuse(client, asked, 400, self.too_long)
            case "unpaid":
                return await self._refuse(client, asked, *self.unpaid)
            case "nousage" if "stream_options" in asked.body:
                return await self._refuse(client, asked, 400, "Unrecognized argument: stream_options")
            case "html":
                return await client.answer(200, b"<!doctype html><h1>Log in</h1>", "text/html")
            case "redirect":
                return await client.answer(307, b"", extra=f"Location: {self.elsewhere}\r\n")
            case "gzip":
                bomb = gzip.compress(b"data: {}\n\n" * 100_000)
                extra = "Content-Encoding: gzip\r\n"
                return await client.answer(200, bomb, "text/event-stream", extra)
            case "late":
                await client.trickle(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"x" * 10_000)
            case "hang" if not name.count:
                await client.gone.wait()
                raise Gone
            case "think":
                await asyncio.sleep(1 / name.rate)
        if wrong := self.refused(asked):
            return await self._refuse(client, asked, 400, wrong)
        await client.stream(asked, self.steps(asked))

    async def _refuse(self, client: Connection, asked: Asked, status: int, message: str = "") -> None:
        status, body, extra = self.problem(status, message or STATUS.get(status, "Error"))
        await client.answer(status, json.dumps(body).encode(), extra=extra)

    # What differs from wire to wire.
    too_long = "maximum context length is 4096 tokens"
    unpaid = (429, "You exceeded your current quota, please check your plan and billing details.")
    retry_after = 7
    elsewhere = "http://127.0.0.1:9/"

    def is_wrong_key(self, asked: Asked) -> bool:
        return asked.headers.get("authorization") == "Bearer wrong"

    def is_listing(self, asked: Asked) -> bool:
        return asked.path == "/v1/models"

    def listing(self, asked: Asked) -> object:
        names = ("n200-r50", "md16000-r0", "echo")
        listed = [{"id": m, "object": "model", "context_length": 4096} for m in names]
        return {"object": "list", "data": listed}

    def said(self, asked: Asked) -> str:
        return last_said(asked.body.get("messages", []))

    def refused(self, asked: Asked) -> str:
        """Why a real server would not take the request."""
        return refused(asked.body)

    def steps(self, asked: Asked) -> Iterator[Step]:
        return steps(asked.body)

    def problem(self, status: int, message: str) -> tuple[int, object, str]:
        """The status and the body of an error, and more headers."""
        code = "insufficient_quota" if message == self.unpaid[1] else None
        extra = f"Retry-After: {self.retry_after}\r\n" if status == 429 and not code else ""
        return status, {"error": {"message": message, "code": code}}, extra

    def stats(self) -> dict[str, Any]:
        asked = [asdict(a) | {"model": a.model, "body": None} for a in self.requests]
        return {"open": self.open, "connections": self.connections, "requests": asked}


async def serve(kind: type[Upstream], description: str | None) -> None:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--port", type=int, default=0)
    async with kind(parser.parse_args().port) as up:
        print("READY", up.url, flush=True)
        await asyncio.Event().wait()


def main(kind: type[Upstream], description: str | None) -> None:
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(kind, description))


if __name__ == "__main__":
    main(Upstream, __doc__)
