"""From sending a message to its first token and to its last, against reading the model server directly."""

from __future__ import annotations

import asyncio
import time

from tests.benchmarks.measuring import Bench, Row, median, percentile

RUNS = 30
LONG_RUNS = 5


async def measure_first_token(bench: Bench) -> list[Row]:
    direct, ours = [], []
    session = await bench.new_session("n3-r500")
    for run in range(RUNS + 2):
        a = (await read_directly(bench, "n3-r500"))[0]
        b = (await read_through_parley(bench, session))[0]
        if run >= 2:
            direct.append(a * 1e3)
            ours.append(b * 1e3)
        await asyncio.sleep(0.05)
    return [
        Row("first token, read directly, median", median(direct), "ms"),
        Row("first token through Parley, median", median(ours), "ms"),
        Row("first token through Parley, p95", percentile(ours, 0.95), "ms"),
        Row("first token, added by Parley, median", median(ours) - median(direct), "ms", 5),
    ]


async def measure_long_reply(bench: Bench) -> list[Row]:
    direct, ours = [], []
    for _ in range(LONG_RUNS):
        direct.append((await read_directly(bench, "n2000-r0"))[1])
        ours.append((await read_through_parley(bench, await bench.new_session("n2000-r0")))[1])
    return [
        Row("2,000 tokens at full speed, read directly", median(direct) * 1e3, "ms"),
        Row("2,000 tokens at full speed through Parley", median(ours) * 1e3, "ms"),
        Row("2,000 tokens, Parley ÷ direct", median(ours) / median(direct), "×", 3),
    ]


async def read_directly(bench: Bench, model: str) -> tuple[float, float]:
    """Seconds to the first token and to the end."""
    connection, body = bench.upstream_request(model)
    begun, first = time.monotonic(), 0.0
    async with connection:
        connection.send_request("POST", "/v1/chat/completions", {"Host": "upstream"}, body)
        await connection.head()
        async for part in connection.parts():
            if not first and b'"content"' in part:
                first = time.monotonic() - begun
            if b"[DONE]" in part:
                break
    return first, time.monotonic() - begun


async def read_through_parley(bench: Bench, session: str) -> tuple[float, float]:
    begun, first = time.monotonic(), 0.0
    async for heard in bench.client.send_and_stream(session, "Hello there"):
        if not first and heard.data.get("type") == "delta":
            first = heard.at - begun
        if heard.event == "done":
            assert heard.data["status"] == "complete", heard.data
    return first, time.monotonic() - begun
