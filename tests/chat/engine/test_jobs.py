"""Background jobs: one at a time a person, told how far they are, cancelled, handed on by one that ends."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import AsyncIterator, Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from chat.background import control, expiry, queue
from chat.background.kinds import kinds
from chat.generation.engine import Engine
from chat.models import ImportJob, Session, User, WorkerProcess
from chat.services import imports
from chat.threads import read, write
from tests.chat.importing.exports import gpt_talk, packed

TALKS = packed({"conversations.json": [gpt_talk("Hi", "Hello", key=f"c{number}") for number in range(5)]})


class Gate:
    """Holds a job at its second conversation until it is opened, or the job is told to end."""

    def __init__(self) -> None:
        self.is_open = threading.Event()
        self.reached = threading.Event()

    def wait(self, asked: Callable[[int], None], percent: int) -> None:
        asked(percent)
        if Session.objects.exists():
            self.reached.set()
            while not self.is_open.wait(0.01):
                asked(percent)


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    gate = Gate()
    ask = control.Control.go_on
    monkeypatch.setattr(control, "LOOK_SECONDS", 0.02)
    monkeypatch.setattr(
        control.Control, "go_on", lambda self, percent: gate.wait(lambda now: ask(self, now), percent)
    )
    yield gate
    gate.is_open.set()


@pytest.fixture
async def engine(transactional_db: None) -> AsyncIterator[Engine]:
    engine = Engine()
    await engine.start()
    yield engine
    await engine.stop()


async def begin(owner: User, content: bytes = TALKS) -> ImportJob:
    file = SimpleUploadedFile("export.zip", content)
    return await write(imports.start_import, owner=owner, file=file)


async def until(job: ImportJob, *statuses: str, seconds: float = 10.0) -> ImportJob:
    deadline = time.monotonic() + seconds
    while True:
        found = await read(ImportJob.objects.get, pk=job.pk)
        if found.status in statuses:
            return found
        assert time.monotonic() < deadline, f"{found.status} {found.progress} {found.error}"
        await asyncio.sleep(0.02)


async def until_gone(job: ImportJob, *, seconds: float = 10.0) -> None:
    """The file goes right after the row says how the job ended: another process may be slow in between."""
    deadline = time.monotonic() + seconds
    while has_file(job):
        assert time.monotonic() < deadline, "the file is still there"
        await asyncio.sleep(0.02)


def outcomes(job: ImportJob) -> list[str]:
    return list(job.lines.order_by("number").values_list("outcome", flat=True))


def words(job: ImportJob) -> dict[str, Any]:
    """Why it failed."""
    assert job.error is not None
    return dict(job.error)


def has_file(job: ImportJob) -> bool:
    return Path(job.file.path).exists()


async def test_a_job_is_done_and_its_file_goes(alice: User, engine: Engine) -> None:
    job = await until(await begin(alice), "complete")
    assert (job.progress, job.source, job.error, job.worker_id) == (100, "chatgpt", None, None)
    assert job.ended_at is not None
    assert await read(outcomes, job) == ["imported"] * 5
    await until_gone(job)


async def test_each_person_has_one_at_a_time(alice: User, bob: User, engine: Engine, gate: Gate) -> None:
    first, second, other = await begin(alice), await begin(alice), await begin(bob)
    await until(first, "running")
    await until(other, "running")
    assert (await until(second, "pending")).status == "pending"
    gate.is_open.set()
    for job in (first, second, other):
        await until(job, "complete")
    assert await read(outcomes, second) == ["skipped"] * 5


async def test_one_that_is_cancelled_keeps_what_came_in(alice: User, engine: Engine, gate: Gate) -> None:
    running, waiting = await begin(alice), await begin(alice)
    assert await asyncio.to_thread(gate.reached.wait, 10)
    for job in (running, waiting):
        await write(imports.cancel_or_remove, job=job)
    ended = await until(running, "cancelled")
    assert (await until(waiting, "cancelled")).ended_at is not None
    assert await read(outcomes, ended) == ["imported"]
    assert await read(Session.objects.live().count) == 1
    await asyncio.sleep(0)
    assert not has_file(waiting)
    await write(imports.cancel_or_remove, job=ended)
    assert not await read(ImportJob.objects.filter(pk=ended.pk).exists)
    assert await read(Session.objects.live().count) == 1


async def test_a_process_that_ends_hands_its_job_on(alice: User, gate: Gate) -> None:
    engine = Engine()
    await engine.start()
    job = await begin(alice)
    assert await asyncio.to_thread(gate.reached.wait, 10)
    await engine.stop()
    handed = await read(ImportJob.objects.get, pk=job.pk)
    assert (handed.status, handed.worker_id, has_file(handed)) == ("pending", None, True)
    gate.is_open.set()
    successor = Engine()
    await successor.start()
    assert await read(outcomes, await until(job, "complete")) == ["imported"] * 5
    await successor.stop()


def left(owner: User, **fields: Any) -> ImportJob:
    """A job of a process that is dead."""
    worker = WorkerProcess.objects.create(
        host="elsewhere", pid=1, beat_at=timezone.now() - timedelta(hours=1)
    )
    job = imports.start_import(owner=owner, file=SimpleUploadedFile("export.zip", TALKS))
    values = {"status": "running", "worker": worker, "started_at": timezone.now(), **fields}
    ImportJob.objects.filter(pk=job.pk).update(**values)
    return job


async def test_what_a_dead_process_left_is_done_by_another(alice: User) -> None:
    job = await write(left, alice, attempts=1)
    engine = Engine()
    await engine.start()
    assert await read(outcomes, await until(job, "complete")) == ["imported"] * 5
    await engine.stop()


async def test_one_that_takes_processes_down_is_given_up(alice: User, bob: User) -> None:
    job = await write(left, alice, attempts=queue.MAX_ATTEMPTS)
    unwanted = await write(left, bob, cancel_requested_at=timezone.now())
    engine = Engine()
    await engine.start()
    failed = await until(job, "error")
    assert "stopped 3 times" in words(failed)["words"]
    await until_gone(failed)
    await until(unwanted, "cancelled")
    await engine.stop()


async def test_one_that_ended_long_ago_goes_and_what_it_brought_stays(alice: User, engine: Engine) -> None:
    old = await until(await begin(alice, TALKS), "complete")
    new = await until(await begin(alice, TALKS), "complete")
    assert not await read(expiry.is_due)
    long_ago = timezone.now() - timedelta(days=91)
    await write(ImportJob.objects.filter(pk=old.pk).update, ended_at=long_ago)
    assert await read(expiry.is_due)
    assert await write(expiry.sweep) == 1
    assert not await read(expiry.is_due)
    assert await read(list, ImportJob.objects.values_list("pk", flat=True)) == [new.pk]
    assert await read(Session.objects.count) == 5


async def test_a_file_that_is_none_is_an_error_in_words(alice: User, engine: Engine) -> None:
    job = await until(await begin(alice, b"Dear diary"), "error")
    assert words(job)["words"].startswith("This is no JSON at all.")
    assert words(job)["said"]["msgid"] == words(job)["words"]


async def test_a_fault_of_ours_is_said_so(
    alice: User, engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imports, "import_archive", lambda **_: 1 / 0)
    job = await until(await begin(alice), "error")
    assert "a fault in Parley itself" in words(job)["words"]


def test_imports_are_one_kind_of_job() -> None:
    assert {kind.name: kind.model for kind in kinds()}["import"] is ImportJob
