"""Follows one reply, from its acknowledgement to its end."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

from chat.events import Event
from chat.models import SessionEvent
from chat.stream.follower import Ended, Follower
from chat.threads import read


class ReplyFollower(Follower):
    """Enter it before the message is sent; then ask for `events` of the reply."""

    def __init__(self, session_id: UUID, user_id: UUID) -> None:
        super().__init__(session_id, user_id, after=0)

    async def events(self, user_message_id: UUID | None, reply_id: UUID) -> AsyncIterator[Event]:
        """`ack` first, then all about the two messages, and nothing after `done`.

        Raises:
            Ended: the session is gone.
        """
        self.number = await read(_number_before_ack, self.session_id, reply_id)
        about = {user_message_id, reply_id}
        while True:
            for event in await self.take():
                if event.message_id in about or event.name == "reset":
                    yield event
                if event.name == "done" and event.message_id == reply_id:
                    return


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
