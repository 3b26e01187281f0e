"""The rendering's numbers, with their aims."""

from __future__ import annotations

import asyncio

from tests.benchmarks import rendering
from tests.benchmarks.measuring import Bench, Row


async def measure(_bench: Bench) -> list[Row]:
    found = await asyncio.to_thread(rendering.measure)
    return [Row(f"rendering: {name}", value, "") for name, value in found.items()]
