"""Follows one reply, or all to one question, from its acknowledgement to its end.

Where it breaks off and another goes on in its place, that is followed as well: the failed one is told a last
time, as `message` of the type `assistant`, the new one comes with `created`, and its end is the end.
"""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator
from uuid import UUID

from chat.events import Event
from chat.models import SessionEvent
from chat.stream.follower import Ended, Follower
from chat.threads import read


class ReplyFollower(Follower):
    """Enter it before the message is sent; then ask for `events` of the reply."""

    def __init__(self, session_id: UUID, user_id: UUID) -> None:
        # Not behind in anybody's eyes until it knows where it begins.
        super().__init__(session_id, user_id, after=sys.maxsize)

    def _begin(self) -> None:
        """What was before the message is of no concern, and what comes after is heard."""

    async def events(
        self, user_message_id: UUID | None, *reply_ids: UUID, is_new: bool = True
    ) -> AsyncIterator[Event]:
        """`ack` first, then all about the messages, and nothing after the last reply's `done`.

        Where that lies too far back to be told, a `reset` stands for it, and is the last if they have ended.

        `is_new`: the message was sent after this was entered, so all of it is heard.

        Raises:
            Ended: the session is gone.
        """
        about, waited_for = {user_message_id, *reply_ids}, set(reply_ids)
        events = await self._from_ack(reply_ids[0], is_new=is_new)
        while True:
            for event in events:
                if (following := _continued_by(event)) and event.message_id in waited_for:
                    about.add(following)
                    if event.name == "done":
                        waited_for ^= {event.message_id, following}
                elif event.message_id in about or event.name == "reset":
                    yield event
                    if event.name == "done":
                        waited_for.discard(event.message_id)
                    elif event.name == "reset":  # what it stands for may have been the end
                        waited_for = await read(_unended, self.session_id, waited_for, event.number)
                        about |= waited_for
                    if not waited_for:
                        return
            events = await self.take()

    async def _from_ack(self, reply_id: UUID, *, is_new: bool) -> list[Event]:
        heard = await self._subscription.take() if is_new else []
        for position, event in enumerate(heard):
            if event.name == "ack" and event.message_id == reply_id:
                self.number = event.before
                return await self._without_gap(heard[position:])
        self.number = await read(_number_before_ack, self.session_id, reply_id)
        return await self._read_rows()


def _continued_by(event: Event) -> UUID | None:
    """The reply that goes on where this event's failed or ended."""
    if event.name not in ("error", "done"):
        return None
    key = json.loads(event.body).get("continued_by")
    return UUID(key) if key else None


def _unended(session_id: UUID, replies: set[UUID], upto: int) -> set[UUID]:
    """Those that had not ended at that number, or what goes on in their place."""
    told = SessionEvent.objects.filter(session=session_id, name="done", number__lte=upto)
    left: set[UUID] = set()
    while replies:
        ends = dict(told.filter(message_id__in=replies).values_list("message_id", "data"))
        left |= replies - ends.keys()
        replies = {UUID(data["continued_by"]) for data in ends.values() if "continued_by" in data}
    return left


def _number_before_ack(session_id: UUID, reply_id: UUID) -> int:
    """The number to follow from so that the reply's `ack` comes first.

    Raises:
        Ended: there is no such reply.
    """
    acks = SessionEvent.objects.filter(session=session_id, name="ack", message_id=reply_id)
    number = acks.order_by("-number").values_list("number", flat=True).first()
    if number is None:
        raise Ended
    return number - 1
