"""C11: a backup is made while people write, and brought to another place: whole, and of one moment."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from tests import services
from tests.houses import ShowHouse
from tests.upstream import Upstream

pytestmark = pytest.mark.torture
WRITERS = 3
MODEL = "n20-r500"


@dataclass
class Written:
    """What the server acknowledged, and when; the file has what the message says."""

    session: str
    attachment: str
    text: str
    at: float


@dataclass
class Writer:
    """Begins one conversation after the other, each with a file."""

    number: int
    written: list[Written] = field(default_factory=list)
    is_busy: asyncio.Event = field(default_factory=asyncio.Event)

    async def write(self, client: httpx.AsyncClient) -> None:
        while True:
            text = f"harbour {self.number}.{len(self.written)}"
            sent = await client.post("/api/chat/attachments", files={"file": ("a.txt", text * 999)})
            file = sent.raise_for_status().json()["id"]
            made = await client.post("/api/chat/sessions", json={"model": MODEL})
            session = made.raise_for_status().json()["id"]
            body = {"content": text, "attachment_ids": [file]}
            answer = await client.post(f"/api/chat/sessions/{session}/messages", json=body)
            answer.raise_for_status()
            self.written.append(Written(session, file, text, time.monotonic()))
            if len(self.written) == 4:
                self.is_busy.set()


def client_of(server: services.Parley, token: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=server.url, headers={"Authorization": f"Bearer {token}"}, timeout=60, trust_env=False
    )


async def torture(here: services.Environment, there: services.Environment, upstream: Upstream) -> None:
    folder, elsewhere = Path(here["PARLEY_DATA"]), Path(there["PARLEY_DATA"])
    file = str(folder / "all.zip")
    with services.parley(here, folder) as server, services.parley(there, elsewhere) as other:
        token = await asyncio.to_thread(services.prepare, server, provider_url=upstream.url, model=MODEL)
        await asyncio.to_thread(server.start)
        begun, written = await write_and_back_up(server, token, file)
        said = await asyncio.to_thread(other.manage, "restore", file)
        assert "SECRET_KEY" not in said
        await asyncio.to_thread(other.start)
        async with client_of(other, token) as client:
            await check(client, written, begun)
            await go_on(client, other, written[0])
        # Into the one that is at work, which is told to be started again.
        said = await asyncio.to_thread(server.manage, "restore", file)
        assert f":{server.pid} is running: restart it now" in said


async def write_and_back_up(server: services.Parley, token: str, file: str) -> tuple[float, list[Written]]:
    """When the backup began, and all that was written before its end."""
    writers = [Writer(number) for number in range(WRITERS)]
    async with client_of(server, token) as client:
        tasks = [asyncio.create_task(writer.write(client)) for writer in writers]
        async with asyncio.timeout(60):
            await asyncio.gather(*(writer.is_busy.wait() for writer in writers))
        begun = time.monotonic()
        await asyncio.to_thread(server.manage, "backup", file)
        is_failed = any(task.done() for task in tasks)
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
        assert not is_failed, ended
    return begun, [one for writer in writers for one in writer.written]


async def check(client: httpx.AsyncClient, written: list[Written], begun: float) -> None:
    """What was acknowledged before the backup is there; and what is there is whole."""
    found = 0
    for one in written:
        page = await client.get(f"/api/chat/sessions/{one.session}/messages")
        if page.status_code == 404:
            assert one.at > begun, one
            continue
        found += 1
        asked, *replies = page.json()["items"] or [None]
        if asked is None:
            assert one.at > begun, one
            continue
        assert asked["content"] == one.text
        assert [reply["role"] for reply in replies] == ["assistant"]
        assert [each["id"] for each in asked["attachments"]] == [one.attachment]
        kept = await client.get(f"/api/chat/attachments/{one.attachment}")
        assert kept.text == one.text * 999
    print(f"{found} of {len(written)} are there")


async def go_on(client: httpx.AsyncClient, server: services.Parley, one: Written) -> None:
    """A person logs in, finds what was said, and is answered."""
    async with httpx.AsyncClient(base_url=server.url, trust_env=False, timeout=60) as browser:
        page = await browser.get("/login/")
        values = {"username": "alice", "password": "correct horse battery"}
        values["csrfmiddlewaretoken"] = browser.cookies["csrftoken"]
        assert page.status_code == 200
        assert (await browser.post("/login/", data=values)).status_code == 302
        assert (await browser.get(f"/chat/{one.session}/")).status_code == 200
    hits = (await client.get("/api/chat/search", params={"q": f'"{one.text}"'})).json()["items"]
    assert one.session in {hit["session"]["id"] for hit in hits}
    made = await client.post("/api/chat/sessions", json={"model": MODEL})
    path = f"/api/chat/sessions/{made.json()['id']}/messages"
    answer = await client.post(path, json={"content": "Hello"}, headers={"Accept": "text/event-stream"})
    assert '"status":"complete"' in answer.text


async def test_people_write_while_a_backup_is_made_on_sqlite(
    alone: services.Environment, show_house: ShowHouse, tmp_path: Path, model_server: Upstream
) -> None:
    (tmp_path / "there").mkdir()
    await torture(alone, services.settings_for(tmp_path / "there"), model_server)


@pytest.mark.postgres
@pytest.mark.redis
async def test_people_write_while_a_backup_is_made_on_postgresql(
    shared: services.Environment, postgres: str, tmp_path: Path, model_server: Upstream
) -> None:
    (tmp_path / "there").mkdir()
    url = services.create_database(postgres, f"{tmp_path.name}_there")
    there = services.settings_for(tmp_path / "there", DATABASE_URL=url, REDIS_URL=shared["REDIS_URL"])
    await torture(shared, there, model_server)
