"""What the job of an export does: the walk, the format, and a file that is there whole or not at all."""

from __future__ import annotations

import errno
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import Http404
from django.utils import timezone, translation

from chat import access
from chat.background.control import Control, Interrupted
from chat.background.kinds import JobFailed
from chat.errors import Refused
from chat.models import Role
from chat.phrases import Phrase
from exports.content.transcript import GoOn
from exports.formats import FORMATS
from exports.jobs.account import write_account
from exports.jobs.archive import write_archive
from exports.jobs.files import name_of, part_at, stored_at
from exports.jobs.writing import write_document
from exports.models import KEPT, ExportJob
from exports.options import Options

GONE = Phrase("This conversation is not there for you any more.")
FULL = Phrase("The server's disk is full. Tell whoever runs it, and try again.")


def run_export(job: ExportJob, control: Control) -> None:
    """What a job does; begun again it begins at the start.

    Raises:
        JobFailed: it cannot be done.
    """
    target, part = stored_at(job), part_at(job)
    target.parent.mkdir(parents=True, exist_ok=True)
    _sweep(target.parent)

    def go_on(share: float) -> None:
        control.go_on(int(100 * share))

    with (
        translation.override(job.language),
        timezone.override(_zone(job.time_zone)),
        _told_of_disk(),
        part.open("wb+") as out,
    ):
        failed = _writer_of(job)(out, go_on)
        out.flush()
        os.fsync(out.fileno())
    rows = ExportJob.objects.filter(pk=job.pk, status=ExportJob.Status.RUNNING, worker=job.worker_id)
    if not rows.exists():
        raise Interrupted  # another process has taken it, and its file may be given out already
    size = part.replace(target).stat().st_size
    if not rows.update(file=name_of(job), size=size, failed_count=failed):
        raise Interrupted


def _sweep(folder: Path) -> None:
    """What lies there longer than any file is kept is nobody's: its process or row went at a bad moment."""
    oldest = time.time() - 2 * KEPT.total_seconds()
    for file in folder.iterdir():
        with suppress(FileNotFoundError):
            if file.stat().st_mtime < oldest:
                file.unlink()


def _writer_of(job: ExportJob) -> Callable[[BinaryIO, GoOn], int]:
    """Writes all that the job asks for, and tells how many conversations it could not write."""
    if job.scope == ExportJob.Scope.ONE:
        return lambda out, go_on: _write_one(job, out, go_on)
    if job.scope == ExportJob.Scope.MANY:
        return lambda out, go_on: write_archive(job, out, go_on)
    return lambda out, go_on: write_account(job, out, go_on)


def _write_one(job: ExportJob, out: BinaryIO, go_on: GoOn) -> int:
    [session_id] = job.session_ids
    try:
        session = access.get_session(job.owner, UUID(session_id), Role.VIEWER)
    except (Http404, Refused) as error:
        raise JobFailed(GONE) from error
    write_document(session, FORMATS[job.format], Options.of(job.options), out, go_on)
    return 0


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return ZoneInfo("UTC")


@contextmanager
def _told_of_disk() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise JobFailed(FULL) from error
