"""Sessions: list, make, read, change, delete, bring back; clear, and stop what runs."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Query, Router

from chat import access
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing, writing_long
from chat.api.conditions import CHANGES, READS, REPLACES, Condition, condition_of, tagged
from chat.api.inputs import BranchInput, NewSession, SessionChanges, SessionFilters
from chat.api.session_list import find_sessions
from chat.http import no_content
from chat.models import Project, Role, Session, Template, User
from chat.services import beginnings, replies, sessions
from chat.services.branching import branch_session as make_branch
from chat.services.content import Draft
from chat.services.threads import project_for
from chat.wire import session_json

router = Router(tags=["sessions"])


@router.get("", response=outputs.SessionList)
async def list_sessions(request: HttpRequest, filters: Annotated[SessionFilters, Query()]) -> HttpResponse:
    """The latest activity first."""
    return json_answer(await reading(request, find_sessions, filters))


@router.post("", response={201: outputs.Session})
async def create_session(request: HttpRequest, payload: NewSession | None = None) -> HttpResponse:
    """A new session, empty or as a template begins it; a project that is missing is made."""
    values = (payload or NewSession()).model_dump(exclude_unset=True)
    if values.get("template"):
        # Its messages are rendered in a thread that reads: those who write wait for nobody's rendering.
        begun = await reading(request, _prepare, values)
        return _answer(request, await writing(request, _begin, values, *begun), status=201)
    return _answer(request, await writing(request, _create, values), status=201)


def _json(session: Session) -> dict[str, Any]:
    return {**session_json(session), "last_event_id": session.last_event_id}


def _answer(request: HttpRequest, values: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """With the tag of all that a GET says; the others do not say how far its events have come."""
    said = {name: value for name, value in values.items() if name != "last_event_id"}
    return tagged(request, values if request.method == "GET" else said, status=status, whole=values)


def _create(user: User, values: dict[str, Any]) -> dict[str, Any]:
    name, provider, model = (values.get(key) or "" for key in ("name", "provider", "model"))
    session = sessions.create_session(
        owner=user,
        name=name,
        provider=provider,
        model=model,
        settings=values.get("settings"),
        fallbacks=values.get("fallbacks", ()),
        options=values.get("options"),
        project=_project(user, values),
    )
    return _json(session)


def _prepare(user: User, values: dict[str, Any]) -> tuple[Template, dict[str, str], list[tuple[str, Draft]]]:
    template = access.get_template(user, values["template"])
    filling = beginnings.values_for(template, values.get("variables", {}))
    return template, filling, beginnings.drafts_of(template, filling)


def _begin(
    user: User,
    values: dict[str, Any],
    template: Template,
    filling: dict[str, str],
    messages: list[tuple[str, Draft]],
) -> dict[str, Any]:
    changes = {**values, "project": _project(user, values)}
    session = beginnings.begin_session(
        template=template, owner=user, values=filling, messages=messages, changes=changes
    )
    return _json(session)


def _project(user: User, values: dict[str, Any]) -> Project | None:
    slug = values.get("project")
    return project_for(user=user, slug=slug) if slug else None


@router.get("/{uuid:session_id}", response=outputs.SessionWithCursor, openapi_extra=READS)
async def get_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """The session, and the number of its last event, from which a stream goes on."""
    return _answer(request, await reading(request, _get, session_id))


def _get(user: User, session_id: UUID) -> dict[str, Any]:
    return _json(access.get_session(user, session_id, Role.MODERATOR))


@router.put("/{uuid:session_id}", response=outputs.Session, openapi_extra=REPLACES)
async def replace_session(request: HttpRequest, session_id: UUID, payload: SessionChanges) -> HttpResponse:
    """Set all that can be set; what is left out gets its default, but for the project."""
    values = payload.model_dump()
    if "project" not in payload.model_fields_set:
        del values["project"]  # what it is part of, and who sees it, is not changed by leaving it out
    return _answer(request, await writing(request, _replace, session_id, values, condition_of(request)))


def _replace(user: User, session_id: UUID, values: dict[str, Any], condition: Condition) -> dict[str, Any]:
    session, values = _to_change(user, session_id, values)
    return _json(sessions.replace_session(session=session, values=values, check=condition.on(_json)))


@router.patch("/{uuid:session_id}", response=outputs.Session, openapi_extra=REPLACES)
async def change_session(request: HttpRequest, session_id: UUID, payload: SessionChanges) -> HttpResponse:
    """Set what is named, and leave the rest; settings are merged."""
    changes = payload.model_dump(exclude_unset=True)
    return _answer(request, await writing(request, _change, session_id, changes, condition_of(request)))


def _change(user: User, session_id: UUID, changes: dict[str, Any], condition: Condition) -> dict[str, Any]:
    session, changes = _to_change(user, session_id, changes)
    return _json(sessions.update_session(session=session, changes=changes, check=condition.on(_json)))


def _to_change(user: User, session_id: UUID, values: dict[str, Any]) -> tuple[Session, dict[str, Any]]:
    """The session, and the changes with the project itself; who moves one decides who may read it."""
    session = access.get_session(user, session_id, Role.EDITOR)
    if "project" not in values or values["project"] == (session.project.slug if session.project else None):
        return session, {key: value for key, value in values.items() if key != "project"}
    session = access.get_session(user, session_id, Role.OWNER)
    return session, {**values, "project": _project(user, values)}


@router.delete("/{uuid:session_id}", response={204: None}, openapi_extra=CHANGES)
async def delete_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """It can be brought back."""
    await writing(request, _delete, session_id, condition_of(request))
    return no_content()


def _delete(user: User, session_id: UUID, condition: Condition) -> None:
    session = access.get_session(user, session_id, Role.OWNER)
    sessions.delete_session(session=session, check=condition.on(_json))


@router.post("/{uuid:session_id}/restore", response=outputs.Session)
async def restore_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Bring a deleted session back, with all that was in it."""
    return _answer(request, await writing(request, _restore, session_id))


