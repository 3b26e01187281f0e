"""Who listens to what in this process, and the bus to other processes. It knows no tables.

Events reach a listener through a bounded queue of its own. One that falls behind loses them and is
told so; it then reads rows, and never holds up another.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

from chat.events import Event

QUEUE_EVENTS = 256


class Subscription:
    """A bounded queue of one session's events, or of the hints to one person's lists and a project's."""

    def __init__(self) -> None:
        # Of the session, or of the person and the project.
        self.ids: set[UUID] = set()
        self.has_lost = False
        self._events: deque[Event] = deque()
        self._wake = asyncio.Event()

    def put(self, event: Event) -> None:
        if len(self._events) >= QUEUE_EVENTS:
            self._events.clear()
            self.has_lost = True
        self._events.append(event)
        self._wake.set()

    def nudge(self) -> None:
        """Wake the listener without an event, so that it looks at the rows."""
        self.has_lost = True
        self._wake.set()

    async def take(self) -> list[Event]:
        """All events that have come since the last call; waits for at least one, or a nudge."""
        await self._wake.wait()
        return self.drain()

    def drain(self) -> list[Event]:
        """All events that have come since the last call, if any."""
        self._wake.clear()
        events = list(self._events)
        self._events.clear()
        return events


class Bus(Protocol):
    """Carries events and orders to the other processes."""

    def start(self) -> None: ...

    async def stop(self) -> None: ...

    def send_events(self, events: Sequence[Event]) -> None: ...

    def send_order(self, order: str, target: str) -> None: ...


class Hub:
    def __init__(self) -> None:
        self.bus: Bus | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._listeners: dict[UUID, set[Subscription]] = defaultdict(set)
        self._orders: dict[str, Callable[[str], None]] = {}

    def start(self) -> None:
        """Bind to the running loop; events published from threads are handed to it."""
        self._loop = asyncio.get_running_loop()

    def stop(self) -> None:
        self._loop = None
        self._listeners.clear()
        self._orders.clear()

    def subscribe(self, session_id: UUID) -> Subscription:
        subscription = Subscription()
        self.join(subscription, session_id)
        return subscription

    def join(self, subscription: Subscription, other_id: UUID) -> None:
        """Let it hear of this one too."""
        subscription.ids.add(other_id)
        self._listeners[other_id].add(subscription)

    def leave(self, subscription: Subscription, other_id: UUID) -> None:
        subscription.ids.discard(other_id)
        listeners = self._listeners.get(other_id)
        if listeners is not None:
            listeners.discard(subscription)
            if not listeners:
                del self._listeners[other_id]

    def unsubscribe(self, subscription: Subscription) -> None:
        for known in list(subscription.ids):
            self.leave(subscription, known)

    def deliver(self, events: Sequence[Event]) -> None:
        """Hand events to this process's listeners. On the loop only."""
        for event in events:
            for listener in self._listeners.get(event.session_id, ()):
                listener.put(event)

    def publish(self, events: Sequence[Event]) -> None:
        """Tell everyone, here and in other processes. From any thread."""
        self._on_loop(lambda: self._tell(events))

    def on_order(self, order: str, handler: Callable[[str], None]) -> None:
        """Have `handler(target)` called on the loop when `order` is given in any process."""
        self._orders[order] = handler

    def obey(self, order: str, target: str) -> None:
        if handler := self._orders.get(order):
            handler(target)

    def give_order(self, order: str, target: str = "") -> None:
        """Give an order ("work", "stop") to every process. From any thread."""
        self._on_loop(lambda: self._command(order, target))

    def nudge_all(self) -> None:
        """Have every listener look at the rows: something may have been missed."""
        for listeners in list(self._listeners.values()):
            for listener in listeners:
                listener.nudge()

    def _tell(self, events: Sequence[Event]) -> None:
        self.deliver(events)
        if self.bus is not None:
            self.bus.send_events(events)

    def _command(self, order: str, target: str) -> None:
        self.obey(order, target)
        if self.bus is not None:
            self.bus.send_order(order, target)

    def _on_loop(self, call: Callable[[], None]) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            return
        try:
            running = asyncio.get_running_loop()
        except RuntimeError:
            running = None
        if running is loop:
            call()
        else:
            loop.call_soon_threadsafe(call)


hub = Hub()
