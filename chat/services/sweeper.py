"""Looks every few seconds for what has to go: what ended, is long in the trash or done, or is half-way."""

from __future__ import annotations

import asyncio
import time

import structlog

from chat import audit
from chat.background import expiry
from chat.services import temporary, trash, unmerging
from chat.threads import read, write_long

LOOK_SECONDS = 2.0
# What has been there for a month can wait for a minute.
OLD_SECONDS = 60.0
log = structlog.get_logger(__name__)


async def run() -> None:
    next_look = 0.0
    while True:
        try:
            if await read(temporary.is_due):
                await write_long(temporary.sweep)
            if time.monotonic() >= next_look and not await _sweep_old():
                next_look = time.monotonic() + OLD_SECONDS
            if await read(unmerging.is_due):
                await write_long(unmerging.sweep)
        except Exception:
            log.exception("sweeper.failed")
        await asyncio.sleep(LOOK_SECONDS)


async def _sweep_old() -> bool:
    """Whether there was anything."""
    for part in (trash, expiry, audit):
        if await read(part.is_due):
            await write_long(part.sweep)
            return True
    return False
