"""Many replies at once, each watched over a WebSocket: lag, latency of tokens, CPU and memory."""

from __future__ import annotations

import asyncio
import re
import time
from dataclasses import dataclass, field
from itertools import count

from tests.benchmarks.measuring import Bench, Row, cpu_seconds, percentile, resident_mb

TOKENS, RATE = 200, 50
COUNTS = (1, 10, 50, 100)
MANY = 150
TOKEN = re.compile(r"t(\d+) ")
_names = count()


@dataclass
class Stream:
    """What one client saw: when each token came, and the end."""

    model: str
    session: str
    posted: float = 0.0
    accepted: float = 0.0
    ended: float = 0.0
    status: str = ""
    came: dict[int, float] = field(default_factory=dict)

    @property
    def lag(self) -> float:
        """Seconds by which it ended after it ideally would have."""
        return self.ended - self.posted - (TOKENS - 1) / RATE


async def measure(bench: Bench) -> list[Row]:
    rows: list[Row] = []
    for number in COUNTS:
        streams, cpu = await run(bench, number)
        is_all = number == COUNTS[-1]
        name = f"{number} stream{'s' if number > 1 else ''} at {RATE}/s"
        rows += [
            Row(f"{name}: lag at the end, worst", worst_lag(streams) * 1e3, "ms", 300 if is_all else None),
            Row(f"{name}: sending answered, worst", worst_answer(streams) * 1e3, "ms"),
            Row(f"{name}: server CPU", cpu, "s", 3 if is_all else None),
            Row(f"{name}: memory", resident_mb(bench.server.pid), "MB"),
        ]
    return rows


async def measure_many(bench: Bench) -> list[Row]:
    streams, cpu = await run(bench, MANY)
    began = await bench.first_tokens()
    late = [
        at - (began[stream.model] + token / RATE) for stream in streams for token, at in stream.came.items()
    ]
    unended = sum(stream.status != "complete" or len(stream.came) != TOKENS for stream in streams)
    return [
        Row(f"{MANY} streams: not whole", unended, "", 0),
        Row(f"{MANY} streams: token to screen, median", percentile(late, 0.5) * 1e3, "ms"),
        Row(f"{MANY} streams: token to screen, p99", percentile(late, 0.99) * 1e3, "ms", 100),
        Row(f"{MANY} streams: lag at the end, worst", worst_lag(streams) * 1e3, "ms"),
        Row(f"{MANY} streams: server CPU", cpu, "s"),
    ]


def worst_lag(streams: list[Stream]) -> float:
    assert all(stream.status == "complete" for stream in streams), {stream.status for stream in streams}
    return max(stream.lag for stream in streams)


def worst_answer(streams: list[Stream]) -> float:
    return max(stream.accepted - stream.posted for stream in streams)


async def run(bench: Bench, number: int) -> tuple[list[Stream], float]:
    """So many replies from beginning to end; the server's CPU seconds for all of it."""
    models = [unique_model() for _ in range(number)]
    streams = [Stream(model, await bench.new_session(model)) for model in models]
    watching = [asyncio.create_task(watch(bench, stream)) for stream in streams]
    await asyncio.sleep(1)
    before = cpu_seconds(bench.server.pid)
    await asyncio.gather(*(post(bench, stream) for stream in streams))
    async with asyncio.timeout(60):
        await asyncio.gather(*watching)
    return streams, cpu_seconds(bench.server.pid) - before


def unique_model() -> str:
    """A name by which the model server's notes tell the streams apart."""
    number, letters = next(_names), ""
    for _ in range(4):
        number, digit = divmod(number, 26)
        letters += chr(ord("a") + digit)
    return f"z{letters}{TOKENS}-r{RATE}"


async def post(bench: Bench, stream: Stream) -> None:
    stream.posted = time.monotonic()
    path = f"/api/chat/sessions/{stream.session}/messages"
    answer = await bench.client.post(path, {"content": "Hello there"})
    assert answer.status == 202, answer.body
    stream.accepted = time.monotonic()


async def watch(bench: Bench, stream: Stream) -> None:
    socket = await bench.client.socket(stream.session)
    async for heard in socket.events():
        if heard.data.get("type") == "delta":
            for token in TOKEN.findall(heard.data["text"]):
                stream.came[int(token)] = heard.at
        if heard.event == "done":
            stream.ended, stream.status = heard.at, heard.data["status"]
            break
    socket.close()
