"""Event streams: a session's, from any number on, and the reply's to what was just sent."""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from ninja import Router

from chat import access, events
from chat.api.answers import event_stream
from chat.api.callers import caller_of, reading
from chat.http.problems import problem
from chat.models import Role, User
from chat.stream import Follower, ReplyFollower, events_as_sse
from chat.stream.follower import Ended

router = Router(tags=["streams"])
NOBODY = UUID(int=0)

STREAM_RESPONSE = {
    "description": "Server-sent events.",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


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
    if sent and not re.fullmatch(r"[0-9]+", sent):
        return problem(400, detail="Last-Event-ID must be the number of an event.")
    head = await reading(request, _open, session_id)
    after = _number(sent) if sent else head
    caller = caller_of(request)
    follower = Follower(session_id, caller.find().id, after=min(after, head), token_id=caller.token_id)
    return event_stream(_session_events(follower, is_ahead=after > head))


def _number(digits: str) -> int:
    """No event has a number of more than 18 digits: a longer one is of the future, like any too great one."""
    return int(digits) if len(digits) <= 18 else sys.maxsize


def _open(user: User, session_id: UUID) -> int:
    return access.get_session(user, session_id, Role.MODERATOR).last_event_id


async def _session_events(follower: Follower, *, is_ahead: bool) -> AsyncIterator[bytes]:
    if is_ahead:  # of another database: whatever that client knows is not from here
        yield events.reset(follower.session_id, follower.number).as_sse()
    async with aclosing(events_as_sse(follower)) as following:
        async for part in following:
            yield part


@dataclass(frozen=True)
class Asked:
    """What was sent, and the replies that are made to it; a retry finds all of them there."""

    user_message_id: UUID | None
    reply_ids: Sequence[UUID]
    is_new: bool = True


class Waiting(ReplyFollower):
    """Listens from before the person is known, since they are looked up together with the sending."""

    def __init__(self, session_id: UUID) -> None:
        super().__init__(session_id, NOBODY)

    def end(self) -> None:
        if self.user_id != NOBODY:
            super().end()


async def reply_stream(
    request: HttpRequest, session_id: UUID, ask: Callable[[], Awaitable[Asked]]
) -> HttpResponseBase:
    """Have `ask` send something, and answer with the reply's events from its `ack` to its `done`."""
    events = _ask_and_follow(request, session_id, ask)
    # Begun here, so that a refusal is an answer of its own, and so that the generator is cleaned up
    # even when the client leaves before anybody reads from it.
    first = await anext(events)
    return event_stream(_joined(first, events))


async def _ask_and_follow(
    request: HttpRequest, session_id: UUID, ask: Callable[[], Awaitable[Asked]]
) -> AsyncGenerator[bytes, None]:
    with Waiting(session_id) as follower:
        asked = await ask()
        caller = caller_of(request)
        follower.user_id, follower.token_id = caller.find().id, caller.token_id
        try:
            async for event in follower.events(asked.user_message_id, *asked.reply_ids, is_new=asked.is_new):
                yield event.as_sse()
        except Ended:
            return


async def _joined(first: bytes, rest: AsyncGenerator[bytes, None]) -> AsyncIterator[bytes]:
    async with aclosing(rest):
        yield first
        async for part in rest:
            yield part
