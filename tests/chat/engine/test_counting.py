"""A session counts the messages that are on show, whatever was done to its tree."""

from __future__ import annotations

import pytest
from asgiref.sync import sync_to_async

from chat.errors import BadValue, ReplyRunning
from chat.generation.engine import Engine
from chat.models import Message, Session, User
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.content import draft_of
from chat.services.messages import activate_message, delete_message, restore_message
from chat.services.replies import stop_reply
from chat.services.sending import regenerate_reply, resend_message
from chat.services.sessions import clear_session, undo_clear
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, has_text, until


async def counts(session: Session) -> tuple[int, int]:
    """What the session says, and what there is."""
    said = await read(lambda: Session.objects.get(pk=session.pk).message_count)
    return said, await sync_to_async(Message.objects.live().on_path(session).count)()


async def test_it_counts_what_is_on_show(
    session: Session, alice: User, scripts: type[ScriptedProvider], live_engine: Engine
) -> None:
    first = await ask(session, "One")
    await ended(first)
    await ended(await ask(session, "Two"))
    assert await counts(session) == (4, 4)
    again = await write(regenerate_reply, message=first.assistant_message, author=alice)
    await until(again.pk, lambda found: found["status"] == "complete")
    assert await counts(session) == (2, 2)
    await write(activate_message, message=first.assistant_message)
    assert await counts(session) == (4, 4)
    await write(delete_message, message=first.user_message)
    assert await counts(session) == (3, 3)
    await write(restore_message, message=first.user_message)
    await ended(await write(resend_message, message=first.user_message, author=alice, draft=draft_of("Uno")))
    assert await counts(session) == (2, 2)
    assert await write(clear_session, session=session) == 2
    assert await counts(session) == (0, 0)
    await write(undo_clear, session=session)
    assert await counts(session) == (2, 2)


async def test_a_reply_is_not_made_again_without_its_question(
    session: Session, alice: User, scripts: type[ScriptedProvider], live_engine: Engine
) -> None:
    sent = await ask(session)
    await ended(sent)
    await write(delete_message, message=sent.user_message)
    with pytest.raises(BadValue):
        await write(regenerate_reply, message=sent.assistant_message, author=alice)


async def test_a_stop_ends_what_runs_and_what_waits_goes_on(
    session: Session, scripts: type[ScriptedProvider], live_engine: Engine
) -> None:
    scripts.script("default", [Text("begun "), 5.0, Finish("stop", None)])
    running = await ask(session, "First")
    await has_text(running, "begun ")
    scripts.script("default", [Text("done"), Finish("stop", None)])
    waiting = await ask(session, "Second", queue=True)
    with pytest.raises(ReplyRunning):
        await write(delete_message, message=waiting.user_message)
    await write(stop_reply, session=session)
    assert (await ended(running))["status"] == "stopped"
    assert (await ended(waiting))["content"] == "done"
