"""One socket on a person's list of conversations. Behind, it says so, and the page reads the list anew."""

from __future__ import annotations

import asyncio
import json
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import Http404

from chat import access, fragments, metrics
from chat.consumers.handshake import begin_audit, is_origin_allowed, speak_as_the_page, visitor_of
from chat.errors import NotAllowed
from chat.models import Project, Role, User
from chat.sidebar import gone, read_entries, read_list, read_project_list
from chat.stream import ListFollower
from chat.stream.follower import Ended
from chat.stream.lists import Heard
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
        begin_audit(scope)
        visitor = await read(visitor_of, scope) if is_origin_allowed(scope) else None
        if visitor is None:
            await self.close(REFUSED)
            return
        self.user, self.token_id = visitor.user, visitor.token_id
        speak_as_the_page(scope, visitor.user)
        digest = parse_qs(self.scope["query_string"].decode("latin-1")).get("digest", [""])[0]
        metrics.SOCKETS.inc()
        self.follower = ListFollower(self.user.pk, token_id=self.token_id)
        await self.accept()
        self.task = asyncio.create_task(self._tell(digest))

    async def disconnect(self, code: int) -> None:
        if self.task is not None:
            self.task.cancel()
            metrics.SOCKETS.dec()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """`{"type": "look", "sessions": [ids]}` asks for these; they may stand in no list that is loaded.

        `{"type": "follow", "project": slug or null, "digest"?}` asks to be told when that project's list
        changes, which the page has as the digest says.
        """
        frame = _parsed(text_data)
        wanted = _wanted(frame)
        if self.task is None:
            return
        if 0 < len(wanted) <= MANY:
            await self.send(await read(_items, self.user, wanted))
        if frame.get("type") == "follow":
            await self._follow(frame.get("project"), frame.get("digest"))

    async def _follow(self, slug: object, digest: object) -> None:
        """First it hears of what comes, then it looks at what is there: so nothing lies between."""
        project = await read(_project, self.user, slug) if isinstance(slug, str) else None
        self.follower.follow(project.pk if project else None)
        if project and digest != (await read(read_project_list, self.user, project)).digest:
            await self.send(_project_changed(project.pk))

    async def _tell(self, digest: str) -> None:
        try:
            with self.follower:
                if digest != (await read(read_list, self.user)).digest:
                    await self.send(ANEW)
                while True:
                    told = await self._told(await self.follower.take())
                    if told:
                        await self.send(told)
        except Ended:
            await self.close(GONE)
        except Exception:
            # The page comes back, and reads the list.
            log.exception("desk.failed", user=str(self.user.pk))
            await self.close(FAILED)

    async def _told(self, heard: Heard) -> str:
        """Of a project only as long as the person takes part in it, or nothing at all."""
        changed, project = heard.sessions, heard.project
        is_whole = changed is None or len(changed) > MANY
        own = ANEW if changed is None or is_whole else await read(_items, self.user, changed)
        is_member = project is not None and await read(access.role_in, self.user, project) is not None
        return own + (_project_changed(project) if project and is_member else "")


def _items(user: User, session_ids: set[UUID]) -> str:
    """Each as it stands in the list, or the word that it is not there any more."""
    entries = read_entries(user, session_ids)
    rest = session_ids - {entry.session.pk for entry in entries}
    return "".join([*map(fragments.sidebar_item, entries), *map(fragments.left, gone(user, rest))])


def _project(user: User, slug: str) -> Project | None:
    try:
        return access.get_project(user, slug, Role.VIEWER)
    except (Http404, NotAllowed):
        return None


def _project_changed(project_id: UUID) -> str:
    return f'<parley-project p="{project_id}"></parley-project>'


def _parsed(text: str | None) -> dict[str, Any]:
    """A frame; of a bad one, nothing."""
    try:
        frame = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}


def _wanted(frame: dict[str, Any]) -> set[UUID]:
    """The sessions that a frame asks for."""
    try:
        return {UUID(key) for key in frame["sessions"]} if frame["type"] == "look" else set()
    except (ValueError, TypeError, KeyError, AttributeError):
        return set()
