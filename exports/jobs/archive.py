"""Many conversations in one zip, with a manifest that says what is in it, and what could not be."""

from __future__ import annotations

import io
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO, Any, BinaryIO
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from chat import access
from chat.background.kinds import JobFailed
from chat.errors import Refused
from chat.models import Session
from chat.phrases import Phrase
from chat.wire import time_json
from exports.content.transcript import GoOn
from exports.formats import FORMATS
from exports.formats.contract import Format
from exports.jobs.naming import Names, file_name
from exports.jobs.writing import write_document
from exports.models import ALL, ExportJob
from exports.options import Options

# Sessions whose rows are held at once.
BATCH = 200
# Of one document, in memory before it goes to the disk.
SPOOLED_BYTES = 8 << 20
# Packed already.
_PACKED = (".pdf", ".docx", ".png", ".jpg", ".jpeg", ".webp", ".zip")
GONE = "not there any more"
NOTHING = Phrase("None of the conversations could be exported. The first one: %(reason)s")


@dataclass(slots=True)
class Archive:
    """A zip that is being written."""

    zip: zipfile.ZipFile
    options: Options
    formats: Sequence[Format]
    # Whether each format has a folder of its own.
    has_folders: bool = False
    names: Names = field(default_factory=Names)
    told: list[dict[str, Any]] = field(default_factory=list)
    failed: int = 0
    reason: str = ""

    def add_session(self, session: Session, go_on: GoOn) -> None:
        """The conversation in each format; what cannot be written is told in the manifest."""
        files: list[dict[str, Any]] = []
        errors: list[str] = []
        for number, form in enumerate(self.formats):
            try:
                files.append(self._add(session, form, _piece(go_on, number, len(self.formats))))
            except (JobFailed, Refused) as failed:
                errors.append(str(failed.words) if isinstance(failed, JobFailed) else failed.detail)
        self.told.append({**_facts(session), "files": files, "errors": errors})
        if errors:
            self.note_failed(errors[0])

    def note_gone(self, session_id: str) -> None:
        self.told.append({"id": session_id, "files": [], "errors": [GONE]})
        self.note_failed(GONE)

    def note_failed(self, reason: str) -> None:
        self.failed += 1
        self.reason = self.reason or reason

    def add_json(self, name: str, value: Any) -> None:
        self.zip.writestr(name, json.dumps(value, ensure_ascii=False, indent=2) + "\n")

    def _add(self, session: Session, form: Format, go_on: GoOn) -> dict[str, Any]:
        day = timezone.localtime(session.created_at).date().isoformat()
        folder = f"{form.name}/" if self.has_folders else ""
        title = file_name(session.name, _("Conversation"))
        with tempfile.SpooledTemporaryFile(SPOOLED_BYTES) as written:
            write_document(session, form, self.options, written, go_on)  # type: ignore[arg-type]
            written.seek(0, io.SEEK_END)
            size = written.tell()
            written.seek(0)
            name = self.names.take(f"{folder}{day} {title}", form.suffix)
            self.put(name, written, size, session.updated_at)
        return {"name": name, "format": form.name, "size": size}

    def put(self, name: str, content: IO[bytes], size: int, moment: datetime) -> None:
        """A file, of that time, under a name that was taken."""
        entry = zipfile.ZipInfo(name, timezone.localtime(moment).timetuple()[:6])
        is_packed = name.endswith(_PACKED)
        entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
        entry.external_attr = 0o644 << 16
        with self.zip.open(entry, "w", force_zip64=size > 1 << 30) as member:
            shutil.copyfileobj(content, member, 1 << 20)


def write_archive(job: ExportJob, out: BinaryIO, go_on: GoOn) -> int:
    """The conversations that the job names; how many could not be written.

    Raises:
        JobFailed: none could be.
    """
    with zipfile.ZipFile(out, "w") as opened:
        archive = begun(job, opened)
        found = list(_chosen(job))
        add_all(archive, found, go_on)
        there = {str(session.pk) for session in found}
        for session_id in job.session_ids:
            if session_id not in there:
                archive.note_gone(session_id)
        if not any(one["files"] for one in archive.told):
            raise JobFailed(Phrase(NOTHING.msgid, reason=archive.reason))
        archive.add_json("manifest.json", manifest_of(job, archive))
    return archive.failed


def begun(job: ExportJob, opened: zipfile.ZipFile) -> Archive:
    """An archive in the job's formats."""
    is_all = job.format == ALL
    formats = [one for one in FORMATS.values() if is_all or one.name == job.format]
    possible = [one for one in formats if not one.obstacle()]
    return Archive(opened, Options.of(job.options), possible, is_all)


def _chosen(job: ExportJob) -> Iterator[Session]:
    """Those that the person may still read, in the order in which they were named."""
    return _in_batches(access.sessions_for(job.owner), [UUID(key) for key in job.session_ids])


def _in_batches(sessions: QuerySet[Session], keys: Sequence[UUID]) -> Iterator[Session]:
    """In the order of the keys.

    No cursor is open meanwhile: a job writes down how far it is, and SQLite refuses a connection's write
    while it reads what another one has changed since.
    """
    rows = sessions.select_related("project").prefetch_related("tags")
    for start in range(0, len(keys), BATCH):
        found = rows.in_bulk(keys[start : start + BATCH])
        yield from (found[key] for key in keys[start : start + BATCH] if key in found)


def add_all(archive: Archive, sessions: Sequence[Session] | QuerySet[Session], go_on: GoOn) -> None:
    """Each is as long as it has messages."""
    if isinstance(sessions, QuerySet):
        weights = dict(sessions.values_list("pk", "message_count"))
        rows = _in_batches(sessions, list(weights))
    else:
        weights = {session.pk: session.message_count for session in sessions}
        rows = iter(sessions)
    whole = max(1, sum(weights.values()) + len(weights))
    done = 0
    for session in rows:
        weight = weights.get(session.pk, 0) + 1
        archive.add_session(session, _part(go_on, done / whole, weight / whole))
        done += weight
    go_on(1.0)


def _part(go_on: GoOn, start: float, length: float) -> GoOn:
    return lambda share: go_on(min(1.0, start + share * length))


def _piece(go_on: GoOn, number: int, count: int) -> GoOn:
    return _part(go_on, number / count, 1 / count)


def _facts(session: Session) -> dict[str, Any]:
    return {
        "id": str(session.pk),
        "name": session.name,
        "messages": session.message_count,
        "created_at": time_json(session.created_at),
        "updated_at": time_json(session.updated_at),
    }


def manifest_of(job: ExportJob, archive: Archive) -> dict[str, Any]:
    """Of each conversation its files, and the errors where there were any."""
    return {
        "made_by": "Parley",
        "version": 1,
        "exported_at": time_json(timezone.now()),
        "exported_by": job.owner.get_username(),
        "formats": [form.name for form in archive.formats],
        "options": job.options,
        "count": len(archive.told),
        "failed": archive.failed,
        "sessions": archive.told,
    }
