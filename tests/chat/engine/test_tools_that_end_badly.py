"""However a tool ends, and whenever a reply is stopped, what is kept is whole and the conversation goes on.

Proves A9, C5 and F8.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pytest_django import Settings

from chat.generation import toolwork
from chat.generation.engine import Engine
from chat.generation.reply import Reply
from chat.models import Chunk, Generation, Session, User
from chat.providers.contract import Text
from chat.providers.scripted import Line, ScriptedProvider
from chat.services.replies import stop_reply
from chat.threads import read, write
from chat.toolbox.looking import pool
from tests.chat.engine.abacus import CALLS, END, Abacus, call
from tests.chat.engine.driving import ask, ended, follow, fresh_mirror, new_session, until
from tests.chat.engine.mirror import Mirror
from tests.chat.tools.given import make_admin, make_program


@pytest.fixture
async def session(alice: User, abacus: Abacus, live_engine: Engine) -> Session:
    return await new_session(alice, "clever")


async def assert_whole(session: Session, before: Mirror, found: dict[str, Any]) -> None:
    """All that had begun has ended, whoever follows is told so, and the next question is answered."""
    assert found["status"] == "stopped"
    assert {part["state"] for part in found["parts"]} <= {"complete", "error"}
    assert "".join(part["text"] for part in found["parts"] if part["type"] == "text") == found["content"]
    assert await read(Chunk.objects.filter(message=found["id"]).count) == 0
    assert await read(Generation.objects.exclude(state="ended").count) == 0
    await follow(before, session, until_done=1)
    assert before.shown() == (await fresh_mirror(session)).shown()
    ScriptedProvider.script("clever", [Text("Still here."), END])
    assert (await ended(await ask(session, "And now?")))["content"] == "Still here."


# Of the calls and of each result: stopped just before it is saved, and just after.
@pytest.mark.parametrize("number", [1, 2, 3])
@pytest.mark.parametrize("is_before", [True, False])
async def test_a_stop_at_any_moment_of_parallel_calls_leaves_what_is_whole(
    session: Session, abacus: Abacus, monkeypatch: pytest.MonkeyPatch, number: int, is_before: bool
) -> None:
    count = 0

    async def stopping(function: Any, reply: Reply, *args: Any, **kwargs: Any) -> Any:
        nonlocal count
        count += 1
        is_now = count == number
        if is_now and is_before:
            reply.cut()
        try:
            return await write(function, reply, *args, **kwargs)
        finally:
            if is_now and not is_before:
                reply.cut()

    monkeypatch.setattr(toolwork, "write", stopping)
    calls = [call("add", "a", a=1, b=2), call("fail", "b"), call("dawdle", "c")]
    ScriptedProvider.script("clever", [Text("I try."), *calls, CALLS])
    before = await fresh_mirror(session)
    found = await ended(await ask(session))
    monkeypatch.undo()
    assert found["content"] == "I try."
    await assert_whole(session, before, found)


async def test_a_stop_while_one_of_several_runs_keeps_what_the_others_said(
    session: Session, abacus: Abacus
) -> None:
    ScriptedProvider.script("clever", [call("add", "a", a=1, b=2), call("dawdle", "b"), CALLS])
    before = await fresh_mirror(session)
    sent = await ask(session)
    key = sent.assistant_message.pk
    await until(key, lambda now: any(part["type"] == "tool-result" for part in now["parts"]))
    await write(stop_reply, session=session)
    found = await ended(sent)
    states = {(part["type"], part["id"]): part["state"] for part in found["parts"] if "id" in part}
    assert states == {
        ("tool-call", "a"): "complete",
        ("tool-call", "b"): "error",
        ("tool-result", "a"): "complete",
    }
    await assert_whole(session, before, found)


async def test_a_stop_between_two_rounds_keeps_the_first(session: Session) -> None:
    gate = asyncio.Event()
    first: list[Line] = [Text("One."), call("add", a=1, b=2), CALLS]
    ScriptedProvider.script("clever", first, [gate, Text("Two."), END])
    before = await fresh_mirror(session)
    sent = await ask(session)
    await until(
        sent.assistant_message.pk, lambda now: [part["state"] for part in now["parts"]] == ["complete"] * 3
    )
    await write(stop_reply, session=session)
    found = await ended(sent)
    gate.set()
    assert found["content"] == "One."
    await assert_whole(session, before, found)


@pytest.fixture
async def closed_pool() -> AsyncIterator[None]:
    yield
    await pool.aclose()


async def test_a_server_that_dies_drowns_or_never_answers_is_told_to_the_model_and_the_reply_goes_on(
    alice: User, abacus: Abacus, live_engine: Engine, settings: Settings, closed_pool: None
) -> None:
    settings.PARLEY_TOOL_TIMEOUT = 2.0
    await read(lambda: make_program(make_admin(), asking="never"))
    session = await new_session(alice, "clever")
    ScriptedProvider.script(
        "clever",
        [call("Tester__die"), CALLS],
        [call("Tester__big", size=50_000_000), CALLS],
        [call("Tester__wait", seconds=600), CALLS],
        [Text("They all failed."), END],
    )
    found = await ended(await ask(session), seconds=60)
    results = [part for part in found["parts"] if part["type"] == "tool-result"]
    assert (found["status"], found["content"]) == ("complete", "They all failed.")
    assert [part["state"] for part in results] == ["error"] * 3
    assert "did not answer within" in results[-1]["result"]
    assert all(len(part["result"]) < 1000 for part in results)
