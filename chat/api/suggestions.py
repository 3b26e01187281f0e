"""Titles and tags that a model proposes to who asks; what of them is taken is a change of the session."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing
from chat.models import Extra, Role, User
from chat.services.suggestions import ask_suggestion
from chat.suggesting import suggesting_in

router = Router(tags=["sessions"])
Purpose = Extra.Purpose


@router.post("/{uuid:session_id}/suggest/title", response={202: outputs.Suggesting})
async def suggest_title(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Have a model propose a title; where that is under way, it goes on. GET tells what came of it."""
    return json_answer(await writing(request, _ask, session_id, Purpose.NAMING), status=202)


@router.get("/{uuid:session_id}/suggest/title", response=outputs.Suggesting)
async def get_suggested_title(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What came of the title that one asked for last."""
    return json_answer(await reading(request, _told, session_id, Purpose.NAMING))


@router.post("/{uuid:session_id}/suggest/tags", response={202: outputs.Suggesting})
async def suggest_tags(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Have a model propose tags, one's own first; where that is under way, it goes on. GET tells the rest."""
    return json_answer(await writing(request, _ask, session_id, Purpose.TAGS), status=202)


@router.get("/{uuid:session_id}/suggest/tags", response=outputs.Suggesting)
async def get_suggested_tags(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """What came of the tags that one asked for last."""
    return json_answer(await reading(request, _told, session_id, Purpose.TAGS))


def _ask(user: User, session_id: UUID, purpose: Extra.Purpose) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.EDITOR)
    ask_suggestion(session=session, user=user, purpose=purpose)
    return _told(user, session_id, purpose)


def _told(user: User, session_id: UUID, purpose: Extra.Purpose) -> dict[str, Any]:
    """A Suggesting."""
    found = suggesting_in(access.get_session(user, session_id, Role.EDITOR), user, purpose)
    return {
        "status": found.status or None,
        "error": str(found.failure["words"]) if found.failure else None,
        "title": found.title or None,
        "tags": [{"name": tag.name, "new": tag.is_new} for tag in found.tags] or None,
    }
