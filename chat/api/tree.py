"""What is made of sessions as a whole: duplicates, merges, comparisons."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import access, kinship
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing, writing_long
from chat.api.inputs import MergeInput, UndoMergeInput
from chat.models import Message, Role, User
from chat.services import duplicating, merging, unmerging
from chat.snapshot import views_of
from chat.wire import message_json, session_json

router = Router(tags=["sessions"])
# Messages that are read at a time.
BATCH = 200


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


@router.get("/{uuid:session_id}/compare/{uuid:other_id}", response=outputs.Comparison)
async def compare_sessions(request: HttpRequest, session_id: UUID, other_id: UUID) -> HttpResponse:
    """What both have on show, told by the first originals, and what each has alone or in other words.

    `common` are messages of the first session.
    """
    common, *own = await reading(request, _shared, session_id, other_id)
    # In batches, between which the thread is free for what others read.
    left, right = [
        [
            row
            for start in range(0, len(keys), BATCH)
            for row in await reading(request, _messages, keys[start : start + BATCH])
        ]
        for keys in own
    ]
    return json_answer({"common": [str(key) for key in common], "left": left, "right": right})


def _shared(user: User, session_id: UUID, other_id: UUID) -> tuple[list[UUID], list[UUID], list[UUID]]:
    left = access.get_session(user, session_id, Role.VIEWER)
    right = access.get_session(user, other_id, Role.VIEWER)
    return kinship.shared_by(left, right)


def _messages(_user: User, keys: list[UUID]) -> list[dict[str, Any]]:
    rows = Message.objects.filter(pk__in=keys).order_by("depth")
    return [message_json(view) for view in views_of(rows)]
