"""One look at the rows for all who follow something here: may they still, and did they miss any?"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Protocol
from uuid import UUID

import structlog

from chat.access import still_active, still_reading
from chat.models import Session
from chat.threads import read

# A suspended person's sockets close within 2 s.
LOOK_SECONDS = 1.0
log = structlog.get_logger(__name__)


class Watched(Protocol):
    """`session_id` is None for what follows a person's lists."""

    user_id: UUID

    @property
    def session_id(self) -> UUID | None: ...

    @property
    def number(self) -> int: ...

    def end(self) -> None: ...

    def look(self) -> None: ...


class Watch:
    def __init__(self) -> None:
        self._all: set[Watched] = set()
        self._behind: set[Watched] = set()

    def add(self, watched: Watched) -> None:
        self._all.add(watched)

    def remove(self, watched: Watched) -> None:
        self._all.discard(watched)
        self._behind.discard(watched)

    async def run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            if self._all:
                try:
                    await self.look()
                except Exception:
                    log.exception("watch.failed")

    async def look(self) -> None:
        """End those who may not read any more; have those look who are behind for the second time."""
        keys = {follower: (follower.user_id, follower.session_id) for follower in self._all}
        allowed, heads = await read(_look_up, set(keys.values()))
        behind = set()
        for follower, key in keys.items():
            if key != (follower.user_id, follower.session_id):
                continue  # it became known whose it is while we looked
            if key not in allowed:
                follower.end()
            elif follower.session_id and follower.number < heads.get(follower.session_id, 0):
                behind.add(follower)
                if follower in self._behind:
                    follower.look()
        self._behind = behind


def _look_up(
    pairs: Collection[tuple[UUID, UUID | None]],
) -> tuple[set[tuple[UUID, UUID | None]], dict[UUID, int]]:
    in_sessions = {(user, session) for user, session in pairs if session is not None}
    sessions = Session.objects.filter(pk__in={session for _, session in in_sessions})
    people = still_active({user for user, session in pairs if session is None})
    allowed = {*still_reading(in_sessions), *((user, None) for user in people)}
    return allowed, dict(sessions.values_list("pk", "last_event_id"))


watch = Watch()
