"""The loop that does jobs in this process: claim, run in a thread, take over from the dead, hand back."""

from __future__ import annotations

import asyncio
from uuid import UUID

import structlog

from chat.background import queue
from chat.background.control import Cancelled, Control, Interrupted
from chat.background.kinds import JobFailed, Kind
from chat.errors import Refused
from chat.hub import hub
from chat.models.jobs import Job
from chat.phrases import Phrase
from chat.threads import ASIDES_AT_ONCE, JOBS_AT_ONCE, do_job, read, write

# Orders come by the hub; this is for those that got lost, and for what the dead left.
POLL_SECONDS = 2.0
# A job looks every few milliseconds whether it is to end.
ENDING_SECONDS = 5.0
# How many jobs at once, by the threads that do them.
ROOMS = {"job": JOBS_AT_ONCE, "aside": ASIDES_AT_ONCE}
OUR_FAULT = Phrase("This could not be done because of a fault in Parley itself. It has been logged.")
log = structlog.get_logger(__name__)


class Runner:
    """Of the process that has the worker `worker_id`; start it after that one, stop it before."""

    def __init__(self, worker_id: UUID) -> None:
        self._id = worker_id
        self._wake = asyncio.Event()
        self._is_draining = False
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._busy = dict.fromkeys(ROOMS, 0)

    def start(self) -> None:
        hub.on_order("job", lambda _target: self._wake.set())
        self._loop = asyncio.create_task(self._look_again_and_again())

    async def stop(self) -> None:
        """Begin no more, and hand back what runs, as far as it has come."""
        self._is_draining = True
        self._loop.cancel()
        await asyncio.gather(self._loop, return_exceptions=True)
        if self._running:
            await asyncio.wait(self._running.values(), timeout=ENDING_SECONDS)

    async def _look_again_and_again(self) -> None:
        """For ever; a database that is away for a while must not end it."""
        while True:
            try:
                await self._look()
            except Exception:
                log.exception("jobs.loop_failed")
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()

    async def _look(self) -> None:
        busy = list(self._running)
        if not await read(queue.has_work, worker_id=self._id, busy_with=busy):
            return
        await write(queue.take_back, worker_id=self._id, busy_with=busy)
        for pool, size in ROOMS.items():
            room = size - self._busy[pool]
            claimed = await write(queue.claim, worker_id=self._id, room=room, pool=pool) if room else []
            for kind, job in claimed:
                self._busy[pool] += 1
                self._running[job.pk] = asyncio.create_task(self._run(kind, job))

    async def _run(self, kind: Kind, job: Job) -> None:
        control = Control(job, worker_id=self._id, is_draining=lambda: self._is_draining)
        try:
            await do_job(kind.pool, do, kind, job, control, self._id)
        except Exception:
            log.exception("job.not_ended", job=str(job.pk))  # whoever takes it back ends it
        finally:
            del self._running[job.pk]
            self._busy[kind.pool] -= 1
            self._wake.set()  # the person may have another


def do(kind: Kind, job: Job, control: Control, worker_id: UUID) -> None:
    """Do a job that `worker_id` has claimed, and write down how it ended."""
    try:
        kind.run(job, control)
    except Interrupted:
        queue.put_back(job, worker_id)
        return
    except Cancelled:
        queue.end(job, worker_id, Job.Status.CANCELLED)
    except (JobFailed, Refused) as failed:
        words = failed.words if isinstance(failed, JobFailed) else failed.detail
        queue.end(job, worker_id, Job.Status.ERROR, words)
    except Exception:
        log.exception("job.failed", job=str(job.pk), kind=kind.name)
        queue.end(job, worker_id, Job.Status.ERROR, OUR_FAULT)
    else:
        queue.end(job, worker_id, Job.Status.COMPLETE)
    kind.clean_up(job)
