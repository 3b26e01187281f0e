"""Annotations of a message: notes on all of it, or on a passage."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import writing
from chat.api.inputs import AnnotationChanges, AnnotationInput
from chat.http import no_content
from chat.models import Role, User
from chat.services import annotations as notes
from chat.wire import annotation_json

router = Router(tags=["messages"])


@router.post("/{uuid:message_id}/annotations", response={201: outputs.Annotation})
async def annotate_message(request: HttpRequest, message_id: UUID, payload: AnnotationInput) -> HttpResponse:
    """Note something on the message, or on the passage from `start` to before `end`."""
    return json_answer(await writing(request, _annotate, message_id, payload), status=201)


def _annotate(user: User, message_id: UUID, payload: AnnotationInput) -> dict[str, Any]:
    message = access.get_message(user, message_id, Role.COMMENTER)
    annotation = notes.annotate_span(
        message=message, author=user, body=payload.body, start=payload.start, end=payload.end
    )
    return annotation_json(annotation)


@router.put("/{uuid:message_id}/annotations/{uuid:annotation_id}", response=outputs.Annotation)
async def edit_annotation(
    request: HttpRequest, message_id: UUID, annotation_id: UUID, payload: AnnotationChanges
) -> HttpResponse:
    """Change what one's own note says; its passage stays."""
    return json_answer(await writing(request, _edit, message_id, annotation_id, payload.body))


def _edit(user: User, message_id: UUID, annotation_id: UUID, body: str) -> dict[str, Any]:
    annotation = access.get_annotation(user, message_id, annotation_id)
    return annotation_json(notes.edit_annotation(annotation=annotation, body=body))


@router.delete("/{uuid:message_id}/annotations/{uuid:annotation_id}", response={204: None})
async def delete_annotation(request: HttpRequest, message_id: UUID, annotation_id: UUID) -> HttpResponse:
    """Take one's own note away; it can be brought back."""
    await writing(request, _delete, message_id, annotation_id)
    return no_content()


def _delete(user: User, message_id: UUID, annotation_id: UUID) -> None:
    notes.delete_annotation(annotation=access.get_annotation(user, message_id, annotation_id))


@router.post("/{uuid:message_id}/annotations/{uuid:annotation_id}/restore", response=outputs.Annotation)
async def restore_annotation(request: HttpRequest, message_id: UUID, annotation_id: UUID) -> HttpResponse:
    """Bring one's own note back."""
    return json_answer(await writing(request, _restore, message_id, annotation_id))


def _restore(user: User, message_id: UUID, annotation_id: UUID) -> dict[str, Any]:
    annotation = access.get_annotation(user, message_id, annotation_id, deleted=True)
    return annotation_json(notes.restore_annotation(annotation=annotation))
