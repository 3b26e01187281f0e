"""Follows a person's list of conversations: which of them changed, or that something may have been missed."""

from __future__ import annotations

import asyncio
from typing import Self
from uuid import UUID

from chat.hub import hub
from chat.stream.follower import Ended
from chat.stream.watch import watch

# What comes close together is told together: a message that is sent changes its session several times.
TOGETHER_SECONDS = 0.05


class ListFollower:
    """Use as a context manager; from entering it on, nothing is missed in silence."""

    # The watch asks: no session of its own, and no number to be behind.
    session_id: UUID | None = None
    number = 0

    def __init__(self, user_id: UUID, *, token_id: UUID | None = None) -> None:
        self.user_id = user_id
        self.token_id = token_id
        self._has_ended = False

    def __enter__(self) -> Self:
        self._subscription = hub.subscribe(self.user_id)
        watch.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        watch.remove(self)
        hub.unsubscribe(self._subscription)

    def end(self) -> None:
        self._has_ended = True
        self._subscription.nudge()

    def look(self) -> None:
        self._subscription.nudge()

    async def take(self) -> set[UUID] | None:
        """The sessions that changed since the last call; None when some may have been missed.

        Raises:
            Ended: the person may not read any more.
        """
        heard = await self._subscription.take()
        if not self._has_ended:
            await asyncio.sleep(TOGETHER_SECONDS)
        if self._has_ended:
            raise Ended
        heard += self._subscription.drain()
        lost, self._subscription.has_lost = self._subscription.has_lost, False
        return None if lost else {event.message_id for event in heard if event.message_id}
