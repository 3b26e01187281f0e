"""Looks every few seconds for temporary sessions that have ended; a killed server leaves some too."""

from __future__ import annotations

import asyncio

import structlog

from chat.services import temporary
from chat.threads import read, write

LOOK_SECONDS = 2.0
log = structlog.get_logger(__name__)


async def run() -> None:
    while True:
        try:
            if await read(temporary.is_due):
                await write(temporary.sweep)
        except Exception:
            log.exception("sweeper.failed")
        await asyncio.sleep(LOOK_SECONDS)
