"""One look at the rows for all who follow something here: may they still, and did they miss any?"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Protocol
from uuid import UUID

import structlog

from chat.access import still_active, still_reading, still_valid
from chat.models import Session
from chat.threads import read

# The sockets of a suspended person, and of a token that was revoked, close within 2 s.
LOOK_SECONDS = 1.0
# Who, what, and with which token.
Key = tuple[UUID, UUID | None, UUID | None]
log = structlog.get_logger(__name__)


class Watched(Protocol):
    """`session_id` is None for what follows a person's lists, `token_id` for a browser."""

    user_id: UUID
    token_id: UUID | None

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
        keys = {follower: _key(follower) for follower in self._all}
        allowed, heads = await read(_look_up, set(keys.values()))
        behind = set()
        for follower, key in keys.items():
            if key != _key(follower):
                continue  # it became known whose it is while we looked
            if key not in allowed:
                follower.end()
            elif follower.session_id and follower.number < heads.get(follower.session_id, 0):
                behind.add(follower)
                if follower in self._behind:
                    follower.look()
        self._behind = behind


def _key(watched: Watched) -> Key:
    return watched.user_id, watched.session_id, watched.token_id


def _look_up(keys: Collection[Key]) -> tuple[set[Key], dict[UUID, int]]:
    in_sessions = {(user, session) for user, session, _ in keys if session is not None}
    sessions = Session.objects.filter(pk__in={session for _, session in in_sessions})
    people = still_active({user for user, session, _ in keys if session is None})
    pairs = {*still_reading(in_sessions), *((user, None) for user in people)}
    tokens = {None, *still_valid({token for _, _, token in keys if token is not None})}
    allowed = {key for key in keys if key[:2] in pairs and key[2] in tokens}
    return allowed, dict(sessions.values_list("pk", "last_event_id"))


watch = Watch()
