"""Follows a session for one person: what the hub tells, and from the rows whatever it did not."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Self
from uuid import UUID

from chat.events import Event
from chat.hub import hub
from chat.replay import replay
from chat.stream.watch import watch
from chat.threads import read


class Ended(Exception):
    """The session is gone, or it is not this person's to read any more."""


class Follower:
    """Use as a context manager; from entering it on, nothing is missed.

    `number` is that of the last event taken, and where to begin.
    """

    def __init__(self, session_id: UUID, user_id: UUID, *, after: int, token_id: UUID | None = None) -> None:
        self.session_id = session_id
        self.user_id = user_id
        self.token_id = token_id
        self.number = after
        self._has_ended = False

    def __enter__(self) -> Self:
        self._subscription = hub.subscribe(self.session_id)
        self._begin()
        watch.add(self)
        return self

    def _begin(self) -> None:
        # The first look is at the rows: something may lie between `after` and now.
        self._subscription.nudge()

    def __exit__(self, *_: object) -> None:
        watch.remove(self)
        hub.unsubscribe(self._subscription)

    def end(self) -> None:
        self._has_ended = True
        self._subscription.nudge()

    def look(self) -> None:
        self._subscription.nudge()

    async def take(self, within: float | None = None) -> list[Event]:
        """The events since the last call, at least one; none when `within` seconds have passed.

        Raises:
            Ended: there will be no more.
        """
        loop = asyncio.get_running_loop()
        until = None if within is None else loop.time() + within
        while True:
            try:
                # Only the waiting is cut short: a read of rows that was would lose its place.
                async with asyncio.timeout_at(until):
                    heard = await self._subscription.take()
            except TimeoutError:
                return []
            if self._has_ended:
                raise Ended
            if taken := await self._without_gap(heard):
                return taken

    async def _without_gap(self, heard: Iterable[Event]) -> list[Event]:
        taken: list[Event] = []
        lost, self._subscription.has_lost = self._subscription.has_lost, False
        if lost:
            taken += await self._read_rows()
        for event in heard:
            if event.number > self.number and event.before > self.number:
                # Events from two threads can cross on their way; the rows are in order.
                taken += await self._read_rows()
            taken += self._rest_of(event)
        return taken

    async def _read_rows(self) -> list[Event]:
        events = await read(replay, self.session_id, self.number)
        if events:
            self.number = events[-1].number
        return events

    def _rest_of(self, event: Event) -> Iterator[Event]:
        """The event, less what of it was taken before."""
        known = self.number - event.before
        if event.number <= self.number:
            return
        self.number = event.number
        if known > 0:
            rest = event.numbers - known
            event = replace(event, text=event.text[known:], offset=event.offset + known, numbers=rest)
        yield event
