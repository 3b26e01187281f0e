"""For what happens a moment later."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable


async def until(happens: Callable[[], object], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < end, "it did not happen"
        await asyncio.sleep(0.02)
