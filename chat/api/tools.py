"""Tools: which one's models may call, which are on in a session, and what one says when a call waits."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from ninja import Path, Router

from chat import access, toolbox
from chat.api import outputs
from chat.api.answers import json_answer
from chat.api.callers import reading, writing
from chat.api.inputs import CallInput, SessionToolsInput
from chat.models import Role, Session, User
from chat.services import allowing, tools
from chat.snapshot import views_of
from chat.toolbox import Switch
from chat.tools.contract import Offered
from chat.wire import message_json

router = Router(tags=["tools"])
sessions_router = Router(tags=["tools"])
calls_router = Router(tags=["tools"])
CallId = Annotated[str, Path(description="The `id` of a part of type `tool-call`.")]


@router.get("", response=outputs.ToolServerList)
async def list_tools(request: HttpRequest) -> HttpResponse:
    """What models may call for you: the servers that you can use, and their tools as last listed."""
    return json_answer(await reading(request, _list))


def _list(user: User) -> dict[str, Any]:
    found = [
        {**_switch_json(switch), "tools": [_tool_json(tool) for tool in offered]}
        for switch, offered in toolbox.listed(user)
    ]
    return {"items": found, "next": None}


@sessions_router.get("/{uuid:session_id}/tools", response=outputs.ToolSwitchList)
async def list_session_tools(request: HttpRequest, session_id: UUID) -> HttpResponse:
    """Which of the servers that you can use are on in the session."""
    return json_answer(await reading(request, _switches, session_id))


def _switches(user: User, session_id: UUID) -> dict[str, Any]:
    return _switches_json(user, access.get_session(user, session_id, Role.EDITOR))


@sessions_router.patch("/{uuid:session_id}/tools", response=outputs.ToolSwitchList)
async def choose_session_tools(
    request: HttpRequest, session_id: UUID, payload: SessionToolsInput
) -> HttpResponse:
    """Switch servers on or off in the session; those that are not named stay as they are."""
    return json_answer(await writing(request, _choose, session_id, payload.tools))


def _choose(user: User, session_id: UUID, chosen: dict[str, bool]) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.EDITOR)
    tools.choose_tools(session=session, user=user, chosen=chosen)
    return _switches_json(user, session)


@calls_router.post("/{uuid:message_id}/calls/{call_id}", response=outputs.Message)
async def decide_call(
    request: HttpRequest, message_id: UUID, call_id: CallId, payload: CallInput
) -> HttpResponse:
    """Allow or forbid a call that waits (its part is `pending`); the reply goes on when none waits any more.

    Only who asked can allow it, since the tool acts for them. A second word changes nothing.
    """
    return json_answer(await writing(request, _decide, message_id, call_id, payload.allow))


def _decide(user: User, message_id: UUID, call_id: str, allow: bool) -> dict[str, Any]:  # noqa: FBT001
    message = access.get_message(user, message_id, Role.EDITOR)
    if not any(part["type"] == "tool-call" and part.get("id") == call_id for part in message.parts):
        raise Http404
    allowing.decide_call(message=message, call_id=call_id, author=user, is_allowed=allow)
    return message_json(views_of([message])[0])


def _switches_json(user: User, session: Session) -> dict[str, Any]:
    return {"items": [_switch_json(one) for one in toolbox.switches(user, session)], "next": None}


def _switch_json(switch: Switch) -> dict[str, Any]:
    return {
        "id": switch.key,
        "name": switch.name,
        "own": switch.server is not None and switch.server.owner_id is not None,
        "on": switch.is_on,
        "default": switch.is_default,
    }


def _tool_json(tool: Offered) -> dict[str, Any]:
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "parameters": dict(tool.schema),
        "changes": tool.changes,
        "asks": tool.asks,
    }
