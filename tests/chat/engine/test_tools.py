"""A model calls tools: what it asks for and what came of it is saved in order, shown, and given back to it.

Proves C5, E1, F8 and B19's tools.
"""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.test import AsyncClient
from pytest_django import Settings

from chat import fragments
from chat.consumers.page import PageScreen
from chat.generation.engine import Engine
from chat.models import Generation, Message, Role, Session, User
from chat.providers.contract import Finish, Reasoning, Text
from chat.providers.scripted import Line, ScriptedProvider
from chat.replay import replay
from chat.services.allowing import decide_call
from chat.services.replies import stop_reply
from chat.stream.follower import Follower
from chat.threads import read, write
from tests.chat.engine.abacus import CALLS, END, Abacus, call, view_of
from tests.chat.engine.driving import apply, ask, ended, fresh_mirror, new_session, snapshot, until
from tests.chat.engine.mirror import Mirror


@pytest.fixture
async def session(alice: User, abacus: Abacus, live_engine: Engine) -> Session:
    return await new_session(alice, "clever")


def kinds(found: dict[str, Any]) -> list[tuple[str, str]]:
    return [(part["type"], part["state"]) for part in found["parts"]]


async def test_what_a_tool_answers_goes_back_to_the_model_which_then_answers(session: Session) -> None:
    first: list[Line] = [Reasoning("I count."), Text("Let me see."), call("add", a=2, b=3), CALLS]
    ScriptedProvider.script("clever", first, [Text("It is 5."), END])
    found = await ended(await ask(session, "2 + 3?"))
    assert (found["status"], found["content"]) == ("complete", "Let me see.\n\nIt is 5.")
    assert [part["type"] for part in found["parts"]] == [
        "reasoning", "text", "tool-call", "tool-result", "text",
    ]  # fmt: skip
    called, result = found["parts"][2:4]
    assert (called["name"], called["arguments"], called["state"]) == ("add", {"a": 2, "b": 3}, "complete")
    assert (result["id"], result["result"], result["state"]) == (called["id"], "5", "complete")
    assert "".join(part["text"] for part in found["parts"] if part["type"] == "text") == found["content"]
    assert found["usage"]["input_tokens"] == 30
    first_asked, then_asked = ScriptedProvider.prompts
    assert {tool.name for tool in first_asked.tools} >= {"add", "wipe"}
    said, told = then_asked.turns[-2:]
    assert (said.role, said.text, said.calls[0].name, said.echo) == (
        "assistant", "Let me see.", "add", {"signed": "thought"},
    )  # fmt: skip
    assert (told.role, told.text, told.call_id) == ("tool", "5", said.calls[0].id)


async def test_the_next_question_finds_calls_and_results_in_their_places(session: Session) -> None:
    ScriptedProvider.script("clever", [call("add", a=1, b=1), CALLS], [Text("2"), END])
    await ended(await ask(session, "1 + 1?"))
    ScriptedProvider.script("clever", [Text("As I said."), END])
    await ended(await ask(session, "Sure?"))
    roles = [(turn.role, turn.text) for turn in ScriptedProvider.prompts[-1].turns]
    assert roles == [
        ("user", "1 + 1?"),
        ("assistant", ""),
        ("tool", "2"),
        ("assistant", "2"),
        ("user", "Sure?"),
    ]


async def test_several_calls_are_made_at_once_and_each_result_is_with_its_call(
    session: Session, abacus: Abacus
) -> None:
    calls = [
        call("dawdle", "slow"),
        call("add", "quick", a=1, b=2),
        call("fail", "bad"),
        call("nothing", "none"),
    ]
    ScriptedProvider.script("clever", [*calls, CALLS], [Text("Done."), END])
    sent = await ask(session)
    found = await until(sent.assistant_message.pk, lambda now: len(now["parts"]) == 7)
    assert found["status"] == "streaming"
    states = {part["id"]: part["state"] for part in found["parts"] if part["type"] == "tool-call"}
    assert states == {"slow": "running", "quick": "complete", "bad": "error", "none": "error"}
    abacus.gate.set()
    found = await ended(sent)
    results = {part["id"]: part["result"] for part in found["parts"] if part["type"] == "tool-result"}
    assert (results["slow"], results["quick"], results["bad"]) == ("At last.", "3", "The beads are stuck.")
    assert "no tool called" in results["none"]


async def test_what_changes_something_waits_for_a_word_and_no_process_waits_with_it(
    session: Session, alice: User, bob: User, abacus: Abacus
) -> None:
    ScriptedProvider.script("clever", [Text("I wipe."), call("wipe"), CALLS], [Text("Gone."), END])
    sent = await ask(session)
    reply = sent.assistant_message
    found = await until(reply.pk, lambda now: ("tool-call", "pending") in kinds(now))
    assert kinds(found) == [("text", "complete"), ("tool-call", "pending")]
    generation = await read(Generation.objects.get, message=reply.pk)
    assert (generation.state, generation.worker_id, abacus.done) == ("waiting", None, [])
    message = await read(Message.objects.get, pk=reply.pk)
    await write(decide_call, message=message, call_id="c1", author=alice, is_allowed=True)
    found = await ended(sent)
    assert (found["status"], found["content"], abacus.done) == ("complete", "I wipe.\n\nGone.", ["wipe"])
    assert found["usage"]["output_tokens"] == 12
    await write(decide_call, message=message, call_id="c1", author=alice, is_allowed=True)
    assert abacus.done == ["wipe"]


