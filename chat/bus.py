"""The bus between processes: Redis publish/subscribe, one message for all that came up since the last."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import structlog
from redis import asyncio as redis
from redis.exceptions import RedisError

from chat.events import Event, encode
from chat.hub import Hub

CHANNEL = "parley:bus"
RETRY_SECONDS = 1.0
log = structlog.get_logger(__name__)


class RedisBus:
    """Loses what was sent while Redis was away; listeners then read the rows."""

    def __init__(self, hub: Hub, url: str) -> None:
        self._hub = hub
        # Without this an idle subscription ends after 5 s, redis-py's default.
        self._redis = redis.from_url(url, socket_timeout=None)
        self._me = uuid4().hex
        self._events: list[list[Any]] = []
        self._orders: list[tuple[str, str]] = []
        self._wake = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._tasks = [
            asyncio.create_task(self._for_ever(self._send)),
            asyncio.create_task(self._for_ever(self._receive)),
        ]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._redis.aclose()

    def send_events(self, events: Sequence[Event]) -> None:
        """Queue events for the other processes. On the loop only."""
        self._events += [_packed(event) for event in events]
        self._wake.set()

    def send_order(self, order: str, target: str) -> None:
        """Queue an order for the other processes. On the loop only."""
        self._orders.append((order, target))
        self._wake.set()

    async def _for_ever(self, work: Any) -> None:
        while True:
            try:
                await work()
            except (RedisError, OSError):
                log.exception("bus.failed")
                await asyncio.sleep(RETRY_SECONDS)

    async def _send(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            events, self._events = self._events, []
            orders, self._orders = self._orders, []
            await self._redis.publish(CHANNEL, encode([self._me, events, orders]))

    async def _receive(self) -> None:
        async with self._redis.pubsub() as channel:
            await channel.subscribe(CHANNEL)
            # Whatever was said before this moment may have been missed.
            self._hub.nudge_all()
            async for message in channel.listen():
                if message["type"] == "message":
                    self._take(json.loads(message["data"]))

    def _take(self, message: list[Any]) -> None:
        sender, events, orders = message
        if sender != self._me:
            self._hub.deliver([_unpacked(event) for event in events])
            for order, target in orders:
                self._hub.obey(order, target)


def _packed(event: Event) -> list[Any]:
    return [
        event.session_id.hex,
        event.number,
        event.name,
        event.kind,
        event.message_id.hex if event.message_id else None,
        event.body,
        event.text,
        event.offset,
        event.numbers,
    ]


def _unpacked(row: list[Any]) -> Event:
    session_id, number, name, kind, message_id, body, text, offset, numbers = row
    about = UUID(message_id) if message_id else None
    return Event(UUID(session_id), number, name, kind, about, body, text, offset, numbers)
