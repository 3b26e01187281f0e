"""What the engine's tests do over and over: ask, wait for an end, read what a client would read."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any
from uuid import UUID

from chat.composer import submit
from chat.events import Event
from chat.models import Message, Session, User
from chat.services.content import draft_of
from chat.services.sending import Sent
from chat.services.sessions import create_session
from chat.snapshot import page, views_of
from chat.stream import Follower
from chat.threads import read, write
from chat.wire import message_json
from tests.chat.engine.mirror import Mirror

PATIENCE = 10.0


async def new_session(
    owner: User, model: str = "default", provider: str = "scripted", **more: Any
) -> Session:
    return await write(create_session, owner=owner, model=model, provider=provider, **more)


async def ask(session: Session, content: str = "Hello there", **more: Any) -> Sent:
    author = await read(lambda: session.owner)
    draft = await read(draft_of, content, id=more.pop("message_id", None))
    return await write(lambda: submit(author=author, session=session, draft=draft, **more))


async def message(message_id: UUID) -> dict[str, Any]:
    """The message as the API would give it."""
    return await read(lambda: message_json(views_of([Message.objects.get(pk=message_id)])[0]))


async def until(
    message_id: UUID, condition: Callable[[dict[str, Any]], bool], seconds: float = PATIENCE
) -> dict[str, Any]:
    """The message once `condition` holds."""
    deadline = time.monotonic() + seconds
    while not condition(found := await message(message_id)):
        assert time.monotonic() < deadline, f"waited {seconds} s for {found}"
        await asyncio.sleep(0.01)
    return found


async def ended(sent: Sent, seconds: float = PATIENCE) -> dict[str, Any]:
    """The reply when it has ended."""
    return await until(
        sent.assistant_message.pk, lambda found: found["status"] not in ("pending", "streaming"), seconds
    )


async def has_text(sent: Sent, text: str) -> dict[str, Any]:
    """The reply when it has come as far as `text`."""
    return await until(sent.assistant_message.pk, lambda found: found["content"].startswith(text))


def snapshot(session: Session) -> tuple[int, list[dict[str, Any]]]:
    """The cursor and the messages that a page shows."""
    found = page(session, limit=100)
    return found.cursor, [message_json(view) for view in found.messages]


async def fresh_mirror(session: Session) -> Mirror:
    return Mirror(*await read(snapshot, session))


def apply(mirror: Mirror, event: Event) -> None:
    mirror.apply(event.number, event.name, json.loads(event.data))


async def follow(mirror: Mirror, session: Session, *, until_done: int, seconds: float = PATIENCE) -> None:
    """Apply events to the mirror, from where it is, until so many replies are done."""
    with Follower(session.pk, session.owner_id, after=mirror.number) as follower:
        async with asyncio.timeout(seconds):
            while len(mirror.done) < until_done and not mirror.must_read:
                for event in await follower.take():
                    apply(mirror, event)
