"""What a model was given for a reply is noted beside the reply, with its first words or with its end.

Proves B17.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from chat.generation.engine import Engine
from chat.models import Message, MessageEdit, SentPrompt, Session, User
from chat.providers.contract import Finish, ProviderError, Text, Usage
from chat.providers.scripted import ScriptedProvider
from chat.sent import PAGE, sent_for
from chat.services.branching import branch_session
from chat.services.content import draft_of
from chat.services.messages import delete_message, edit_message
from chat.services.replies import stop_reply
from chat.services.sessions import create_session
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, has_text
from tests.factories import messages_of

Scripts = type[ScriptedProvider]
END = Finish("stop", Usage(11, 2))


async def texts_of(reply: Message, **more: Any) -> list[str]:
    sent = await read(sent_for, reply, **more)
    assert sent is not None
    return [turn.text for turn in sent.messages]


async def test_it_is_noted_with_the_first_words(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("so far"), 5, END])
    sent = await ask(session, "Hello there")
    await has_text(sent, "so far")
    assert await texts_of(sent.assistant_message) == ["Hello there"]
    await write(stop_reply, session=session)
    await ended(sent)


async def test_settings_and_model_are_as_they_were(
    alice: User, live_engine: Engine, scripts: Scripts
) -> None:
    scripts.script("default", [Text("Good day"), END])
    settings = {"system_prompt": "Be brief.", "temperature": 0.4, "max_tokens": 100}
    one = await write(create_session, owner=alice, provider="scripted", model="default", settings=settings)
    sent = await ask(one, "Hello there")
    await ended(sent)
    prompt = await read(lambda: SentPrompt.objects.get(generation__message=sent.assistant_message))
    assert (prompt.provider, prompt.model, prompt.system_prompt) == ("scripted", "default", "Be brief.")
    assert (prompt.temperature, prompt.max_tokens) == (0.4, 100)
    assert 0 < prompt.estimated_tokens < 20


async def test_it_is_noted_also_where_nothing_came_back(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [ProviderError("Refused", "The server said no.")])
    sent = await ask(session, "Hello there")
    assert (await ended(sent))["status"] == "error"
    assert await texts_of(sent.assistant_message) == ["Hello there"]


async def test_later_edits_and_deletions_do_not_change_it(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("Good day"), END])
    sent = await ask(session, "Hello there")
    await ended(sent)
    question = sent.user_message
    for words in ("Second", "Third"):
        draft = await read(draft_of, words, id=question.pk)
        await write(edit_message, message=question, editor=await read(lambda: session.owner), draft=draft)
    found = await read(sent_for, sent.assistant_message)
    assert found is not None
    [turn] = found.messages
    assert (turn.text, turn.is_edited_since) == ("Hello there", True)
    await write(delete_message, message=question)
    assert await texts_of(sent.assistant_message) == ["Hello there"]


async def test_an_edit_before_it_was_sent_is_what_was_sent(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("Good day"), END])
    sent = await ask(session, "Hello there")
    await ended(sent)
    prompt = await read(lambda: SentPrompt.objects.get(generation__message=sent.assistant_message))

    def edited_before() -> None:
        edit = MessageEdit.objects.create(message=sent.user_message, content="Older")
        MessageEdit.objects.filter(pk=edit.pk).update(edited_at=prompt.sent_at - timedelta(seconds=1))

    await write(edited_before)
    assert await texts_of(sent.assistant_message) == ["Hello there"]


async def test_a_copy_in_a_branch_shows_the_originals(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("Good day"), END])
    sent = await ask(session, "Hello there")
    await ended(sent)
    owner = await read(lambda: session.owner)
    branch = await write(branch_session, session=session, owner=owner)
    copy = (await read(messages_of, branch))[1]
    assert copy.pk != sent.assistant_message.pk
    assert await texts_of(copy) == ["Hello there"]


async def test_a_long_context_is_read_in_pages(session: Session, scripts: Scripts) -> None:
    scripts.script("default", [Text("Good day"), END])
    sent = await ask(session, "Hello there")
    await ended(sent)

    def lengthened() -> None:
        keys = [sent.user_message.pk] * (PAGE + 3)
        SentPrompt.objects.update(packed_ids=b"".join(key.bytes for key in keys))

    await write(lengthened)
    newest = await read(sent_for, sent.assistant_message)
    assert newest is not None
    assert (len(newest.messages), newest.before, newest.count) == (PAGE, 3, PAGE + 3)
    assert len(await texts_of(sent.assistant_message, before=newest.before)) == 3
