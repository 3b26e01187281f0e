"""From a claimed reply to its prompt: of 10,000 messages, and of what fits of as many and of a million."""

from __future__ import annotations

import asyncio
import json

from tests import nursery
from tests.benchmarks.measuring import Bench, Row

LONG, HUGE = 10_000, 1_000_000
# Tokens: what most models take, and what takes all of the long one.
USUAL, LARGE = 128_000, 1_000_000
_TIME = "import django; django.setup(); from tests.benchmarks.prompts_within import main; main()"


async def measure(bench: Bench) -> list[Row]:
    rows, usual = [], []
    for kind, size in enumerate((LONG, HUGE), 1):
        session = await bench.fill(size, kind)
        for window in (LARGE, USUAL) if size == LONG else (USUAL,):
            said = await asyncio.to_thread(bench.server.run, nursery.code, _TIME, session, str(window))
            count, wall, used = json.loads(said.strip().splitlines()[-1])
            name = f"prompt of {count:,} messages out of {size:,}"
            rows += [Row(name, wall, "ms", 100), Row(f"{name}, CPU", used, "ms", 100)]
            usual += [wall] if window == USUAL else []
    return [*rows, Row(f"prompt, out of {HUGE:,} ÷ out of {LONG:,}", usual[1] / usual[0], "×", 2)]
