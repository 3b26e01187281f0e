"""What a provider says beside its text is hostile too: nothing of it may cost a reader the conversation."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable
from math import inf

import pytest

from chat.generation.engine import Engine
from chat.models import Session, User
from chat.providers.contract import Finish, ProviderError, Text, Usage
from chat.providers.scripted import ScriptedProvider
from chat.replay import replay
from chat.stream import Follower
from chat.threads import read
from tests.chat.engine.driving import ask, ended, fresh_mirror, has_text, new_session

Scripts = type[ScriptedProvider]


async def test_odd_characters_in_an_error_leave_the_conversation_readable(
    session: Session, scripts: Scripts, live_engine: Engine
) -> None:
    scripts.script("default", [Text("so far"), ProviderError("Bad \ud800", "It said \x00 and \udfff.")])
    reply = await ended(await ask(session))
    assert (reply["status"], reply["content"]) == ("error", "so far")
    assert reply["error"]["title"] == "Bad \ufffd"
    told = await read(replay, session.pk, 0)
    assert [event.as_sse() for event in told]
    assert (await fresh_mirror(session)).shown()


@pytest.mark.parametrize(
    "end",
    [
        Finish("stop", Usage(10**30, 3), "m"),
        Finish("stop", Usage(1, 10**30), "m"),
        Finish("st\x00op\ud800", None, "m"),
        Finish("stop", None, "a\ud800b\x00" + "c" * 5000),
    ],
)
async def test_an_end_that_cannot_be_kept_does_not_cost_the_text(
    end: Finish, session: Session, scripts: Scripts, live_engine: Engine
) -> None:
    scripts.script("default", [Text("all of it"), end])
    reply = await ended(await ask(session))
    assert reply["status"] in ("complete", "error")
    assert reply["content"] == "all of it"
    json.dumps(reply).encode()


async def test_a_long_message_holds_up_no_other_reply(
    alice: User, scripts: Scripts, live_engine: Engine
) -> None:
    """Its rendering takes half a second; text that comes meanwhile is saved each 50 ms all the same.

    What is held up is held up each time; a machine that is busy with other things is so at times.
    """
    shares: list[float] = []
    while min(shares, default=inf) >= 1 / 2:
        assert len(shares) < 6, shares
        shares.append(await share_held_up(alice, scripts))


async def share_held_up(alice: User, scripts: Scripts) -> float:
    """The longest silence of a reply, as a share of the time that sending a long message elsewhere takes."""
    pieces = [line for n in range(100) for line in (Text(f"{n} "), 0.01)]
    scripts.script("slow", [*pieces, Finish("stop", None)])
    streaming, other = await new_session(alice, "slow"), await new_session(alice)
    sent = await ask(streaming)
    await has_text(sent, "0 ")
    with Follower(streaming.pk, alice.pk, after=0) as follower:
        sending = asyncio.create_task(time_of(ask(other, "$a_1$ " * 16_000)))
        last, gaps = time.monotonic(), []
        while not any(event.name == "done" for event in await follower.take()):
            gaps.append(time.monotonic() - last)
            last = time.monotonic()
    # Of a reply that was over when one began to look, no silence is known.
    return max(gaps, default=inf) / await sending


async def time_of(work: Awaitable[object]) -> float:
    began = time.monotonic()
    await work
    return time.monotonic() - began
