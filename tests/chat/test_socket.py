"""The socket of a session, through its address: no channel layer is set up, and none is needed.

Proves E3.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.test import AsyncClient

from chat.generation.engine import Engine
from chat.models import User
from chat.threads import write
from config.asgi import application
from tests.factories import make_session, make_token


async def test_a_socket_hears_a_reply_to_its_end(alice: User, live_engine: Engine) -> None:
    assert get_channel_layer() is None
    session, token = await write(make_session, alice), await write(make_token, alice)
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"host", b"localhost")]
    address = f"/ws/chat/sessions/{session.id}/?format=json"
    socket = WebsocketCommunicator(application, address, headers=headers)
    connected, _ = await socket.connect()
    assert connected
    call: Any = AsyncClient().post
    answer = await call(
        f"/api/chat/sessions/{session.id}/messages",
        json.dumps({"content": "One two three"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 202
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        while not frames or frames[-1]["event"] != "done":
            frames.append(json.loads(await socket.receive_from(timeout=10)))
    assert frames[-1]["data"]["status"] == "complete"
    texts = [frame["data"]["text"] for frame in frames if frame["data"].get("type") == "delta"]
    assert "".join(texts) == "One two three"
    await socket.disconnect()
