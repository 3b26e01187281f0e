"""Links to the files of exports: made for people who have no account here, and taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat.api.answers import json_answer
from chat.api.callers import writing
from chat.http import no_content
from chat.models import User
from exports import access
from exports.api.shapes import ExportLink, ExportLinkInput
from exports.jobs import orders
from exports.jobs.beyond import IN_JSON
from exports.jobs.files import link_json

router = Router(tags=["exports"])


@router.post(
    "/{uuid:export_id}/link",
    response={201: ExportLink},
    description=(
        "A link with which whoever has it downloads the file; the one before it opens nothing more. "
        f"409 while there is no file.\n\n{IN_JSON}"
    ),
)
async def create_export_link(request: HttpRequest, export_id: UUID, payload: ExportLinkInput) -> HttpResponse:
    return json_answer(await writing(request, _make, export_id, payload), status=201)


def _make(user: User, export_id: UUID, payload: ExportLinkInput) -> dict[str, Any]:
    job = access.get_export(user, export_id)
    made = link_json(orders.make_link(job=job, lifetime=timedelta(seconds=payload.expires_in)))
    assert made is not None
    return made


@router.delete("/{uuid:export_id}/link", response={204: None})
async def revoke_export_link(request: HttpRequest, export_id: UUID) -> HttpResponse:
    """The link opens nothing more; the file stays."""
    await writing(request, _revoke, export_id)
    return no_content()


def _revoke(user: User, export_id: UUID) -> None:
    orders.revoke_link(job=access.get_export(user, export_id))