async def test_the_wait_for_a_person_is_no_part_of_what_a_reply_took(session: Session, alice: User) -> None:
    ScriptedProvider.script("clever", [Text("I wipe."), call("wipe"), CALLS], [Text("Gone."), END])
    sent = await ask(session)
    reply = sent.assistant_message
    await until(reply.pk, lambda now: ("tool-call", "pending") in kinds(now))
    generation = await read(Generation.objects.get, message=reply.pk)
    assert 0 <= generation.memo["watch"]["first_token"] <= generation.memo["watch"]["taken"]
    generation.memo["watch"] |= {"taken": 100.0, "first_token": 40.0, "in_tools": 48.0}
    await write(generation.save, update_fields=["memo"])
    begun = time.monotonic()
    message = await read(Message.objects.get, pk=reply.pk)
    await write(decide_call, message=message, call_id="c1", author=alice, is_allowed=True)
    timing = (await ended(sent))["timing"]
    passed = time.monotonic() - begun
    assert timing["first_token_ms"] == 40_000
    assert 100_000 <= timing["duration_ms"] <= 1000 * (100 + passed)
    # 12 tokens in the 12 seconds that were neither before the first of them nor a tool's.
    assert 12 / (12 + passed) - 0.05 <= timing["tokens_per_second"] <= 1


async def test_what_is_forbidden_is_not_done_and_the_model_is_told(
    session: Session, alice: User, abacus: Abacus
) -> None:
    ScriptedProvider.script("clever", [call("wipe"), CALLS], [Text("As you wish."), END])
    sent = await ask(session)
    await until(sent.assistant_message.pk, lambda now: ("tool-call", "pending") in kinds(now))
    message = await read(Message.objects.get, pk=sent.assistant_message.pk)
    await write(decide_call, message=message, call_id="c1", author=alice, is_allowed=False)
    found = await ended(sent)
    assert (found["content"], abacus.done) == ("As you wish.", [])
    assert kinds(found) == [("tool-call", "error"), ("tool-result", "error"), ("text", "complete")]
    told = ScriptedProvider.prompts[-1].turns[-1]
    assert (told.role, told.is_error) == ("tool", True)
    assert "did not allow" in told.text


async def test_a_reply_that_waits_can_be_stopped_and_keeps_what_it_said(session: Session) -> None:
    ScriptedProvider.script("clever", [Text("I wipe."), call("wipe"), CALLS])
    sent = await ask(session)
    await until(sent.assistant_message.pk, lambda now: ("tool-call", "pending") in kinds(now))
    await write(stop_reply, session=session)
    found = await ended(sent)
    assert (found["status"], found["content"]) == ("stopped", "I wipe.")
    assert ("tool-call", "error") in kinds(found)


async def test_of_several_replies_one_waits_for_a_word_while_the_others_end(
    session: Session, alice: User, abacus: Abacus
) -> None:
    """And the next question waits for it."""
    ScriptedProvider.script("clever", [Text("I wipe."), call("wipe"), CALLS], [Text("Gone."), END])
    sent = await ask(session, models=[("scripted", name) for name in ("clever", "default")])
    behind = await ask(session, "And then?", queue=True)
    waiting, other = sent.replies
    await until(waiting.pk, lambda now: ("tool-call", "pending") in kinds(now))
    await until(other.pk, lambda now: now["status"] == "complete")
    assert (await read(Generation.objects.get, message=behind.assistant_message)).state == "queued"
    message = await read(Message.objects.get, pk=waiting.pk)
    await write(decide_call, message=message, call_id="c1", author=alice, is_allowed=True)
    found = await ended(sent)
    await until(behind.assistant_message.pk, lambda now: ("tool-call", "pending") in kinds(now))
    assert (found["status"], found["content"], abacus.done) == ("complete", "I wipe.\n\nGone.", ["wipe"])
    await write(stop_reply, session=session)
    await ended(behind)
    mirror = Mirror()
    for event in await read(replay, session.pk, 0):
        apply(mirror, event)
    assert mirror.shown() == (await fresh_mirror(session)).shown()


async def test_a_stop_ends_the_tool_that_runs(session: Session, abacus: Abacus) -> None:
    ScriptedProvider.script("clever", [call("dawdle"), CALLS])
    sent = await ask(session)
    await until(sent.assistant_message.pk, lambda now: ("tool-call", "running") in kinds(now))
    await write(stop_reply, session=session)
    assert (await ended(sent))["status"] == "stopped"


