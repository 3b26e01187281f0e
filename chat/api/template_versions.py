"""What a template said before: its versions, and going back to one."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing
from chat.api.conditions import REPLACES, Condition, condition_of, tagged
from chat.api.fields import Limit
from chat.models import Role, User
from chat.services import templates
from chat.wire import template_json, template_version_json

router = Router(tags=["templates"])
VERSIONS = "/{uuid:template_id}/versions"


@router.get(VERSIONS, response=outputs.TemplateVersionList)
async def list_versions(
    request: HttpRequest,
    template_id: UUID,
    limit: Limit = 25,
    cursor: Annotated[int | None, Query(ge=1, description="`next` of the page before.")] = None,
) -> HttpResponse:
    """The newest first, which is what it says now."""
    return json_answer(await reading(request, _list, template_id, limit, cursor))


def _list(user: User, template_id: UUID, limit: int, cursor: int | None) -> dict[str, Any]:
    versions = access.get_template(user, template_id, Role.EDITOR).versions.select_related("author")
    versions = versions.filter(number__lt=cursor) if cursor else versions
    rows = list(versions.order_by("-number")[: limit + 1])
    shown = [template_version_json(row) for row in rows[:limit]]
    return {"items": shown, "next": str(rows[limit - 1].number) if len(rows) > limit else None}


@router.get(VERSIONS + "/{int:number}", response=outputs.TemplateVersion)
async def get_version(request: HttpRequest, template_id: UUID, number: int) -> HttpResponse:
    """What the template said then."""
    return json_answer(await reading(request, _get, template_id, number))


def _get(user: User, template_id: UUID, number: int) -> dict[str, Any]:
    return template_version_json(access.get_template_version(user, template_id, number))


@router.post(VERSIONS + "/{int:number}/restore", response=outputs.Template, openapi_extra=REPLACES)
async def restore_version(request: HttpRequest, template_id: UUID, number: int) -> HttpResponse:
    """Go back to it: with a new version, which says the same."""
    restored = await writing(request, _restore, template_id, number, condition_of(request))
    return tagged(request, restored)


def _restore(user: User, template_id: UUID, number: int, condition: Condition) -> dict[str, Any]:
    version = access.get_template_version(user, template_id, number)
    check = condition.on(partial(template_json, viewer=user))
    return template_json(templates.restore_version(version=version, editor=user, check=check), user)
