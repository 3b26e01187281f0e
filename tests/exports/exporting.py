"""Exports made on the spot: what the process's runner does, in the thread of the test."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from django.utils import timezone

from chat.background import runner
from chat.background.control import Control
from chat.background.queue import claim
from chat.models import User, WorkerProcess
from exports.models import ExportJob
from tests.chat.api.client import Api


def done(job: ExportJob) -> ExportJob:
    """The job, when a process has done it, and all that stood before it."""
    worker = WorkerProcess.objects.create(host="here", pid=1, beat_at=timezone.now())
    for _attempt in range(100):
        job.refresh_from_db()
        if job.has_ended:
            break
        for kind, one in claim(worker_id=worker.pk, room=1):
            control = Control(one, worker_id=worker.pk, is_draining=lambda: False)
            runner.do(kind, one, control, worker.pk)
    worker.delete()
    return job


def exported(owner: User, path: str, **body: Any) -> bytes:
    """What a program gets that asks for an export and waits for it."""
    api = Api(owner)
    begun = api.post(path, body)
    assert begun.status == 202, begun.body
    job = done(ExportJob.objects.get(pk=begun.json["id"]))
    told = api.get(f"/chat/exports/{job.pk}").json
    assert told["status"] == "complete", told
    answer = api.get(told["url"].removeprefix("/api"))
    assert answer.status == 200
    return answer.body


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}
