"""Event streams: a session's, from any number on, and the reply's to what was just sent."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import aclosing
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router

from chat import access, events
from chat.api.answers import event_stream
from chat.api.callers import caller_of, reading
from chat.http.problems import problem
from chat.models import User
from chat.stream import Follower, ReplyFollower, events_as_sse, reply_as_sse

router = Router(tags=["streams"])

STREAM_RESPONSE = {"description": "Server-sent events.", "content": {"text/event-stream": {"schema": {"type": "string"}}}}


@router.get(
    "/{uuid:session_id}/stream",
    response={200: None},
    openapi_extra={
        "responses": {200: STREAM_RESPONSE},
        "parameters": [
            {
                "in": "header",
                "name": "Last-Event-ID",
                "description": "The last event that you had; 0 for all. Without it, from now on.",
                "schema": {"type": "integer", "minimum": 0},
            }
        ],
    },
)
async def stream_session(request: HttpRequest, session_id: UUID) -> HttpResponseBase:
    """All that happens in the session, until it is deleted or one may not read it any more."""
    sent = request.META.get("HTTP_LAST_EVENT_ID", "").strip()
    if sent and not re.fullmatch(r"\d{1,18}", sent):
        return problem(400, detail="Last-Event-ID must be the number of an event.")
    user_id, head = await reading(request, _open, session_id)
    after = int(sent) if sent else head
    return event_stream(_session_events(session_id, user_id, after, head))


def _open(user: User, session_id: UUID) -> tuple[UUID, int]:
    return user.id, access.get_session(user, session_id).last_event_id


async def _session_events(session_id: UUID, user_id: UUID, after: int, head: int) -> AsyncIterator[bytes]:
    if after > head:  # of another database: whatever that client knows is not from here
        yield events.reset(session_id, head).as_sse()
        after = head
    async with aclosing(events_as_sse(Follower(session_id, user_id, after=after))) as parts:
        async for part in parts:
            yield part


def reply_stream(
    request: HttpRequest, session_id: UUID, user_message_id: UUID | None, reply_id: UUID
) -> HttpResponseBase:
    """The events of a reply that was just asked for, from its `ack` to its `done`."""
    user_id = caller_of(request).find().id
    return event_stream(_reply_events(ReplyFollower(session_id, user_id), user_message_id, reply_id))


async def _reply_events(
    follower: ReplyFollower, user_message_id: UUID | None, reply_id: UUID
) -> AsyncIterator[bytes]:
    """Entered here and not before the message is sent: it begins with the rows, so nothing is missed,
    and a client that is gone by now leaves no listener behind."""
    follower.__enter__()
    async with aclosing(reply_as_sse(follower, user_message_id, reply_id)) as parts:
        async for part in parts:
            yield part
