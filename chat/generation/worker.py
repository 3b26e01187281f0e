"""The loop that makes replies in this process: claim, run, beat, take over from the dead, drain."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from typing import IO
from uuid import UUID

import structlog
from django.conf import settings
from django.utils import timezone

from chat.generation import jobs, liveness
from chat.generation.assign import assignment_of, claim_assignments
from chat.generation.extras.due import are_due, begin_extras
from chat.generation.journal import Journal
from chat.generation.reply import Assignment, Reply
from chat.generation.run import run_reply
from chat.generation.summarising.due import begin_summary, is_near_the_window
from chat.hub import hub
from chat.models import Generation, Message, WorkerProcess
from chat.providers.registry import ProviderPool
from chat.threads import write

MAX_RUNNING = 512
# Others wait for the thread that writes, the journal first of all.
CLAIMS_AT_ONCE = 8
# What is asked for in this process begins here; beyond this many, other workers can help.
DESK_ROOM = 200
# Orders come by the hub; this is for those that got lost.
POLL_SECONDS = 1.0
BEAT_SECONDS = 2.0
ENDING_SECONDS = 5.0
log = structlog.get_logger(__name__)


class Worker:
    def __init__(self, providers: ProviderPool) -> None:
        self.is_ready = False
        self._providers = providers
        self._running: dict[UUID, Reply] = {}
        self._wake = asyncio.Event()
        self._is_draining = False
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Register, take back what dead processes left, and begin to work."""
        global _worker
        _worker = self
        self.id, self._lock = await write(_register)
        self._journal = Journal(self.id)
        hub.on_order("work", lambda _target: self._wake.set())
        hub.on_order("stop", self._stop)
        await write(jobs.reclaim, me=self.id)
        self._tasks = [
            asyncio.create_task(_again_and_again(self._journal.run, "journal")),
            asyncio.create_task(_again_and_again(self._claim_loop, "claim")),
            asyncio.create_task(_again_and_again(self._beat_loop, "beat")),
        ]
        self._wake.set()
        self._loop = asyncio.get_running_loop()
        jobs.open_desk(self)
        self.is_ready = True

    async def drain(self) -> None:
        """Claim no more, let running replies end for a while, then end them as interrupted."""
        self.is_ready = False
        self._is_draining = True
        jobs.open_desk(None)
        tasks = [reply.task for reply in self._running.values() if reply.task]
        if tasks:
            await asyncio.wait(tasks, timeout=settings.PARLEY_DRAIN_SECONDS)
        for reply in list(self._running.values()):
            reply.cut(Message.Status.INTERRUPTED)
        if rest := [reply.task for reply in self._running.values() if reply.task]:
            await asyncio.wait(rest, timeout=ENDING_SECONDS)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await write(_leave, self.id, self._lock)
        await self._providers.aclose()

    async def _claim_loop(self) -> None:
        while not self._is_draining:
            try:
                async with asyncio.timeout(POLL_SECONDS):
                    await self._wake.wait()
            except TimeoutError:
                pass
            self._wake.clear()
            room = min(MAX_RUNNING - len(self._running), CLAIMS_AT_ONCE)
            if room > 0 and not self._is_draining:
                claimed = await write(claim_assignments, worker_id=self.id, room=room)
                for assignment in claimed:
                    self._begin(assignment)
                if len(claimed) == room:
                    self._wake.set()

    def has_room(self) -> bool:
        return len(self._running) < DESK_ROOM

    def begin(self, generation: Generation, alternatives: tuple[UUID, ...]) -> None:
        """Begin a reply that was claimed as it was asked for. From the thread that asked."""
        try:
            assignment = assignment_of(generation, alternatives=alternatives)
            self._loop.call_soon_threadsafe(self._begin, assignment)
        except Exception:
            log.exception("reply.not_begun", message=str(generation.message_id))
            jobs.put_back(generation.pk, self.id)

    def _begin(self, assignment: Assignment) -> None:
        reply = Reply(assignment)
        self._running[reply.message.pk] = reply
        reply.task = asyncio.create_task(self._run(reply))

    async def _run(self, reply: Reply) -> None:
        following = None
        try:
            following = await run_reply(
                reply, journal=self._journal, providers=self._providers, worker_id=self.id
            )
            if is_near_the_window(reply):
                await write(begin_summary, reply)
            if are_due(reply):
                await write(begin_extras, reply)
        except Exception:
            # Its text is saved; whoever reclaims it ends it.
            log.exception("reply.not_ended", message=str(reply.message.pk))
        finally:
            if self._running.get(reply.message.pk) is reply:
                del self._running[reply.message.pk]
        if following is not None:
            await self._go_on(following)

    async def _go_on(self, following: Assignment) -> None:
        """Begin what takes a reply's place; a stop that came before this process knew of it is obeyed."""
        self._begin(following)
        if following.message.pk in await write(jobs.stops_for, self.id):
            self._stop(str(following.message.pk))

    def _stop(self, target: str) -> None:
        if reply := self._running.get(UUID(target)):
            reply.cut()

    async def _beat_loop(self) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            await write(jobs.beat, self.id)
            for message_id in await write(jobs.stops_for, self.id):
                self._stop(str(message_id))
            await write(jobs.reclaim, me=self.id, busy_with=list(self._running))


_worker: Worker | None = None


def is_ready() -> bool:
    """Whether this process makes replies: what the dead left is taken back, and it is not draining."""
    return _worker is not None and _worker.is_ready


async def _again_and_again(loop: Callable[[], Awaitable[None]], name: str) -> None:
    """Run a loop for ever; a database that is away for a while must not end it."""
    while True:
        try:
            return await loop()
        except Exception:
            log.exception("worker.loop_failed", loop=name)
            await asyncio.sleep(POLL_SECONDS)


def _register() -> tuple[UUID, IO[bytes]]:
    process = WorkerProcess(host=liveness.hostname(), pid=os.getpid(), beat_at=timezone.now())
    lock = liveness.hold(process.pk)
    process.save()
    return process.pk, lock


def _leave(worker_id: UUID, lock: IO[bytes]) -> None:
    """Let go; what could not be ended in time is another's to take back, at once."""
    left, _ = WorkerProcess.objects.filter(pk=worker_id).exclude(generations__state="running").delete()
    lock.close()
    if left:
        liveness.forget(worker_id)
