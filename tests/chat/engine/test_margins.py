"""Who has the conversation open hears of reactions and notes, and nothing that stands is drawn anew."""

from __future__ import annotations

import asyncio
import json
from functools import partial

from chat.consumers.page import LiveReply, PageScreen
from chat.events import Event
from chat.hub import hub
from chat.models import Message, Role, Session, User
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.replay import replay
from chat.services.annotations import (
    annotate_span,
    delete_annotation,
    edit_annotation,
    restore_annotation,
)
from chat.services.content import draft_of
from chat.services.messages import edit_message
from chat.services.reactions import add_reaction
from chat.threads import read, write
from tests.chat.engine.driving import ask, has_text
from tests.factories import make_session, messages_of


async def talk(alice: User) -> Session:
    return await read(make_session, alice, ["Hello", "Good day"])


async def told(session: Session, after: int = 0) -> list[Event]:
    return await read(replay, session.pk, after)


async def test_a_reaction_is_told_as_a_message_that_was_updated(alice: User) -> None:
    session = await talk(alice)
    reply = (await read(messages_of, session))[1]
    await write(add_reaction, message=reply, user=alice, emoji="👍")
    [event] = await told(session)
    data = json.loads(event.data)
    assert (event.name, data["type"], data["message_id"]) == ("message", "updated", str(reply.pk))
    assert data["message"]["reactions"] == [{"emoji": "👍", "count": 1, "users": ["alice"]}]


async def test_a_page_gets_the_bar_and_the_notes_and_not_the_text(alice: User, bob: User) -> None:
    session = await talk(alice)
    reply = (await read(messages_of, session))[1]
    await write(add_reaction, message=reply, user=bob, emoji="👍")
    note = await write(annotate_span, message=reply, author=bob, body="Is it?", start=0, end=4)
    frame = await PageScreen(alice, Role.OWNER).frame(await told(session))
    assert f'id="reactions-{reply.pk}"' in frame
    assert 'aria-pressed="false" aria-label="👍 1, bob"' in frame
    assert "Is it?" in frame
    assert "<article" not in frame
    await write(delete_annotation, annotation=note)
    assert "Is it?" not in await PageScreen(alice, Role.OWNER).frame(await told(session, 2))


async def test_a_message_that_changed_as_well_comes_whole(alice: User) -> None:
    session = await talk(alice)
    reply = (await read(messages_of, session))[1]
    await write(add_reaction, message=reply, user=alice, emoji="👍")
    draft = draft_of("Good evening", id=reply.pk)
    await write(edit_message, message=reply, editor=alice, draft=draft)
    frame = await PageScreen(alice, Role.OWNER).frame(await told(session))
    assert frame.count("<article") == 1
    assert "Good evening" in frame
    assert frame.count(f'id="reactions-{reply.pk}"') == 1


async def test_what_a_model_thought_last_is_told_once_when_its_reply_ends_with_it(alice: User) -> None:
    session = await talk(alice)
    reply = (await read(messages_of, session))[1]
    parts = [{"type": "reasoning", "text": "I think so."}]
    await read(lambda: Message.objects.filter(pk=reply.pk).update(parts=parts))
    screen = PageScreen(alice, Role.OWNER)
    screen._live[reply.pk] = LiveReply(reply.pk, "")
    screen._live[reply.pk].thoughts = len("I think")
    part = {"part": {"type": "reasoning", "text": " so.", "offset": len("I think")}}
    frame = await screen.frame(
        [
            Event(session.pk, 1, "message", "part", reply.pk, json.dumps(part)),
            Event(session.pk, 2, "message", "assistant", reply.pk),
        ]
    )
    # What comes last is the whole: it takes the place of all that was told before.
    assert frame.index("<parley-thought") < frame.index("I think so.")


async def test_a_note_that_is_edited_tells_the_message_as_it_is_now(alice: User) -> None:
    """It was read before the message was edited in another window."""
    session = await talk(alice)
    reply = (await read(messages_of, session))[1]
    note = await write(annotate_span, message=reply, author=alice, body="Why?")
    await write(edit_message, message=reply, editor=alice, draft=draft_of("Good night", id=reply.pk))
    note.message.content = "Good day"
    heard = hub.subscribe(session.pk)
    hub.start()
    for change in (partial(edit_annotation, body="How?"), delete_annotation, restore_annotation):
        await write(change, annotation=note)
        note.message.content = "Good day"
        [event] = await heard.take()
        assert json.loads(event.data)["message"]["content"] == "Good night"
    hub.stop()


async def test_what_stands_beside_a_reply_is_in_all_that_is_told_of_it_later(
    session: Session, alice: User, scripts: type[ScriptedProvider]
) -> None:
    begin, end = asyncio.Event(), asyncio.Event()
    scripts.script("default", [begin, Text("So far"), end, Finish("stop", None)])
    subscription = hub.subscribe(session.pk)
    sent = await ask(session)
    reply = sent.assistant_message
    await write(add_reaction, message=reply, user=alice, emoji="🎉")
    begin.set()
    await has_text(sent, "So far")
    await write(annotate_span, message=reply, author=alice, body="Is it?")
    end.set()
    heard: list[Event] = []
    while not any(event.name == "done" for event in heard):
        heard += await subscription.take()
    told = [json.loads(event.data) for event in heard if event.name == "message"]
    whole = [data for data in told if data["type"] in ("updated", "assistant")]
    mine = [data["message"] for data in whole if data["message_id"] == str(reply.pk)]
    assert [len(message["reactions"]) for message in mine] == [1, 1, 1, 1]
    assert [len(message["annotations"]) for message in mine] == [0, 0, 1, 1]
