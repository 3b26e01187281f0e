"""One question to several models: each answers at the same time, and none of them loses or repeats a word.

Proves F2.
"""

from __future__ import annotations

import asyncio

from chat.generation.jobs import has_open
from chat.models import Lineup, Message, Session
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.sending import Sent
from chat.threads import read
from tests.chat.engine.driving import ask, until

Scripts = type[ScriptedProvider]
END = Finish("stop", None)
THREE = [("scripted", "one"), ("scripted", "two"), ("scripted", "three")]


async def texts(sent: Sent) -> list[str]:
    """What each of the replies says when all have ended."""
    found = [
        await until(one.pk, lambda reply: reply["timing"] is not None or reply["error"])
        for one in sent.replies
    ]
    return [one["content"] for one in found]


async def all_ended(session: Session) -> None:
    async with asyncio.timeout(10):
        while await read(has_open, session):  # noqa: ASYNC110  what is made sets no event
            await asyncio.sleep(0.01)


async def test_each_answers_and_the_first_is_on_show(session: Session, scripts: Scripts) -> None:
    for name in ("one", "two", "three"):
        scripts.script(name, [Text(f"I am {name}"), END])
    sent = await ask(session, models=THREE)
    assert await texts(sent) == ["I am one", "I am two", "I am three"]
    rows = await read(lambda: list(Message.objects.filter(parent=sent.user_message).order_by("created_at")))
    assert [row.is_active for row in rows] == [True, False, False]
    assert [row.model for row in rows] == ["one", "two", "three"]
    lineup = await read(Lineup.objects.get, question=sent.user_message)
    assert lineup.settled_at is None


async def test_all_are_made_at_the_same_time(session: Session, scripts: Scripts) -> None:
    """Each waits for the others: were one made after the other, none would ever end."""
    begun = [asyncio.Event() for _ in THREE]
    for (_, name), own in zip(THREE, begun, strict=True):
        scripts.script(name, [Text("begun"), own, Text(" and done"), END])
    sent = await ask(session, models=THREE)
    for reply in sent.replies:
        await until(reply.pk, lambda found: found["content"] == "begun")
    for own in begun:
        own.set()
    assert await texts(sent) == ["begun and done"] * 3
