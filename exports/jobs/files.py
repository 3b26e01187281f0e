"""Where the file of an export lies, of what kind it is, and an export as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.urls import reverse

from chat.wire import time_json
from exports import access
from exports.formats import FORMATS
from exports.models import ExportJob

ZIP = "application/zip"


def name_of(job: ExportJob) -> str:
    """Of the file in the storage."""
    return f"exports/{job.pk}"


def stored_at(job: ExportJob) -> Path:
    """Where the whole file is put."""
    return Path(default_storage.path(name_of(job)))


def part_at(job: ExportJob) -> Path:
    """Where it is written, each time it is begun in a place of its own: none writes into another's."""
    begun = int(job.started_at.timestamp() * 1000) if job.started_at else 0
    return stored_at(job).with_suffix(f".{begun}.part")


def parts_of(job: ExportJob) -> Iterator[Path]:
    """All that was begun of its file."""
    return stored_at(job).parent.glob(f"{job.pk}.*.part")


def type_of(job: ExportJob) -> str:
    """The kind of the file, as a browser names it."""
    return FORMATS[job.format].mime_type if job.scope == ExportJob.Scope.ONE else ZIP


def export_json(job: ExportJob) -> dict[str, Any]:
    return {
        "id": str(job.pk),
        "status": job.status,
        "progress": job.progress,
        "format": job.format,
        "session_ids": job.session_ids,
        "name": job.name,
        "size": job.size,
        "url": reverse("api:download_export", args=[job.pk]) if job.has_file else None,
        "error": job.error["words"] if job.error else None,
        "failed": job.failed_count,
        "created_at": time_json(job.created_at),
        "ended_at": time_json(job.ended_at) if job.ended_at else None,
        "expires_at": time_json(job.expires_at) if job.expires_at else None,
        "link": link_json(job),
    }


def link_path(job: ExportJob) -> str:
    """Of the page that the link opens; empty where there is none."""
    return reverse("shared-export", args=[access.token_of(job)]) if job.has_file and job.has_link else ""


def link_json(job: ExportJob) -> dict[str, Any] | None:
    if not (path := link_path(job)):
        return None
    assert job.link_expires_at is not None
    return {"url": path, "expires_at": time_json(job.link_expires_at), "downloads": job.link_count}
