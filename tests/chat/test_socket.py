"""The socket of a session, through its address: no channel layer is set up, and none is needed.

Proves B15 and E3.
"""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import Any

from channels.layers import get_channel_layer
from channels.testing import WebsocketCommunicator
from django.test import AsyncClient

from chat.generation.engine import Engine
from chat.models import Session, User
from chat.providers.contract import Finish, ProviderError, Text
from chat.providers.scripted import ScriptedProvider
from chat.threads import write
from config.asgi import application
from tests.factories import make_session, make_token


async def connected(session: Session, token: str, query: str = "") -> WebsocketCommunicator:
    headers = [(b"authorization", f"Bearer {token}".encode()), (b"host", b"localhost")]
    address = f"/ws/chat/sessions/{session.id}/{query}"
    socket = WebsocketCommunicator(application, address, headers=headers)
    is_open, _ = await socket.connect()
    assert is_open
    return socket


async def send(session: Session, token: str, content: str) -> None:
    call: Any = AsyncClient().post
    answer = await call(
        f"/api/chat/sessions/{session.id}/messages",
        json.dumps({"content": content}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 202


async def test_a_socket_hears_a_reply_to_its_end(alice: User, live_engine: Engine) -> None:
    assert get_channel_layer() is None
    session, token = await write(make_session, alice), await write(make_token, alice)
    socket = await connected(session, token, "?format=json")
    await send(session, token, "One two three")
    frames: list[dict[str, Any]] = []
    async with asyncio.timeout(10):
        while not frames or frames[-1]["event"] != "done":
            frames.append(json.loads(await socket.receive_from(timeout=10)))
    assert frames[-1]["data"]["status"] == "complete"
    texts = [frame["data"]["text"] for frame in frames if frame["data"].get("type") == "delta"]
    assert "".join(texts) == "One two three"
    await socket.disconnect()


async def test_a_page_shows_who_waits_and_who_goes_on_instead(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    """One fails before its first word, one in the middle; the last one takes the place of both."""
    scripts.script("first", [ProviderError("No key", "It is wrong.")])
    scripts.script(
        "second", [0.1, Text("Half of it"), 0.2, ProviderError("Cut off", "It hung up.", retryable=True)]
    )
    scripts.script("third", [0.1, Text("All of it"), Finish("stop", None)])
    stand_ins = [{"provider": "scripted", "model": model} for model in ("second", "third")]
    made = partial(make_session, alice, provider="scripted", model="first", fallbacks=stand_ins)
    session, token = await write(made), await write(make_token, alice)
    socket = await connected(session, token)
    await send(session, token, "Go")
    shown = ""
    async with asyncio.timeout(10):
        while "2/2" not in shown:
            shown += str(await socket.receive_from(timeout=10))
    in_order = [
        "Asking second instead…",
        "Half of it",
        "Asking third instead…",
        "All of it",
        "Answered by third, since first and second were unavailable",
    ]
    places = [shown.rindex(words) for words in in_order]
    assert places[:3] == sorted(places[:3])
    assert "No key: It is wrong." in shown
    assert "is kept as an alternative" in shown
    await socket.disconnect()
