"""Threads on objects outside, and the messages that programs put into a conversation themselves."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Header, Path, Router
from pydantic import Field

from chat import access, audit
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing
from chat.api.fields import Line, Slug
from chat.api.inputs import EmbedInput, PartsInput, ThreadInput
from chat.models import Role, User
from chat.services.parts import append_parts
from chat.services.threads import get_thread
from chat.snapshot import views_of
from chat.wire import message_json, session_json

router = Router(tags=["threads"])
parts_router = Router(tags=["threads"])
ScopeType = Annotated[Line, Field(min_length=1, max_length=80), Path(description="Such as “spec”.")]
ScopeId = Annotated[Line, Field(min_length=1, max_length=200), Path(description="May hold slashes.")]


@router.put("/{project}/{scope_type}/{path:scope_id}", response={200: outputs.Session, 201: outputs.Session})
async def get_or_make_thread(
    request: HttpRequest,
    project: Slug,
    scope_type: ScopeType,
    scope_id: ScopeId,
    payload: ThreadInput | None = None,
) -> HttpResponse:
    """The one session of that object in that project, made if there is none (201); so is the project."""
    values = (payload or ThreadInput()).model_dump(exclude_unset=True)
    session, is_new = await writing(request, _thread, project, scope_type, scope_id, values)
    return json_answer(session, status=201 if is_new else 200)


def _thread(
    user: User, slug: str, scope_type: str, scope_id: str, values: dict[str, Any]
) -> tuple[dict[str, Any], bool]:
    begun_with = {key: "" if value is None else value for key, value in values.items()}
    session, is_new = get_thread(
        user=user, slug=slug, scope_type=scope_type, scope_id=scope_id, begun_with=begun_with
    )
    return session_json(session), is_new


@parts_router.post("/{uuid:session_id}/parts", response={201: outputs.Message})
async def append_message(
    request: HttpRequest,
    session_id: UUID,
    payload: PartsInput,
    idempotency_key: Annotated[
        UUID | None,
        Header(
            alias="Idempotency-Key", description="Becomes the message's id; sent again, it is there once."
        ),
    ] = None,
) -> HttpResponse:
    """Add a message made of these parts. No model is asked."""
    answer = await writing(
        request, _append, session_id, payload.model_dump(exclude_unset=True), idempotency_key
    )
    return json_answer(answer, status=201)


def _append(user: User, session_id: UUID, values: dict[str, Any], key: UUID | None) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.EDITOR)
    message = append_parts(session=session, author=user, message_id=key, **values)
    [view] = views_of([message])
    return message_json(view)


@parts_router.post("/{uuid:session_id}/embed", response={201: outputs.Embedding})
async def embed_session(request: HttpRequest, session_id: UUID, payload: EmbedInput) -> HttpResponse:
    """An address at which pages of those origins show the conversation in a frame, with its history."""
    return json_answer(await reading(request, _embed, session_id, payload), status=201)


def _embed(user: User, session_id: UUID, payload: EmbedInput) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.EDITOR)
    lifetime = timedelta(seconds=payload.expires_in)
    token, expires_at = access.embed_token(
        user=user, session=session, parents=payload.parents, lifetime=lifetime
    )
    audit.note(audit.Action.SESSION_EMBEDDED, session, expires=expires_at.isoformat())
    url = reverse("embed", args=[token])
    return {"url": url, "expires_at": expires_at.isoformat().replace("+00:00", "Z")}
