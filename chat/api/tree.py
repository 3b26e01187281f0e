"""What is made of sessions as a whole: duplicates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import writing_long
from chat.models import Role, User
from chat.services import duplicating
from chat.wire import session_json

router = Router(tags=["sessions"])


@router.post("/{uuid:session_id}/duplicate", response={201: outputs.Session})
async def duplicate_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """A new session with all that is in this one, alternatives too; it is no branch of it."""
    return json_answer(await writing_long(request, _duplicate, session_id), status=201)


def _duplicate(user: User, session_id: UUID) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.VIEWER)
    return session_json(duplicating.duplicate_session(session=session, owner=user))
