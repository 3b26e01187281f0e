"""Projects: list, make, read, change, put away, bring back; who takes part in them."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing
from chat.api.conditions import CHANGES, READS, REPLACES, Condition, condition_of, tagged
from chat.api.fields import Cursor, Limit
from chat.api.inputs import MemberInput, ProjectChanges, ProjectInput, ProjectValues
from chat.api.people import person_called
from chat.http import no_content
from chat.models import Role, User
from chat.paging import cursor_of, projects_after, read_cursor
from chat.services import projects
from chat.wire import project_json

router = Router(tags=["projects"])


@router.get("", response=outputs.ProjectList)
async def list_projects(
    request: HttpRequest,
    limit: Limit = 25,
    cursor: Cursor = "",
) -> HttpResponse:
    """Those that one takes part in, the latest change first."""
    return json_answer(await reading(request, _list, limit, cursor))


def _list(user: User, limit: int, cursor: str) -> dict[str, Any]:
    found = access.projects_of(user).prefetch_related("members__user")
    rows = list(projects_after(found, read_cursor(cursor))[: limit + 1])
    shown = [project_json(row, user) for row in rows[:limit]]
    return {"items": shown, "next": cursor_of(rows[limit - 1]) if len(rows) > limit else None}


@router.post("", response={201: outputs.Project})
async def create_project(request: HttpRequest, payload: ProjectInput) -> HttpResponse:
    """A new project, with its maker as the owner."""
    return tagged(request, await writing(request, _create, payload.model_dump()), status=201)


def _create(user: User, values: dict[str, Any]) -> dict[str, Any]:
    slug = values.pop("slug") or ""
    return project_json(projects.create_project(owner=user, slug=slug, **values), user)


@router.get("/{slug}", response=outputs.Project, openapi_extra=READS)
async def get_project(request: HttpRequest, slug: str) -> HttpResponse:
    """The project, and who takes part in it."""
    return tagged(request, await reading(request, _get, slug))


def _get(user: User, slug: str) -> dict[str, Any]:
    return project_json(access.get_project(user, slug, Role.VIEWER), user)


@router.put("/{slug}", response=outputs.Project, openapi_extra=REPLACES)
async def replace_project(request: HttpRequest, slug: str, payload: ProjectValues) -> HttpResponse:
    """Set its name, description and instructions; what is left out gets its default."""
    changes, condition = payload.model_dump(), condition_of(request)
    return tagged(request, await writing(request, _change, slug, changes, condition))


@router.patch("/{slug}", response=outputs.Project, openapi_extra=REPLACES)
async def change_project(request: HttpRequest, slug: str, payload: ProjectChanges) -> HttpResponse:
    """Set what is named, and leave the rest."""
    changes, condition = payload.model_dump(exclude_unset=True), condition_of(request)
    return tagged(request, await writing(request, _change, slug, changes, condition))


def _change(user: User, slug: str, changes: dict[str, Any], condition: Condition) -> dict[str, Any]:
    project = access.get_project(user, slug, Role.OWNER)
    check = condition.on(partial(project_json, viewer=user))
    return project_json(projects.change_project(project=project, changes=changes, check=check), user)


@router.delete("/{slug}", response={204: None}, openapi_extra=CHANGES)
async def delete_project(request: HttpRequest, slug: str) -> HttpResponse:
    """Its conversations stay, each with its owner; it can be brought back."""
    await writing(request, _delete, slug, condition_of(request))
    return no_content()


def _delete(user: User, slug: str, condition: Condition) -> None:
    project = access.get_project(user, slug, Role.OWNER)
    projects.delete_project(project=project, check=condition.on(partial(project_json, viewer=user)))


@router.post("/{slug}/restore", response=outputs.Project)
async def restore_project(request: HttpRequest, slug: str) -> HttpResponse:
    """Bring a deleted project back, with its conversations."""
    return tagged(request, await writing(request, _restore, slug))


def _restore(user: User, slug: str) -> dict[str, Any]:
    project = access.get_project(user, slug, Role.OWNER, deleted=True)
    return project_json(projects.restore_project(project=project), user)


@router.put("/{slug}/members/{username}", response=outputs.Project)
async def set_member(request: HttpRequest, slug: str, username: str, payload: MemberInput) -> HttpResponse:
    """Let a person take part with that role, or give them another."""
    return tagged(request, await writing(request, _set_member, slug, username, payload.role))


def _set_member(user: User, slug: str, username: str, role: str) -> dict[str, Any]:
    project = access.get_project(user, slug, Role.OWNER)
    projects.set_member(project=project, user=person_called(username), role=Role(role))
    return project_json(access.get_project(user, slug, Role.VIEWER), user)


@router.delete("/{slug}/members/{username}", response={204: None})
async def remove_member(request: HttpRequest, slug: str, username: str) -> HttpResponse:
    """Owners take others out; anybody may leave."""
    await writing(request, _remove_member, slug, username)
    return no_content()


def _remove_member(user: User, slug: str, username: str) -> None:
    is_self = username == user.get_username()
    project = access.get_project(user, slug, Role.VIEWER if is_self else Role.OWNER)
    projects.remove_member(project=project, user=person_called(username))
