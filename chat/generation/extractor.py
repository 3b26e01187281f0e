"""The loop that has files read in this process: claim, read in a process apart, keep, hand back."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from chat.extracting import process
from chat.extracting.contract import Extracted
from chat.generation import extracts
from chat.hub import hub
from chat.models import Extract
from chat.threads import read, write

# Each is a process, at work for a quarter of a second as a rule.
AT_ONCE = 2
# Orders come by the hub; this is for those that got lost, and for what the dead left.
POLL_SECONDS = 2.0
log = structlog.get_logger(__name__)


class Extractor:
    """Of the process that has the worker `worker_id`; start it after that one, stop it before."""

    def __init__(self, worker_id: UUID) -> None:
        self._id = worker_id
        self._wake = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}

    def start(self) -> None:
        hub.on_order("extract", lambda _target: self._wake.set())
        self._loop = asyncio.create_task(self._look_again_and_again())

    async def stop(self) -> None:
        """Begin no more, and hand back what runs: another process begins it again."""
        tasks = [self._loop, *self._running.values()]
        for task in tasks:
            task.cancel()
        process.end_all()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look_again_and_again(self) -> None:
        """For ever; a database that is away for a while must not end it."""
        while True:
            try:
                await self._look()
            except Exception:
                log.exception("extracts.loop_failed")
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _look(self) -> None:
        busy = list(self._running)
        room = AT_ONCE - len(busy)
        if not room or not await read(extracts.has_work, worker_id=self._id, busy_with=busy):
            return
        for row in await write(extracts.claim, worker_id=self._id, room=room, busy_with=busy):
            self._running[row.pk] = asyncio.create_task(self._read(row))

    async def _read(self, row: Extract) -> None:
        try:
            found = await asyncio.to_thread(extracts.read_file, row)
            if found.problem == "failed":
                log.error("extract.failed", file=row.file, reader=row.reader)
            await write(extracts.end, row, found, worker_id=self._id)
        except asyncio.CancelledError:
            await write(extracts.put_back, row, worker_id=self._id)
            raise
        except Exception:
            log.exception("extract.failed", file=row.file, reader=row.reader)
            await write(extracts.end, row, Extracted(problem="failed"), worker_id=self._id)
        finally:
            del self._running[row.pk]
            self._wake.set()
