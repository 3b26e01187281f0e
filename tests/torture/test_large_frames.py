"""Over a real socket: too large a frame that comes in ends it with the code that says so; any goes out."""

from __future__ import annotations

import asyncio
import base64
import os
from pathlib import Path

from tests import services
from tests.wires import Client

TOO_LARGE = 64 * 1024 + 1


async def test_a_frame_over_64_kb_closes_with_1009(alone: services.Environment, tmp_path: Path) -> None:
    with services.parley(alone, tmp_path) as server:
        token = await asyncio.to_thread(services.prepare, server, provider_url="http://127.0.0.1:9/v1")
        await asyncio.to_thread(server.start)
        made = await Client(server.port, token).post("/api/chat/sessions", {})
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        key = base64.b64encode(os.urandom(16)).decode()
        writer.write(
            f"GET /ws/chat/sessions/{made.json()['id']}/?format=json HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{server.port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Authorization: Bearer {token}\r\n\r\n".encode()
        )
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"\x81\xff" + TOO_LARGE.to_bytes(8, "big") + b"\0\0\0\0" + b"a" * TOO_LARGE)
        async with asyncio.timeout(10):
            opcode, _length, *code = await reader.readexactly(4)
        assert opcode == 0x88
        assert int.from_bytes(bytes(code), "big") == 1009
        writer.close()


async def test_a_long_message_is_told_whole(alone: services.Environment, tmp_path: Path) -> None:
    with services.parley(alone, tmp_path) as server:
        token = await asyncio.to_thread(services.prepare, server, provider_url="http://127.0.0.1:9/v1")
        await asyncio.to_thread(server.start)
        client = Client(server.port, token)
        session = (await client.post("/api/chat/sessions", {})).json()["id"]
        for query in ("format=json", "format=page"):
            socket = await client.socket(session, query)
            words = "word " * 18_000
            sent = await client.post(
                f"/api/chat/sessions/{session}/messages", {"content": words, "queue": True}
            )
            assert sent.status == 202
            async with asyncio.timeout(10):
                async for text in socket.texts():
                    if words.strip() in text:
                        break
            assert len(text.encode()) > TOO_LARGE
            socket.close()
