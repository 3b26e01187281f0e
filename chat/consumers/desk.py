"""One socket on a person's list of conversations. Behind, it says so, and the page reads the list anew."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer

from chat import fragments, metrics
from chat.consumers.handshake import is_origin_allowed, speak_as_the_page, visitor_of
from chat.models import User
from chat.sidebar import gone, read_entries, read_list
from chat.stream import ListFollower
from chat.stream.follower import Ended
from chat.threads import read

REFUSED = 4403
GONE = 4404
FAILED = 1011
# More at once are read as a list.
MANY = 60
ANEW = "<parley-list></parley-list>"
log = structlog.get_logger(__name__)


class DeskConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.task: asyncio.Task[None] | None = None
        scope = cast(dict[str, Any], self.scope)
        visitor = await read(visitor_of, scope) if is_origin_allowed(scope) else None
        if visitor is None:
            await self.close(REFUSED)
            return
        self.user, self.token_id = visitor.user, visitor.token_id
        speak_as_the_page(scope, visitor.user)
        digest = parse_qs(self.scope["query_string"].decode("latin-1")).get("digest", [""])[0]
        metrics.SOCKETS.inc()
        await self.accept()
        self.task = asyncio.create_task(self._tell(digest))

    async def disconnect(self, code: int) -> None:
        if self.task is not None:
            self.task.cancel()
            metrics.SOCKETS.dec()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """`{"type": "look", "sessions": [ids]}` asks for these; they may stand in no list that is loaded."""
        wanted = _wanted(text_data)
        if self.task is not None and 0 < len(wanted) <= MANY:
            await self.send(await read(_items, self.user, wanted))

    async def _tell(self, digest: str) -> None:
        try:
            with ListFollower(self.user.pk, token_id=self.token_id) as follower:
                if digest != (await read(read_list, self.user)).digest:
                    await self.send(ANEW)
                while True:
                    changed = await follower.take()
                    if changed is None or len(changed) > MANY:
                        await self.send(ANEW)
                    else:
                        await self.send(await read(_items, self.user, changed))
        except Ended:
            await self.close(GONE)
        except Exception:
            # The page comes back, and reads the list.
            log.exception("desk.failed", user=str(self.user.pk))
            await self.close(FAILED)


def _items(user: User, session_ids: set[UUID]) -> str:
    """Each as it stands in the list, or the word that it is not there any more."""
    entries = read_entries(user, session_ids)
    rest = session_ids - {entry.session.pk for entry in entries}
    return "".join([*map(fragments.sidebar_item, entries), *map(fragments.left, gone(user, rest))])


def _wanted(text: str | None) -> set[UUID]:
    """The sessions of a frame; of a bad one, none."""
    try:
        frame = json.loads(text or "")
        return {UUID(key) for key in frame["sessions"]} if frame["type"] == "look" else set()
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return set()
