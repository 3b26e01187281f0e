"""Four replies to one question at once, against four replies in four conversations."""

from __future__ import annotations

import asyncio
import time

from tests.benchmarks.measuring import Bench, Row, cpu_seconds, median
from tests.benchmarks.streams import TOKEN, Stream, run, unique_model, worst_lag

LANES = 4
RUNS = 5


async def measure(bench: Bench) -> list[Row]:
    """In turns, so that a busy moment hits both alike."""
    apart, together = [], []
    for _ in range(RUNS):
        streams, cpu = await run(bench, LANES)
        apart.append((worst_lag(streams), cpu))
        together.append(await run_together(bench))
    names = (f"{LANES} replies in {LANES} conversations", f"{LANES} replies to one question")
    rows = []
    for name, measured in zip(names, (apart, together), strict=True):
        lag, cpu = (median(values) for values in zip(*measured, strict=True))
        rows += [
            Row(f"{name}: lag at the end, worst", lag * 1e3, "ms", 300),
            Row(f"{name}: server CPU", cpu, "s"),
        ]
    return rows


async def run_together(bench: Bench) -> tuple[float, float]:
    """The worst lag, and the server's CPU seconds."""
    models = [unique_model() for _ in range(LANES)]
    session = await bench.new_session(models[0])
    streams = [Stream(model, session) for model in models]
    socket = await bench.client.socket(session)
    before = cpu_seconds(bench.server.pid)
    posted = time.monotonic()
    answer = await bench.client.post(
        f"/api/chat/sessions/{session}/messages",
        {"content": "Hello there", "models": [{"provider": "fake", "model": model} for model in models]},
    )
    assert answer.status == 202, answer.body
    keys = [one["id"] for one in answer.json()["assistant_messages"]]
    by_reply = dict(zip(keys, streams, strict=True))
    async with asyncio.timeout(60):
        async for heard in socket.events():
            stream = by_reply.get(heard.data.get("message_id", ""))
            if stream is None:
                continue
            stream.posted = posted
            if heard.data.get("type") == "delta":
                stream.came |= {int(token): heard.at for token in TOKEN.findall(heard.data["text"])}
            if heard.event == "done":
                stream.ended, stream.status = heard.at, heard.data["status"]
            if all(one.ended for one in streams):
                break
    socket.close()
    return worst_lag(streams), cpu_seconds(bench.server.pid) - before
