"""The server is killed while models break off and others go on: nothing is lost, nothing begins twice.

Proves B15 and C1.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.torture.people import messages_of
from tests.upstream import Upstream
from tests.wires import Client

pytestmark = pytest.mark.torture
# Each breaks off after a fifth of a second, in this order; the last one answers.
MODELS = ("cut20-r100", "e401", "cut25-r100", "n30-r100")
TEXT = "".join(f"t{number} " for number in range(30))
CONVERSATIONS = 4
RUNNING = {"pending", "streaming"}


async def test_nothing_is_lost_while_others_take_over(
    alone: services.Environment, model_server: Upstream, rounds: int
) -> None:
    dice = random.Random()
    with services.parley(alone, Path(alone["PARLEY_DATA"])) as server:
        token = await asyncio.to_thread(services.prepare, server, provider_url=model_server.url)
        client = Client(server.port, token)
        await asyncio.to_thread(server.start)
        for _ in range(max(1, rounds // 5)):
            sessions = [await asked(client) for _ in range(CONVERSATIONS)]
            await asyncio.sleep(dice.random() * 0.8)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            for session in sessions:
                await check(client, session)


async def asked(client: Client) -> str:
    fallbacks = [{"provider": "fake", "model": model} for model in MODELS[1:]]
    body = {"provider": "fake", "model": MODELS[0], "fallbacks": fallbacks}
    session: str = (await client.post("/api/chat/sessions", body)).json()["id"]
    sent = await client.post(f"/api/chat/sessions/{session}/messages", {"content": "Hello there"})
    assert sent.status == 202
    return session


async def check(client: Client, session: str) -> None:
    """The reply on show ended in one of two ways, and what was before it is there as far as it came."""
    reply = await ended(client, session)
    assert reply["status"] in {"complete", "interrupted"}, reply
    assert TEXT.startswith(reply["content"])
    others = [(await client.get(f"/api/chat/messages/{key}")).json() for key in reply["alternatives"]]
    before = [other for other in others if other["id"] != reply["id"]]
    assert [other["status"] for other in before] == ["error"] * len(before)
    assert [one["message_id"] for one in reply["tried"] if one["message_id"]] == [one["id"] for one in before]
    asked = Counter(one["model"] for one in (*reply["tried"], reply))
    assert max(asked.values()) == 1, asked
    if reply["status"] == "complete":
        assert [*asked] == [*MODELS]
        assert [len(other["content"].split()) for other in before] == [20, 25]


async def ended(client: Client, session: str) -> dict[str, Any]:
    deadline = time.monotonic() + 40
    while (reply := (await messages_of(client, session))[0][-1])["status"] in RUNNING:
        assert time.monotonic() < deadline, reply
        await asyncio.sleep(0.1)
    return dict(reply)
