"""Looks every few seconds for what has to go: temporary sessions that ended, merges left half-way."""

from __future__ import annotations

import asyncio

import structlog

from chat.services import temporary, unmerging
from chat.threads import read, write, write_long

LOOK_SECONDS = 2.0
log = structlog.get_logger(__name__)


async def run() -> None:
    while True:
        try:
            if await read(temporary.is_due):
                await write(temporary.sweep)
            if await read(unmerging.is_due):
                await write_long(unmerging.sweep)
        except Exception:
            log.exception("sweeper.failed")
        await asyncio.sleep(LOOK_SECONDS)
