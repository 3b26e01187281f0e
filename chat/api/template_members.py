"""Whom a template is given to."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import access
from chat.api import outputs
from chat.api.callers import writing
from chat.api.conditions import tagged
from chat.api.inputs import TemplateMemberInput
from chat.api.people import person_called
from chat.http import no_content
from chat.models import Role, User
from chat.services import template_members
from chat.wire import template_json

router = Router(tags=["templates"])
MEMBER = "/{uuid:template_id}/members/{username}"


@router.put(MEMBER, response=outputs.Template)
async def set_template_member(
    request: HttpRequest, template_id: UUID, username: str, payload: TemplateMemberInput
) -> HttpResponse:
    """Give a person the template, or another role on it."""
    return tagged(request, await writing(request, _set, template_id, username, payload.role))


def _set(user: User, template_id: UUID, username: str, role: str) -> dict[str, object]:
    template = access.get_template(user, template_id, Role.OWNER)
    template_members.set_template_member(template=template, user=person_called(username), role=Role(role))
    return template_json(access.get_template(user, template_id), user)


@router.delete(MEMBER, response={204: None})
async def remove_template_member(request: HttpRequest, template_id: UUID, username: str) -> HttpResponse:
    """Its owner takes it from others; anybody may leave."""
    await writing(request, _remove, template_id, username)
    return no_content()


def _remove(user: User, template_id: UUID, username: str) -> None:
    is_self = username == user.get_username()
    template = access.get_template(user, template_id, Role.VIEWER if is_self else Role.OWNER)
    template_members.remove_template_member(template=template, user=person_called(username))
