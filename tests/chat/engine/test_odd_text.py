"""What a model sends is kept as text that every database, JSON and screen can hold."""

from __future__ import annotations

from typing import Any

import pytest

from chat.generation.toolwork import arguments_of
from chat.models import Session
from chat.providers.contract import Finish, Reasoning, Text, ToolCall
from chat.providers.scripted import ScriptedProvider
from chat.services.content import draft_of
from chat.services.messages import edit_message
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, follow, fresh_mirror
from tests.chat.engine.mirror import screen_of

END = Finish("stop", None)


@pytest.mark.parametrize(
    ("pieces", "kept"),
    [
        (["a\ud83d", "\ude42b"], "a🙂b"),
        (["\ud83d\ude42"], "🙂"),
        (["a\ud83d", "b"], "a\ufffdb"),
        (["a\ud83d"], "a\ufffd"),
        (["\ude42a"], "\ufffda"),
        (["one\r", "\ntwo"], "one\ntwo"),
        (["one\r", "two\r"], "one\ntwo\n"),
        (["\r", "\r", "\n"], "\n\n"),
        (["nu\x00l", "\x00"], "nul"),
        (["\x1b[31mred\x7f"], "[31mred"),
        (["", "a", ""], "a"),
        (["👩‍", "👩‍👧"], "👩‍👩‍👧"),
        (["tab\tand\nline"], "tab\tand\nline"),
    ],
)
async def test_a_client_sees_what_is_kept(
    pieces: list[str], kept: str, session: Session, scripts: type[ScriptedProvider]
) -> None:
    # The pauses put every piece into a tick of its own.
    paced = [line for piece in pieces for line in (Text(piece), 0.06)]
    scripts.script("default", [*paced, END])
    mirror = await fresh_mirror(session)
    reply = await ended(await ask(session))
    await follow(mirror, session, until_done=1)
    assert reply["content"] == kept
    assert mirror.shown()[-1] == screen_of(reply)


async def test_thoughts_are_kept_apart_and_in_order(
    session: Session, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("default", [Reasoning("Let me "), 0.06, Reasoning("think\x00."), 0.06, Text("42"), END])
    mirror = await fresh_mirror(session)
    reply = await ended(await ask(session))
    await follow(mirror, session, until_done=1)
    assert [(part["type"], part["text"]) for part in reply["parts"]] == [
        ("reasoning", "Let me think."),
        ("text", "42"),
    ]
    assert mirror.shown()[-1] == screen_of(reply)


async def test_a_reply_of_nothing_but_controls_is_still_ended(
    session: Session, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("default", [Text("\x00"), Text("\x01"), END])
    reply = await ended(await ask(session))
    assert (reply["status"], reply["content"]) == ("error", "")


async def test_what_a_person_types_is_cleaned_the_same_way(session: Session) -> None:
    sent = await ask(session, "a\r\nb\x00\ud83d")
    await ended(sent)
    assert sent.user_message.content == "a\nb\ufffd"
    author = await read(lambda: session.owner)
    edited = await write(
        edit_message,
        message=sent.user_message,
        editor=author,
        draft=draft_of("c\x00\r\nd", id=sent.user_message.pk),
    )
    assert edited.content == "c\nd"


@pytest.mark.parametrize(
    ("arguments", "kept"),
    [
        (r'{"a": ["\ud800b\u0000", 1]}', {"a": ["\ufffdb", 1]}),
        (r'{"\udfff": true}', {"\ufffd": True}),
        ('{"a": 1e999}', '{"a": 1e999}'),
        ('{"a": NaN}', '{"a": NaN}'),
        ("[" * 200 + "]" * 200, "[" * 200 + "]" * 200),
        ("{", "{"),
        ("", {}),
    ],
)
def test_what_a_tool_is_asked_is_kept_as_every_database_can(arguments: str, kept: Any) -> None:
    assert arguments_of(ToolCall("a", "f", arguments)) == kept
