"""The rendering's numbers, with their aims. It needs no server."""

from __future__ import annotations

import asyncio

from tests.benchmarks import rendering
from tests.benchmarks.measuring import Bench, Row

# By what a number's name begins with.
AIMS = {"streamed ÷ whole": 15.0, "bytes ÷ text": 8.0, "share of a core": 0.05}


async def measure(_bench: Bench) -> list[Row]:
    found = await asyncio.to_thread(rendering.measure)
    return [Row(f"rendering: {name}", value, "", aim_of(name)) for name, value in found.items()]


def aim_of(name: str) -> float | None:
    return next((aim for start, aim in AIMS.items() if name.startswith(start)), None)
