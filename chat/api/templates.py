"""Templates: one's own, and those that others share, to be used, copied, and by editors changed."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from ninja import Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing
from chat.api.conditions import CHANGES, READS, REPLACES, Condition, condition_of, tagged
from chat.api.fields import Cursor, Limit
from chat.api.inputs import TemplateChanges, TemplateInput
from chat.http import no_content
from chat.models import Role, User
from chat.paging import cursor_of, read_cursor, templates_after
from chat.services import templates
from chat.wire import template_json

router = Router(tags=["templates"])


@router.get("", response=outputs.TemplateList)
async def list_templates(
    request: HttpRequest,
    limit: Limit = 25,
    cursor: Cursor = "",
) -> HttpResponse:
    """The latest change first."""
    return json_answer(await reading(request, _list, limit, cursor))


def _list(user: User, limit: int, cursor: str) -> dict[str, Any]:
    found = access.templates_for(user).prefetch_related("members__user")
    rows = list(templates_after(found, read_cursor(cursor))[: limit + 1])
    shown = [template_json(row, user) for row in rows[:limit]]
    return {"items": shown, "next": cursor_of(rows[limit - 1]) if len(rows) > limit else None}


@router.post("", response={201: outputs.Template})
async def create_template(request: HttpRequest, payload: TemplateInput) -> HttpResponse:
    """A new template of one's own; administrators may share theirs."""
    return tagged(request, await writing(request, _create, payload.model_dump()), status=201)


def _create(user: User, values: dict[str, Any]) -> dict[str, Any]:
    return template_json(templates.save_template(owner=user, values=_fields(values)), user)


@router.get("/{uuid:template_id}", response=outputs.Template, openapi_extra=READS)
async def get_template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """A template of one's own, or one that is shared."""
    return tagged(request, await reading(request, _get, template_id))


def _get(user: User, template_id: UUID) -> dict[str, Any]:
    return template_json(access.get_template(user, template_id), user)


@router.put("/{uuid:template_id}", response=outputs.Template, openapi_extra=REPLACES)
async def replace_template(request: HttpRequest, template_id: UUID, payload: TemplateInput) -> HttpResponse:
    """Set all of it; what is left out gets its default."""
    condition, changes = condition_of(request), payload.model_dump()
    if "shared" not in payload.model_fields_set:
        del changes["shared"]
    return tagged(request, await writing(request, _replace, template_id, changes, condition))


def _replace(user: User, template_id: UUID, values: dict[str, Any], condition: Condition) -> dict[str, Any]:
    """What is left out has its default, but an editor leaves it to the owner who may use it."""
    is_own = access.get_template(user, template_id, Role.EDITOR).owner_id == user.pk
    return _change(user, template_id, {"shared": False, **values} if is_own else values, condition)


@router.patch("/{uuid:template_id}", response=outputs.Template, openapi_extra=REPLACES)
async def change_template(request: HttpRequest, template_id: UUID, payload: TemplateChanges) -> HttpResponse:
    """Set what is named, and leave the rest; settings are merged."""
    changes = payload.model_dump(exclude_unset=True)
    condition = condition_of(request)
    return tagged(request, await writing(request, _change, template_id, changes, condition, is_merge=True))


def _change(
    user: User, template_id: UUID, values: dict[str, Any], condition: Condition, *, is_merge: bool = False
) -> dict[str, Any]:
    template = access.get_template(user, template_id, Role.EDITOR)
    saved = templates.save_template(
        owner=user,
        template=template,
        values=_fields(values),
        is_merge=is_merge,
        check=condition.on(partial(template_json, viewer=user)),
    )
    return template_json(saved, user)


@router.delete("/{uuid:template_id}", response={204: None}, openapi_extra=CHANGES)
async def delete_template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """It can be brought back."""
    await writing(request, _delete, template_id, condition_of(request))
    return no_content()


def _delete(user: User, template_id: UUID, condition: Condition) -> None:
    template = access.get_template(user, template_id, Role.OWNER)
    templates.delete_template(template=template, check=condition.on(partial(template_json, viewer=user)))


@router.post("/{uuid:template_id}/restore", response=outputs.Template)
async def restore_template(request: HttpRequest, template_id: UUID) -> HttpResponse:
    """Bring a deleted template back."""
    return tagged(request, await writing(request, _restore, template_id))


def _restore(user: User, template_id: UUID) -> dict[str, Any]:
    template = access.get_template(user, template_id, Role.OWNER, deleted=True)
    return template_json(templates.restore_template(template=template), user)


def _fields(values: dict[str, Any]) -> dict[str, Any]:
    """As the rows have them."""
    named = {"is_shared" if key == "shared" else key: value for key, value in values.items()}
    return {
        key: "" if value is None and key in ("provider", "model") else value for key, value in named.items()
    }
