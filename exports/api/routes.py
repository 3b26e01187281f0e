"""Exports: a conversation, or many, made into a file while one looks again how far it is."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from chat import access as chat_access
from chat.api.answers import json_answer
from chat.api.callers import reading, writing
from chat.api.downloads import download_of
from chat.api.fields import Cursor, Limit
from chat.errors import Conflict
from chat.http import no_content
from chat.models import Role, User
from chat.paging import page_of_jobs, read_cursor
from exports import access
from exports.api.shapes import BulkExportInput, Export, ExportInput, ExportList
from exports.formats.json import SCHEMA
from exports.jobs import orders
from exports.jobs.beyond import IN_JSON
from exports.jobs.files import export_json
from exports.jobs.handing import hand_out

SCHEMA_TEXT, SCHEMA_TYPE = SCHEMA.read_bytes(), "application/schema+json"
router = Router(tags=["exports"])
session_router = Router(tags=["exports"])
bulk_router = Router(tags=["exports"])


@session_router.post(
    "/{uuid:session_id}/export",
    response={202: Export},
    description=f"The conversation as one file; ask for the export again until it is complete.\n\n{IN_JSON}",
)
async def start_export(request: HttpRequest, session_id: UUID, payload: ExportInput) -> HttpResponse:
    return json_answer(await writing(request, _start, session_id, payload), status=202)


def _start(user: User, session_id: UUID, payload: ExportInput) -> dict[str, Any]:
    session = chat_access.get_session(user, session_id, Role.VIEWER)
    options = payload.options.chosen()
    return export_json(
        orders.start_export(owner=user, session=session, format_name=payload.format, options=options)
    )


@bulk_router.post(
    "/bulk",
    response={202: Export},
    description=(
        f"Several conversations as one zip, with a manifest; `all` writes each in every format.\n\n{IN_JSON}"
    ),
)
async def start_bulk_export(request: HttpRequest, payload: BulkExportInput) -> HttpResponse:
    return json_answer(await writing(request, _start_bulk, payload), status=202)


def _start_bulk(user: User, payload: BulkExportInput) -> dict[str, Any]:
    keys = list(dict.fromkeys(payload.session_ids))
    found = {one.pk: one for one in chat_access.get_sessions(user, keys, Role.VIEWER)}
    job = orders.start_bulk_export(
        owner=user,
        sessions=[found[key] for key in keys],
        format_name=payload.format,
        options=payload.options.chosen(),
    )
    return export_json(job)


@router.get(
    "/schema",
    auth=None,
    response={200: None},
    openapi_extra={
        "responses": {
            200: {
                "description": "A JSON Schema (2020-12).",
                "content": {SCHEMA_TYPE: {"schema": {"type": "object"}, "example": {"type": "object"}}},
            }
        }
    },
)
async def get_export_schema(request: HttpRequest) -> HttpResponse:
    """What the JSON export is, as JSON Schema."""
    return HttpResponse(SCHEMA_TEXT, content_type=SCHEMA_TYPE)


@router.get("", response=ExportList)
async def list_exports(
    request: HttpRequest,
    limit: Limit = 25,
    cursor: Cursor = "",
) -> HttpResponse:
    """One's own, the newest first."""
    return json_answer(await reading(request, _list, limit, cursor))


def _list(user: User, limit: int, cursor: str) -> dict[str, Any]:
    jobs, after = page_of_jobs(access.exports_of(user), read_cursor(cursor), limit)
    return {"items": [export_json(job) for job in jobs], "next": after or None}


@router.get("/{uuid:export_id}", response=Export)
async def get_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """How far it is, and where its file lies."""
    return json_answer(await reading(request, _get, export_id))


def _get(user: User, export_id: UUID) -> dict[str, Any]:
    return export_json(access.get_export(user, export_id))


@router.get(
    "/{uuid:export_id}/download",
    response={200: None},
    openapi_extra=download_of("The file."),
)
async def download_export(request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    """The file, as a download; 409 while there is none. One that broke off goes on with `Range`."""
    return await writing(request, _take, request, export_id)


def _take(user: User, request: HttpRequest, export_id: UUID) -> HttpResponseBase:
    job = access.get_export(user, export_id)
    if not job.has_file:
        raise Conflict("There is no file: this export is not complete.")
    return hand_out(request, job, by_link=False)


@router.delete("/{uuid:export_id}", response={204: None})
async def delete_export(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """Cancel it, or remove it with its file if it has ended."""
    await writing(request, _delete, export_id)
    return no_content()


def _delete(user: User, export_id: UUID) -> None:
    orders.cancel_or_remove(job=access.get_export(user, export_id))
