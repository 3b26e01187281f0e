"""The server is killed while an import goes on: each conversation is there whole, once, or not yet.

Proves F1.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests import services
from tests.chat.importing.exports import gpt, gpt_message, gpt_talk
from tests.wires import Client

pytestmark = pytest.mark.torture

# Each comes in by two pieces.
TALKS, TURNS = 24, 160
# A job that takes its process down a third time is given up.
KILLS = 2
EDGE = "edge-of-the-form"


def export() -> bytes:
    circle = gpt({"a": ("a", gpt_message("user", "Round"))}, title="Round", conversation_id="circle")
    talks = [
        gpt_talk(
            *(f"{number}.{turn} " * 5 for turn in range(TURNS)), key=f"k{number}", title=f"Talk {number}"
        )
        for number in range(TALKS)
    ]
    return json.dumps([*talks[: TALKS // 2], circle, *talks[TALKS // 2 :]]).encode()


async def upload(client: Client, data: bytes) -> str:
    """The path of the job."""
    head = f'--{EDGE}\r\nContent-Disposition: form-data; name="file"; filename="export.json"\r\n\r\n'
    body = head.encode() + data + f"\r\n--{EDGE}--\r\n".encode()
    lines = ["POST /api/chat/imports HTTP/1.1", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"Content-Type: multipart/form-data; boundary={EDGE}"]
    lines += [f"{name}: {value}" for name, value in client.headers.items()]
    reader, writer = await asyncio.open_connection("127.0.0.1", client.port)
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode() + body)
    answer = await reader.read()
    writer.close()
    assert b" 202 " in answer.split(b"\r\n", 1)[0], answer
    key = json.loads(answer.partition(b"\r\n\r\n")[2])["id"]
    return f"/api/chat/imports/{key}"


async def sessions_of(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = ""
    while True:
        page = (await client.get(f"/api/chat/sessions?limit=100{cursor}")).json()
        found += page["items"]
        if page["next"] is None:
            return found
        cursor = f"&cursor={page['next']}"


async def check(client: Client, dice: random.Random) -> int:
    """Those that are there are whole, and there once; how many."""
    found = await sessions_of(client)
    assert all(one["message_count"] == TURNS for one in found), Counter(one["message_count"] for one in found)
    assert len({one["name"] for one in found}) == len(found)
    for one in dice.sample(found, min(5, len(found))):
        page = (await client.get(f"/api/chat/sessions/{one['id']}/messages?limit=100")).json()
        number = one["name"].split()[1]
        expected = [(f"{number}.{turn} " * 5).strip() for turn in range(TURNS - 100, TURNS)]
        assert [message["content"].strip() for message in page["items"]] == expected
    return len(found)


async def torture(environment: services.Environment) -> None:
    seed = int(os.environ.get("PARLEY_SEEDS", "").split(" ")[0] or random.SystemRandom().randrange(10**9))
    print(f"seed {seed}")
    dice = random.Random(seed)
    folder = Path(environment["PARLEY_DATA"])
    with services.parley(environment, folder) as server:
        token = await asyncio.to_thread(services.prepare, server, provider_url="http://127.0.0.1:9/v1")
        client = Client(server.port, token)
        await asyncio.to_thread(server.start)
        job = await upload(client, export())
        for _ in range(KILLS):
            await asyncio.sleep(0.3 + dice.random() * 2.0)
            await asyncio.to_thread(server.kill)
            await asyncio.to_thread(server.start)
            print(f"killed, and {await check(client, dice)} of {TALKS} are there")
        deadline = time.monotonic() + 90
        while (ended := (await client.get(job)).json())["status"] in ("pending", "running"):
            assert time.monotonic() < deadline, ended
            await asyncio.sleep(0.2)
        assert ended["status"] == "complete", ended
        assert await check(client, dice) == TALKS
        counts = {outcome: ended["report"][outcome] for outcome in ("imported", "skipped", "failed")}
        assert counts == {"imported": TALKS, "skipped": 0, "failed": 1}
        assert [path for path in (folder / "uploads").rglob("*") if path.is_file()] == []


async def test_an_import_outlives_kills_on_sqlite(alone: services.Environment) -> None:
    await torture(alone)


@pytest.mark.postgres
@pytest.mark.redis
async def test_an_import_outlives_kills_on_postgresql_and_redis(shared: services.Environment) -> None:
    await torture(shared)
