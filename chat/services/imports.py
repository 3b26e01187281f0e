"""Imports as jobs: taken in, done in the background, cancelled, removed; and their reports."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext as _

from chat import audit
from chat.background import queue
from chat.background.control import Control
from chat.background.kinds import JobFailed, Kind
from chat.errors import BadValue, TooLarge, TooManyJobs
from chat.importers import Archive, UnreadableFile
from chat.models import ImportJob, ImportLine, User
from chat.phrases import Phrase, kept
from chat.plugins import hookimpl
from chat.services.arrivals import Arrival
from chat.services.attachments import clean_name
from chat.services.importing import import_archive
from chat.text import clean_text

# Of one person, that have not ended: each has a file of up to `IMPORT_MAX_BYTES`.
MAX_OPEN = 3
NOTHING = Phrase("There are no conversations in this file.")


@hookimpl
def job_kinds() -> Iterable[Kind]:
    return [Kind("import", ImportJob, run_import, drop_file, drop_file, keep=timedelta(days=90))]


def start_import(*, owner: User, file: UploadedFile[bytes]) -> ImportJob:
    """Keep a file that was sent, and have what is in it brought in.

    Raises:
        TooLarge, BadValue: it is not taken.
        TooManyJobs: others of this person have not ended yet.
    """
    if (file.size or 0) > settings.IMPORT_MAX_BYTES:
        limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
        raise TooLarge(_("A file may have up to %(size)s MB.") % {"size": limit}, field="file")
    if not file.size:
        raise BadValue(_("The file is empty."), field="file")
    unended = ImportJob.objects.filter(owner=owner, status__in=["pending", "running"])
    if unended.count() >= MAX_OPEN:
        raise TooManyJobs(_("Other imports of yours are still under way. Wait until one has ended."))
    job = ImportJob(owner=owner, name=clean_name(file.name or ""), size=file.size, file=file)
    with transaction.atomic():
        job.save(force_insert=True)
        audit.note(audit.Action.IMPORT_BEGUN, job)
        queue.wake()
    return job


def run_import(job: ImportJob, control: Control) -> None:
    """What a job does; once more after a kill, it goes on where the report ends.

    Raises:
        JobFailed: there is nothing to bring in.
    """
    try:
        with job.file.open("rb") as file, Archive(file) as archive:
            source = import_archive(owner=job.owner, archive=archive, report=Lines(job), go_on=control.go_on)
    except UnreadableFile as trouble:
        raise JobFailed(trouble.words) from trouble
    ImportJob.objects.filter(pk=job.pk).update(source=source)
    if not job.lines.exists():
        raise JobFailed(NOTHING)


class Lines:
    """A job's report, in rows."""

    def __init__(self, job: ImportJob) -> None:
        self._job = job
        self._there = set(job.lines.values_list("number", flat=True))

    def has(self, number: int) -> bool:
        return number in self._there

    def add(self, number: int, arrival: Arrival) -> None:
        ImportLine.objects.create(
            job=self._job,
            number=number,
            outcome=arrival.outcome,
            name=clean_text(arrival.name)[:200],
            session=arrival.session,
            messages=arrival.messages,
            notes=[note_of(words) for words in arrival.notes],
        )


def note_of(words: Phrase) -> dict[str, Any]:
    """A note as its row keeps it."""
    return {"words": clean_text(words), "said": kept(words, clean_text)}


def cancel_or_remove(*, job: ImportJob) -> None:
    """Have a job that has not ended cancelled; take one that has off the list. What came in stays."""
    with transaction.atomic():
        if job.has_ended:
            drop_file(job)
            audit.note(audit.Action.IMPORT_REMOVED, job)
            job.delete()
            return
        if queue.request_cancel(job):
            drop_file(job)
        if job.cancel_requested_at is None:
            audit.note(audit.Action.IMPORT_CANCELLED, job)


def drop_file(job: ImportJob) -> None:
    """The file is needed no more."""
    if job.file.name:
        job.file.storage.delete(job.file.name)
