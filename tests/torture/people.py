"""People at their screens while the server is killed: each remembers every character that was shown."""

from __future__ import annotations

import asyncio
import contextlib
import random
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

from tests.chat.engine.mirror import Mirror
from tests.wires import Client, Cut, Heard

# Other names, and the same words as fast.
SEVERAL = [{"provider": "fake", "model": f"n150-r{rate}"} for rate in (100, 101, 102)]


class Screen:
    """One client of one session. It lives on over restarts: it resumes where it was cut off."""

    def __init__(self, session_id: str, *, by_socket: bool) -> None:
        self.session_id = session_id
        self.by_socket = by_socket
        self.mirror = Mirror()

    async def watch(self, client: Client) -> None:
        """Apply all that comes until the line is cut."""
        with contextlib.suppress(Cut):
            async for heard in self._events(client):
                self.mirror.apply(heard.id, heard.event, heard.data)

    async def watch_until(self, client: Client, number: int) -> None:
        """Catch up to that event."""
        async with asyncio.timeout(20):
            while self.mirror.number < number:
                events = self._events(client)
                async for heard in events:
                    self.mirror.apply(heard.id, heard.event, heard.data)
                    if self.mirror.number >= number:
                        break
                await events.aclose()  # type: ignore[attr-defined]

    def shown(self) -> dict[str, str]:
        """What was read on it, by message."""
        return {key: message["content"] for key, message in self.mirror.messages.items()}

    async def _events(self, client: Client) -> AsyncIterator[Heard]:
        if not self.by_socket:
            async for heard in client.events(self.session_id, after=self.mirror.number):
                yield heard
            return
        socket = await client.socket(self.session_id, f"format=json&after={self.mirror.number}")
        try:
            async for heard in socket.events():
                yield heard
        finally:
            socket.close()


class Conversation:
    """A session with four screens, and the list of the messages that the server said it had."""

    def __init__(self, session_id: str) -> None:
        self.id = session_id
        self.screens = [Screen(session_id, by_socket=number % 2 == 1) for number in range(4)]
        self.acknowledged: dict[str, str] = {}
        self.unsure: dict[str, str] = {}
        # Replies beside others as they were once they had ended; all are read again in the end.
        self.ended: dict[str, dict[str, Any]] = {}

    async def live(self, client: Client, dice: random.Random) -> None:
        """Ask again and again, one question ahead of the replies, and watch, till the server is gone."""
        watching = [asyncio.create_task(screen.watch(client)) for screen in self.screens]
        with contextlib.suppress(Cut):
            while not any(task.done() for task in watching):
                if self.unsure or self.open_replies() < 2:
                    await self.send(client, dice)
                await asyncio.sleep(dice.random() * 0.3)
        await asyncio.gather(*watching)

    def open_replies(self) -> int:
        """Replies that are yet to end, as far as the screens know."""
        best = max((screen.mirror for screen in self.screens), key=lambda mirror: mirror.number)
        ended = {"complete", "interrupted"}
        asked = len(self.acknowledged)
        # Of several replies to one question one is on the path.
        replies = [best.messages[key] for key in best.path if best.messages[key]["role"] == "assistant"]
        return asked - sum(message["status"] in ended for message in replies)

    async def send(self, client: Client, dice: random.Random) -> None:
        """Send, the one that was cut off last time first: with its own key, so that it is there once."""
        key, content = next(iter(self.unsure.items()), (str(uuid4()), f"Question {dice.randrange(10**9)}"))
        self.unsure[key] = content
        # A third of them is put to several models at once.
        several = {"models": SEVERAL} if int(content.split()[1]) % 3 == 0 else {}
        answer = await client.post(
            f"/api/chat/sessions/{self.id}/messages",
            {"content": content, "queue": True, **several},
            {"Idempotency-Key": key},
        )
        assert answer.status == 202, (answer.status, answer.body)
        del self.unsure[key]
        self.acknowledged[key] = content


async def messages_of(client: Client, session_id: str) -> tuple[list[dict[str, Any]], int]:
    """All messages of a session, oldest first, and the cursor."""
    path = f"/api/chat/sessions/{session_id}/messages?limit=100"
    page = (await client.get(path)).json()
    items, cursor = page["items"], page["last_event_id"]
    while page["next"]:
        page = (await client.get(f"{path}&before={page['next']}")).json()
        items = page["items"] + items
    return items, cursor
