"""What the benchmarks share: servers of their own, rows with aims, the costs of a process."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from tests import nursery, services
from tests.wires import Client, Connection

PAGE = os.sysconf("SC_PAGE_SIZE")
TICKS = os.sysconf("SC_CLK_TCK")
MODEL = "n200-r50"
_LOGIN = """
import django
django.setup()
from django.test import Client
from chat.models import User
client = Client()
client.force_login(User.objects.get(username="alice"))
print(client.cookies["sessionid"].OutputString().split(";")[0])
"""
_FILL = "import django; django.setup(); from tests.benchmarks.filling import main; main()"


@dataclass(frozen=True)
class Row:
    """One measured number; smaller is better, and `aim` is what it should not exceed."""

    name: str
    value: float
    unit: str
    aim: float | None = None

    @property
    def verdict(self) -> str:
        if self.aim is None:
            return ""
        return "met" if self.value <= self.aim else "MISSED"


class Bench:
    """A running server, with Alice's token and browser session."""

    def __init__(self, server: services.Parley, upstream_url: str) -> None:
        self.server = server
        self.upstream_url = upstream_url
        self.upstream_port = int(upstream_url.split(":")[2].split("/")[0])
        token = services.prepare(server, provider_url=upstream_url, model=MODEL)
        cookie = server.run(nursery.code, _LOGIN).strip()
        server.start()
        self.client = Client(server.port, token)
        self.cookie = cookie
        self.browser = Client(server.port, cookie=cookie)

    async def fill(self, count: int, kind: int, *options: str) -> str:
        """A session of so many messages, whose ids are those of `id_at`; options are those of `filling`."""
        arguments = (_FILL, str(count), str(kind), *options)
        return (await asyncio.to_thread(self.server.run, nursery.code, *arguments)).strip()

    async def new_session(self, model: str) -> str:
        answer = await self.client.post("/api/chat/sessions", {"provider": "fake", "model": model})
        assert answer.status == 201, answer.body
        session: str = answer.json()["id"]
        return session

    def upstream_request(self, model: str) -> tuple[Connection, dict[str, object]]:
        """What Parley asks the model server for, to be asked directly."""
        turns = [{"role": "user", "content": "Hello there"}]
        body = {"model": model, "messages": turns, "stream": True, "stream_options": {"include_usage": True}}
        return Connection(self.upstream_port), body

    async def first_tokens(self) -> dict[str, float]:
        """When the model server sent the first token to each model that was asked for; each name once."""
        answer = await Client(self.upstream_port).get("/stats")
        return {one["model"]: one["first_token_at"] for one in answer.json()["requests"]}


def id_at(kind: int, depth: int) -> UUID:
    """The id of a message of a session that was filled."""
    return UUID(f"{kind:08x}{depth:024x}")


def cpu_seconds(pid: int) -> float:
    """User and system time of a process with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1e6


async def times(client: Client, paths: Sequence[str], *, runs: int) -> list[float]:
    """The median seconds of each; taken in turns, so that a busy moment hits all alike."""
    seconds: dict[str, list[float]] = {path: [] for path in paths}
    for run in range(runs + 1):
        for path in paths:
            begun = time.monotonic()
            answer = await client.get(path)
            assert answer.status == 200, (path, answer.status)
            if run:
                seconds[path].append(time.monotonic() - begun)
    return [median(seconds[path]) for path in paths]


def percentile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def median(values: Sequence[float]) -> float:
    return statistics.median(values)
