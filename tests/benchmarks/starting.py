"""From the start of the process to a ready server, and its memory when nobody asks for anything."""

from __future__ import annotations

import asyncio

from tests.benchmarks.measuring import Bench, Row, median, resident_mb

RUNS = 3


async def measure(bench: Bench) -> list[Row]:
    took = []
    for _ in range(RUNS):
        await asyncio.to_thread(bench.server.stop)
        took.append(await asyncio.to_thread(bench.server.start))
    await asyncio.sleep(2)
    return [
        Row("start of the process to ready, median", median(took), "s", 4),
        Row("memory when idle", resident_mb(bench.server.pid), "MB", 150),
    ]
