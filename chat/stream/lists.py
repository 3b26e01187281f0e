"""Follows a person's list of conversations, and that of a project which they look at: what of it changed."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from chat.hub import Subscription, hub
from chat.stream.follower import Ended
from chat.stream.watch import watch

# What comes close together is told together: a message that is sent changes its session several times.
TOGETHER_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Heard:
    """The sessions that changed in the person's list, None where some may have been missed; and the project
    that is followed, if its list changed or may have."""

    sessions: set[UUID] | None
    project: UUID | None


class ListFollower:
    """Use as a context manager; from entering it on, nothing is missed in silence."""

    # The watch asks: no session of its own, and no number to be behind.
    session_id: UUID | None = None
    number = 0

    def __init__(self, user_id: UUID, *, token_id: UUID | None = None) -> None:
        self.user_id = user_id
        self.token_id = token_id
        self._project_id: UUID | None = None
        self._has_ended = False
        self._subscription = Subscription()

    def __enter__(self) -> Self:
        for known in filter(None, (self.user_id, self._project_id)):
            hub.join(self._subscription, known)
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

    def follow(self, project_id: UUID | None) -> None:
        """Hear of that project's list from now on, and of no other's. On the loop only."""
        if self._project_id is not None:
            hub.leave(self._subscription, self._project_id)
        self._project_id = project_id
        if project_id is not None and self._subscription.ids:
            hub.join(self._subscription, project_id)

    async def take(self) -> Heard:
        """What changed since the last call, at least something.

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
        sessions = {
            event.message_id for event in heard if event.message_id and event.session_id == self.user_id
        }
        is_projects = lost or any(event.session_id == self._project_id for event in heard)
        return Heard(None if lost else sessions, self._project_id if is_projects else None)
