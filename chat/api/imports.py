"""Imports: a file is sent, and what is in it comes in while one looks again how far it is."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Router

from chat import access, threads
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.attachments import ENVELOPE_BYTES, UPLOAD, the_file
from chat.api.callers import caller_of, reading, writing
from chat.errors import TooLarge
from chat.http import no_content, problem
from chat.import_reports import Item, items_of, reports_of
from chat.models import ImportJob, User
from chat.services import imports

router = Router(tags=["imports"])
MAX_ITEMS = 1000


@router.post("", response={202: outputs.Import}, openapi_extra={"requestBody": UPLOAD})
async def start_import(request: HttpRequest) -> HttpResponse:
    """An export of ChatGPT, Claude or Open WebUI, or Parley's own JSON, in the field `file`."""
    await threads.read(caller_of(request).find)
    if request.content_type != "multipart/form-data":
        return problem(415, detail="Send the file as multipart/form-data, in the field “file”.")
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.IMPORT_MAX_BYTES + ENVELOPE_BYTES:
        limit = settings.IMPORT_MAX_BYTES // (1024 * 1024)
        raise TooLarge(f"A file may have up to {limit} MB.", field="file")
    # Read, although a row is written: the writing thread is not kept waiting for a file to be copied.
    return json_answer(await reading(request, _start, request), status=202)


def _start(user: User, request: HttpRequest) -> dict[str, Any]:
    return import_json(imports.start_import(owner=user, file=the_file(request)))


@router.get("/{uuid:import_id}", response=outputs.Import)
async def get_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """How far it is, and what came of each conversation."""
    return json_answer(await reading(request, _get, import_id))


def _get(user: User, import_id: UUID) -> dict[str, Any]:
    return import_json(access.get_import(user, import_id))


@router.delete("/{uuid:import_id}", response={204: None})
async def delete_import(request: HttpRequest, import_id: UUID) -> HttpResponse:
    """Cancel it, or take it off the list if it has ended. The conversations that came in stay."""
    await writing(request, _delete, import_id)
    return no_content()


def _delete(user: User, import_id: UUID) -> None:
    imports.cancel_or_remove(job=access.get_import(user, import_id))


def import_json(job: ImportJob) -> dict[str, Any]:
    report = reports_of([job])[job.pk]
    counts = {name: getattr(report, name) for name in report.__slots__}
    return {
        "id": str(job.pk),
        "status": job.status,
        "progress": job.progress,
        "format": job.source or None,
        "name": job.name,
        "size": job.size,
        "url": reverse("import-report", args=[job.pk]) if job.has_ended else None,
        "error": job.error["words"] if job.error else None,
        "report": {
            "conversations": report.conversations,
            **counts,
            "items": [_item_json(item) for item in items_of(job, limit=MAX_ITEMS)],
        },
        "created_at": _time(job.created_at),
        "ended_at": _time(job.ended_at) if job.ended_at else None,
    }


def _item_json(item: Item) -> dict[str, Any]:
    return {
        "outcome": item.outcome,
        "name": item.name,
        "session_id": str(item.session.pk) if item.session else None,
        "messages": item.messages,
        "notes": list(item.notes),
    }


def _time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