def _restore(user: User, session_id: UUID) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.OWNER, deleted=True)
    return _json(sessions.restore_session(session=session))


@router.post("/{uuid:session_id}/branch", response={201: outputs.Session})
async def branch_session(
    request: HttpRequest, session_id: UUID, payload: BranchInput | None = None
) -> HttpResponse:
    """A new session with the messages on show up to that one; a reply that runs is copied as it stands."""
    from_message_id = payload.from_message_id if payload else None
    return json_answer(await writing_long(request, _branch, session_id, from_message_id), status=201)


def _branch(user: User, session_id: UUID, from_message_id: UUID | None) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.VIEWER)
    message = access.get_message(user, from_message_id, Role.VIEWER) if from_message_id else None
    if message is not None and message.session_id != session.pk:
        raise Http404
    return session_json(make_branch(session=session, owner=user, message=message))


@router.post("/{uuid:session_id}/clear", response=outputs.Cleared)
async def clear_session(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Take all messages away together; how many."""
    return json_answer({"messages": await writing(request, _clear, session_id)})


def _clear(user: User, session_id: UUID) -> int:
    return sessions.clear_session(session=access.get_session(user, session_id, Role.EDITOR))


@router.post("/{uuid:session_id}/clear/undo", response=outputs.Cleared)
async def undo_clear(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Bring back what the last clearing took away; how many messages."""
    return json_answer({"messages": await writing(request, _undo_clear, session_id)})


def _undo_clear(user: User, session_id: UUID) -> int:
    return sessions.undo_clear(session=access.get_session(user, session_id, Role.EDITOR))


@router.post("/{uuid:session_id}/stop", response={204: None})
async def stop_reply(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Also when nothing runs."""
    await writing(request, _stop, session_id)
    return no_content()


def _stop(user: User, session_id: UUID) -> None:
    replies.stop_reply(session=access.get_session(user, session_id, Role.EDITOR))
