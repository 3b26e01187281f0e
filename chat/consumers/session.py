"""One socket on one session. It reads; the browser writes by POST, but for stop and typing."""

from __future__ import annotations

import asyncio
import json
import re
from contextlib import suppress
from typing import Any, cast
from urllib.parse import parse_qs
from uuid import UUID

import structlog
from channels.generic.websocket import AsyncWebsocketConsumer
from django.http import Http404

from chat import access, metrics
from chat.consumers.handshake import Visitor, begin_audit, is_origin_allowed, speak_as_the_page, visitor_of
from chat.consumers.page import PageScreen
from chat.errors import NotAllowed
from chat.models import Role, Session, User
from chat.services.replies import stop_reply
from chat.stream.follower import Ended, Follower
from chat.threads import read, write

REFUSED = 4403
GONE = 4404
FAILED = 1011
log = structlog.get_logger(__name__)


class SessionConsumer(AsyncWebsocketConsumer):
    async def connect(self) -> None:
        self.task: asyncio.Task[None] | None = None
        scope = cast(dict[str, Any], self.scope)
        query = parse_qs(self.scope["query_string"].decode("latin-1"))
        begin_audit(scope)
        opened = await read(_open, scope) if is_origin_allowed(scope) else None
        if opened is None:
            await self.close(REFUSED)
            return
        self.visitor, self.session, self.role = opened
        self.user = self.visitor.user
        speak_as_the_page(scope, self.user)
        self.is_json = query.get("format") == ["json"]
        metrics.SOCKETS.inc()
        await self.accept()
        self._follow(_number(query.get("after", [""])[0], self.session.last_event_id))

    async def disconnect(self, code: int) -> None:
        if self.task is not None:
            self.task.cancel()
            metrics.SOCKETS.dec()

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        frame = _parsed(text_data)
        match frame.get("type"):
            case "stop" if self.visitor.may_write:
                await self._stop(frame.get("message_id"))
            case "resume" if isinstance(frame.get("after"), int):
                self._follow(max(0, frame["after"]))
            case _:
                pass  # a bad frame is ignored

    def _follow(self, after: int) -> None:
        """Follow from there on; a client that resumes elsewhere leaves where it was."""
        if self.task is not None:
            self.task.cancel()
        visitor = self.visitor
        follower = Follower(self.session.pk, self.user.pk, after=after, token_id=visitor.token_id)
        self.task = asyncio.create_task(self._tell(follower))

    async def _tell(self, follower: Follower) -> None:
        try:
            with follower:
                await (self._send_json(follower) if self.is_json else self._send_page(follower))
        except Ended:
            await self.close(GONE)
        except Exception:
            # The client reconnects, and reads what it missed.
            log.exception("socket.failed", session=str(self.session.pk))
            await self.close(FAILED)

    async def _send_json(self, follower: Follower) -> None:
        while True:
            for event in await follower.take():
                await self.send(event.as_frame())

    async def _send_page(self, follower: Follower) -> None:
        screen = PageScreen(self.user, self.role)
        while True:
            events = await follower.take(screen.wait())
            if frame := await screen.frame(events):
                await self.send(frame)

    async def _stop(self, message_id: object) -> None:
        try:
            key = UUID(message_id) if isinstance(message_id, str) else None
        except ValueError:
            return
        await write(_stop, self.user, self.session.pk, key)


def _open(scope: dict[str, Any]) -> tuple[Visitor, Session, Role] | None:
    visitor = visitor_of(scope)
    if visitor is None:
        return None
    session = _session_or_none(visitor.user, scope["url_route"]["kwargs"]["session_id"], Role.MODERATOR)
    role = access.role_of(visitor.user, session) if session else None
    return (visitor, session, role) if session and role else None


def _session_or_none(user: User, session_id: UUID, needed: Role) -> Session | None:
    try:
        return access.get_session(user, session_id, needed)
    except (Http404, NotAllowed):
        return None


def _stop(user: User, session_id: UUID, message_id: UUID | None) -> None:
    with suppress(Http404, NotAllowed, *access.GONE):
        session = access.get_session(user, session_id, Role.EDITOR)
        stop_reply(session=session, message_id=message_id)


def _number(text: str, default: int) -> int:
    return int(text) if re.fullmatch(r"[0-9]{1,18}", text) else default


def _parsed(text: str | None) -> dict[str, Any]:
    try:
        frame = json.loads(text or "")
    except (ValueError, RecursionError):
        return {}
    return frame if isinstance(frame, dict) else {}
