"""A large upload goes to the disk: others are answered meanwhile, and what is too much is dropped."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from tests import services
from tests.torture.watching import most_anonymous_mb
from tests.wires import Client

PIECE = bytes(range(256)) * 1024
EDGE = "edge-of-the-form"
HEAD = (
    f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="export.zip"\r\n'
    "Content-Type: application/zip\r\n\r\n"
).encode()
TAIL = f"\r\n--{EDGE}--\r\n".encode()
MB = 1024 * 1024


@pytest.fixture
async def server(alone: services.Environment, tmp_path: Path) -> AsyncIterator[services.Parley]:
    with services.parley(alone, tmp_path) as server:
        await asyncio.to_thread(server.start)
        yield server


async def send(
    port: int, path: str, size: int, headers: Mapping[str, str], *, is_chunked: bool = False
) -> tuple[int, bytes]:
    """Send a form with a file of `size` bytes; the status and the body of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    length = "Transfer-Encoding: chunked" if is_chunked else f"Content-Length: {len(HEAD) + size + len(TAIL)}"
    lines = [f"POST {path} HTTP/1.1", length, "Connection: close"]
    lines += [f"Content-Type: multipart/form-data; boundary={EDGE}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    for piece in [HEAD, *[PIECE] * (size // len(PIECE)), TAIL, *([b""] if is_chunked else [])]:
        writer.write(b"%x\r\n%b\r\n" % (len(piece), piece) if is_chunked else piece)
        await writer.drain()
    async with asyncio.timeout(30):
        answer = await reader.read()
    writer.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ")[1]), body


async def longest_wait(client: Client, task: asyncio.Task[object]) -> float:
    """Ask again and again while the task runs; the seconds that the slowest answer took."""
    longest = 0.0
    while not task.done():
        begun = time.monotonic()
        assert (await client.get("/healthz")).status == 200
        longest = max(longest, time.monotonic() - begun)
        await asyncio.sleep(0.02)
    return longest


async def test_an_import_of_150_mb_is_in_nobodys_way(server: services.Parley) -> None:
    token = await asyncio.to_thread(services.prepare, server, provider_url="http://127.0.0.1:9/v1")
    client = Client(server.port, token)
    await client.get("/readyz")
    with most_anonymous_mb(server.pid) as memory:
        upload = asyncio.create_task(send(server.port, "/api/chat/imports", 150 * MB, client.headers))
        waited = await longest_wait(client, upload)
    status, body = await upload
    assert status == 202, body
    assert waited < 3.0
    assert memory.grown < 60
    path = f"/api/chat/imports/{json.loads(body)['id']}"
    deadline = time.monotonic() + 20
    while (await client.get(path)).json()["status"] != "error":
        assert time.monotonic() < deadline
        await asyncio.sleep(0.1)
    uploads = Path(server.environment["PARLEY_DATA"]) / "uploads"
    assert [path for path in uploads.rglob("*") if path.is_file()] == []


async def test_what_a_stranger_sends_too_much_of_is_dropped_and_answered(server: services.Parley) -> None:
    client = Client(server.port)
    for is_chunked in (False, True):
        with most_anonymous_mb(server.pid) as memory:
            sent = send(server.port, "/login/", 80 * MB, client.headers, is_chunked=is_chunked)
            upload = asyncio.create_task(sent)
            waited = await longest_wait(client, upload)
        status, body = await upload
        assert (status, json.loads(body)["status"]) == (413, 413)
        assert waited < 3.0
        assert memory.grown < 30
