"""What is made of sessions as a whole: duplicates, merges."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import writing, writing_long
from chat.api.inputs import MergeInput, UndoMergeInput
from chat.models import Role, User
from chat.services import duplicating, merging, unmerging
from chat.wire import session_json

router = Router(tags=["sessions"])


@router.post("/{uuid:session_id}/duplicate", response={201: outputs.Session})
async def duplicate_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A new session with all that is in this one, alternatives too; it is no branch of it."""
    return json_answer(await writing_long(request, _duplicate, session_id), status=201)


def _duplicate(user: User, session_id: UUID) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.VIEWER)
    return session_json(duplicating.duplicate_session(session=session, owner=user))


@router.post("/{uuid:session_id}/merge", response=outputs.Session)
async def merge_session(request: HttpRequest, session_id: UUID, payload: MergeInput) -> HttpResponse:
    """Append what the source has on show and this session has not, after a `system` line that names it.

    What is common is told by the first originals, so that what was merged before is not merged again.
    """
    return json_answer(await writing_long(request, _merge, session_id, payload.source_id))


def _merge(user: User, session_id: UUID, source_id: UUID) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.EDITOR)
    source = access.get_session(user, source_id, Role.VIEWER)
    merging.merge_session(session=session, source=source, merged_by=user)
    session.refresh_from_db()
    return session_json(session)


@router.post("/{uuid:session_id}/merge/undo", response=outputs.Session)
async def undo_merge(
    request: HttpRequest, session_id: UUID, payload: UndoMergeInput | None = None
) -> HttpResponse:
    """Take the last merge back, or the last one of that source; nothing where there is none."""
    source_id = payload.source_id if payload else None
    return json_answer(await writing(request, _undo_merge, session_id, source_id))


def _undo_merge(user: User, session_id: UUID, source_id: UUID | None) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.EDITOR)
    merges = session.merges.filter(is_whole=True, undone_at=None)
    if source_id is not None:
        merges = merges.filter(source=source_id)
    if last := merges.order_by("-id").first():
        unmerging.undo_merge(session=session, merge=last)
        session.refresh_from_db()
    return session_json(session)
