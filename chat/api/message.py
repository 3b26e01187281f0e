"""One message: read, edit, send again, delete, bring back, answer again, choose among alternatives."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Router

from chat import access, composer, threads
from chat.api import outputs
from chat.api.answers import json_answer, wants_stream
from chat.api.callers import reading, writing
from chat.api.conditions import CHANGES, READS, REPLACES, Condition, condition_of, tagged
from chat.api.inputs import MessageEditInput, ModelInput, RegenerateInput
from chat.api.messages import asked, pairs, replies_json, sent_json
from chat.api.streams import STREAM_RESPONSE, Asked, reply_stream
from chat.http import no_content
from chat.models import Message, Role, User
from chat.services import messages
from chat.services.content import Draft, draft_of
from chat.services.sending import Sent
from chat.snapshot import views_of
from chat.wire import message_json

router = Router(tags=["messages"])


def _json(message: Message) -> dict[str, Any]:
    [view] = views_of([message])
    return message_json(view)


@router.get("/{uuid:message_id}", response=outputs.Message, openapi_extra=READS)
async def get_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """The message; of a reply that is being written, what is there so far."""
    return tagged(request, await reading(request, _get, message_id))


def _get(user: User, message_id: UUID) -> dict[str, Any]:
    return _json(access.get_message(user, message_id, Role.MODERATOR))


@router.put(
    "/{uuid:message_id}",
    response={200: outputs.Message, 202: outputs.Sent},
    openapi_extra=REPLACES,
)
async def edit_message(request: HttpRequest, message_id: UUID, payload: MessageEditInput) -> HttpResponseBase:
    """Change what it says, or with `resend` send that as a sibling and have it answered (202)."""
    condition = condition_of(request)
    if not payload.resend:
        draft = await threads.read(draft_of, payload.content, id=message_id)
        return tagged(request, await writing(request, _edit, message_id, draft, condition))
    draft = await threads.read(draft_of, payload.content)
    if wants_stream(request):

        async def ask() -> Asked:
            return asked(await writing(request, _resend, message_id, draft, condition))

        return await reply_stream(request, await reading(request, _session_of, message_id), ask)
    sent = await writing(request, _resend, message_id, draft, condition)
    return json_answer(await threads.read(sent_json, sent), status=202)


def _session_of(user: User, message_id: UUID) -> UUID:
    return access.get_message(user, message_id, Role.EDITOR).session_id


def _edit(user: User, message_id: UUID, draft: Draft, condition: Condition) -> dict[str, Any]:
    message = access.get_message(user, message_id, Role.EDITOR)
    return _json(messages.edit_message(message=message, editor=user, draft=draft, check=condition.on(_json)))


def _resend(user: User, message_id: UUID, draft: Draft, condition: Condition) -> Sent:
    message = access.get_message(user, message_id, Role.EDITOR)
    return composer.resend(message=message, author=user, draft=draft, check=condition.on(_json))


@router.delete("/{uuid:message_id}", response={204: None}, openapi_extra=CHANGES)
async def delete_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Those after it stay; it can be brought back."""
    await writing(request, _delete, message_id, condition_of(request))
    return no_content()


def _delete(user: User, message_id: UUID, condition: Condition) -> None:
    message = access.get_message(user, message_id, Role.EDITOR)
    messages.delete_message(message=message, check=condition.on(_json))


@router.post("/{uuid:message_id}/restore", response=outputs.Message)
async def restore_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Bring a deleted message back to where it was."""
    return tagged(request, await writing(request, _restore, message_id))


def _restore(user: User, message_id: UUID) -> dict[str, Any]:
    message = access.get_message(user, message_id, Role.EDITOR, deleted=True)
    return _json(messages.restore_message(message=message))


@router.post(
    "/{uuid:message_id}/regenerate",
    response={202: outputs.Regenerated},
    openapi_extra={"responses": {200: STREAM_RESPONSE}},
)
async def regenerate_reply(
    request: HttpRequest, message_id: UUID, payload: RegenerateInput | None = None
) -> HttpResponseBase:
    """Answer again: a sibling of that reply. With `Accept: text/event-stream` its events come back.

    With `models` each of those answers at the same time, and the replies stand side by side.
    """
    models = pairs(payload.models if payload else None)
    return await _more_replies(
        request, message_id, partial(_regenerate, message_id=message_id, models=models)
    )


def _regenerate(user: User, message_id: UUID, models: list[tuple[str, str]]) -> list[Message]:
    message = access.get_message(user, message_id, Role.EDITOR)
    if models:
        return composer.ask_beside(message=message, author=user, models=models)
    return [composer.regenerate(message=message, author=user)]


@router.post(
    "/{uuid:message_id}/merge",
    response={202: outputs.Regenerated},
    openapi_extra={"responses": {200: STREAM_RESPONSE}},
)
async def merge_replies(
    request: HttpRequest, message_id: UUID, payload: ModelInput | None = None
) -> HttpResponseBase:
    """Have a model make one reply of all whole replies to that question, or beside that reply.

    It is one more of them, and on show. With `Accept: text/event-stream` its events come back.
    """
    asked = payload or ModelInput()
    return await _more_replies(request, message_id, partial(_merge, message_id=message_id, asked=asked))


def _merge(user: User, message_id: UUID, asked: ModelInput) -> list[Message]:
    message = access.get_message(user, message_id, Role.EDITOR)
    merged = composer.merge(message=message, author=user, provider=asked.provider, model=asked.model)
    return [merged]


async def _more_replies(
    request: HttpRequest, message_id: UUID, have_made: Callable[[User], list[Message]]
) -> HttpResponseBase:
    if wants_stream(request):

        async def ask() -> Asked:
            replies = await writing(request, have_made)
            return Asked(replies[0].parent_id, [reply.id for reply in replies])

        return await reply_stream(request, await reading(request, _session_of, message_id), ask)
    replies = await writing(request, have_made)
    return json_answer(await threads.read(_told, replies), status=202)


def _told(replies: list[Message]) -> dict[str, Any]:
    return replies_json(views_of(replies))


@router.post("/{uuid:message_id}/activate", response=outputs.Message)
async def activate_message(request: HttpRequest, message_id: UUID) -> HttpResponse:
    """Put that alternative, and what follows it, on show."""
    return json_answer(await writing(request, _activate, message_id))


def _activate(user: User, message_id: UUID) -> dict[str, Any]:
    message = access.get_message(user, message_id, Role.EDITOR)
    return _json(messages.activate_message(message=message))