async def test_a_model_that_calls_for_ever_is_asked_for_an_answer(
    session: Session, settings: Settings
) -> None:
    settings.PARLEY_TOOL_ROUNDS = 3
    ScriptedProvider.script("clever", [call("add", a=1, b=1), CALLS])
    found = await ended(await ask(session))
    assert sum(part["type"] == "tool-call" for part in found["parts"]) == 3
    assert [asked.may_call for asked in ScriptedProvider.prompts] == [True, True, True, False]
    assert found["status"] == "error"


async def test_a_model_that_calls_no_tools_is_offered_none(
    alice: User, live_engine: Engine, abacus: Abacus
) -> None:
    session = await new_session(alice)
    await ended(await ask(session))
    assert ScriptedProvider.prompts[-1].tools == ()


async def test_events_lead_from_any_snapshot_to_the_same_parts(session: Session, alice: User) -> None:
    first: list[Line] = [Reasoning("Hm."), Text("One."), call("add", "a", a=1, b=1), CALLS]
    second: list[Line] = [Reasoning("Well."), call("fail", "b"), Finish("tool_calls", None)]
    ScriptedProvider.script("clever", first, second, [Text("Two."), END])
    mirror = await fresh_mirror(session)
    with Follower(session.pk, alice.pk, after=mirror.number) as follower:
        sent = await ask(session)
        while not mirror.done:
            for event in await follower.take():
                apply(mirror, event)
    whole = (await read(snapshot, session))[1]
    assert mirror.shown()[-1]["content"] == whole[-1]["content"]
    assert [part["type"] for part in whole[-1]["parts"]] == [
        "reasoning", "text", "tool-call", "tool-result", "reasoning", "tool-call", "tool-result", "text",
    ]  # fmt: skip
    told = [json.loads(event.data) for event in await read(replay, session.pk, 0) if event.kind == "part"]
    indexes = {(part["part"]["type"], part["part"].get("id")): part["part"]["index"] for part in told}
    assert indexes["tool-call", "a"] == 2
    assert indexes["tool-result", "b"] == 6
    assert all("at" not in part["part"] for part in told)
    again = await fresh_mirror(session)
    assert again.shown() == mirror.shown()
    assert (await ended(sent))["status"] == "complete"


@pytest.mark.parametrize(("pressed", "decision"), [("allow", "allowed"), ("forbid", "refused")])
async def test_the_page_shows_the_steps_and_asks(
    session: Session, alice: User, pressed: str, decision: str
) -> None:
    ScriptedProvider.script("clever", [call("wipe", note="<b>all</b>"), CALLS], [Text("Gone."), END])
    sent = await ask(session)
    key = sent.assistant_message.pk
    await until(key, lambda now: ("tool-call", "pending") in kinds(now))
    events = await read(replay, session.pk, 0)
    frame = await PageScreen(alice, Role.OWNER).frame(events)
    assert "Waiting for your answer" in frame
    assert " data-asks>" in frame
    waits = [json.loads(event.data)["part"] for event in events if event.kind == "part"]
    assert [(part["state"], part["title"], part["arguments"]) for part in waits] == [
        ("pending", "Wipe", {"note": "<b>all</b>"})
    ]
    assert "&lt;b&gt;all" in frame
    assert f"/messages/{key}/tool/" in frame
    assert f"/messages/{key}/tool/" not in await PageScreen(alice, Role.VIEWER).frame(events)
    client = AsyncClient()
    await client.aforce_login(alice)
    answer = await client.post(f"/messages/{key}/tool/", {pressed: "c1"})
    assert answer.status_code == 302
    found = await ended(sent)
    assert (found["content"], found["parts"][0]["decision"]) == ("Gone.", decision)


async def test_who_did_not_ask_cannot_allow_but_may_forbid(
    session: Session, bob: User, abacus: Abacus
) -> None:
    ScriptedProvider.script("clever", [call("wipe"), CALLS], [Text("Gone."), END])
    sent = await ask(session)
    await until(sent.assistant_message.pk, lambda now: ("tool-call", "pending") in kinds(now))
    message = await read(Message.objects.get, pk=sent.assistant_message.pk)
    with pytest.raises(Exception, match="only they can allow"):
        await write(decide_call, message=message, call_id="c1", author=bob, is_allowed=True)
    events = await read(replay, session.pk, 0)
    frame = await PageScreen(bob, Role.EDITOR).frame(events)
    assert "Waiting for alice…" in frame
    assert "Do not allow" in frame
    assert 'name="forbid"' in frame
    assert 'name="allow"' not in frame
    await write(decide_call, message=message, call_id="c1", author=bob, is_allowed=False)
    found = await ended(sent)
    assert (found["content"], found["parts"][0]["decision"], abacus.done) == ("Gone.", "refused", [])
    page = str(fragments.bubble(await read(view_of, message.pk)))
    assert "Not allowed" in page
    assert "Failed" not in page
