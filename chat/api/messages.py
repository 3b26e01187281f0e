"""A session's messages: list and send."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Annotated, Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from ninja import Header, Query, Router

from chat import access, snapshot, threads
from chat.api import outputs
from chat.api.answers import json_answer, wants_stream
from chat.api.callers import reading
from chat.api.fields import Limit
from chat.api.inputs import MessageInput, Several
from chat.api.streams import STREAM_RESPONSE, Asked, reply_stream
from chat.composer import read, submit
from chat.models import Message, Role, Session, User
from chat.services.content import Draft
from chat.services.sending import Sent
from chat.slash import dispatch
from chat.slash.dispatch import Line
from chat.snapshot import MessageView, views_of
from chat.wire import message_json, session_json

router = Router(tags=["messages"])


@router.get("/{uuid:session_id}/messages", response=outputs.MessageList)
async def list_messages(
    request: HttpRequest,
    session_id: UUID,
    limit: Limit = 25,
    before: Annotated[UUID | None, Query(description="The page just before this message.")] = None,
) -> HttpResponse:
    """The messages on show, oldest first; `next` is the next `before`."""
    return json_answer(await reading(request, _page, session_id, limit, before))


def _page(user: User, session_id: UUID, limit: int, before: UUID | None) -> dict[str, Any]:
    session = access.get_session(user, session_id, Role.MODERATOR)
    page = snapshot.page(session, limit=limit, before=_of_session(user, session_id, before))
    return {
        "items": [message_json(view) for view in page.messages],
        "next": str(page.older) if page.older else None,
        "last_event_id": page.cursor,
    }


def _of_session(user: User, session_id: UUID, message_id: UUID | None) -> Message | None:
    if message_id is None:
        return None
    # A deleted one is still a place to go on from: it may have gone since the page was read.
    message = access.get_message(user, message_id, Role.MODERATOR, deleted=True)
    if message.session_id != session_id:
        raise Http404
    return message


@router.post(
    "/{uuid:session_id}/messages",
    response={200: outputs.CommandRun, 202: outputs.Sent},
    openapi_extra={"responses": {200: STREAM_RESPONSE}},
)
async def send_message(
    request: HttpRequest,
    session_id: UUID,
    payload: MessageInput,
    idempotency_key: Annotated[
        UUID | None,
        Header(alias="Idempotency-Key", description="Becomes the message's id; sent again, it is sent once."),
    ] = None,
) -> HttpResponseBase:
    """Send a message and have it answered. With `Accept: text/event-stream` the reply's events come back.

    Should a model break off and another one go on, so does the stream: the first reply is told a last
    time, as `message` of the type `assistant`, then comes the other, `created` in its place, with its `done`.

    With `models` each of those answers, at the same time. The stream then tells of all replies, each event
    with its `message_id`, and ends with the last `done`.

    A command (“/clear”) is run, and nothing is sent: 200 with what it did, whatever is accepted. A
    first word that looks like a command and is none is refused (422); a space before it sends it.
    """
    # What only reads and renders is done first, so that the thread that writes does nothing else.
    user, session, typed = await reading(request, _prepare, session_id, payload, idempotency_key)
    if isinstance(typed, Line):
        # Nobody knows how long a command takes, and one thread writes for all.
        return json_answer(await threads.write_long(_run, user, session, typed), status=HTTPStatus.OK)

    async def send() -> Sent:
        return await threads.write(
            submit,
            author=user,
            session=session,
            draft=typed,
            attachment_ids=payload.attachment_ids,
            parent_id=payload.parent_id,
            queue=payload.queue,
            models=pairs(payload.models),
        )

    if wants_stream(request):

        async def ask() -> Asked:
            return asked(await send())

        return await reply_stream(request, session_id, ask)
    return json_answer(await threads.read(sent_json, await send()), status=202)


def _prepare(
    user: User, session_id: UUID, payload: MessageInput, message_id: UUID | None
) -> tuple[User, Session, Draft | Line]:
    session = access.get_session(user, session_id, Role.EDITOR)
    has_attachments = bool(payload.attachment_ids)
    return user, session, read(payload.content, id=message_id, has_attachments=has_attachments)


def _run(user: User, session: Session, line: Line) -> dict[str, Any]:
    """The command's outcome, for a program: pages and dialogs are for browsers."""
    outcome = dispatch.run(line, user=user, session=session)
    now = outcome.session or access.get_session(user, session.pk, Role.VIEWER)
    views = views_of(outcome.messages)
    return {
        "command": line.command.name,
        "detail": outcome.words,
        "session": session_json(now),
        "messages": [message_json(view) for view in views],
    }


def pairs(models: Several | None) -> list[tuple[str, str]]:
    return [(one.provider, one.model) for one in models or ()]


def asked(sent: Sent) -> Asked:
    return Asked(sent.user_message.id, [reply.id for reply in sent.replies], sent.is_new)


def sent_json(sent: Sent) -> dict[str, Any]:
    """Read after the writing, in a reading thread: others wait for the one that writes."""
    said, *replies = sent.views or views_of([sent.user_message, *sent.replies])
    return {"user_message": message_json(said), **replies_json(replies)}


def replies_json(replies: Sequence[MessageView]) -> dict[str, Any]:
    """The one on show first; all of them only where there are several."""
    told = [message_json(reply) for reply in replies]
    return {"assistant_message": told[0], **({"assistant_messages": told} if len(told) > 1 else {})}
