"""Whatever the provider does, the reply ends, says why in words, and keeps what had come.

Proves A10 and C1.
"""

from __future__ import annotations

import pytest

from chat.generation.engine import Engine
from chat.models import ConfiguredProvider, Session, User
from chat.providers.contract import Finish, Text
from chat.providers.scripted import ScriptedProvider
from chat.services.sending import regenerate_reply
from chat.threads import write
from tests.chat.engine.driving import ask, ended, message, new_session, until
from tests.upstream import Upstream

TEN = "".join(f"t{number} " for number in range(10))


@pytest.mark.parametrize(
    ("model", "kept"),
    [
        ("e401", ""),
        ("e404", ""),
        ("e429", ""),
        ("e500", ""),
        ("toolong", ""),
        ("html", ""),
        ("empty", ""),
        ("drop10", TEN),
        ("shut10", TEN),
        ("cut10", TEN),
        ("bad10", TEN),
        ("err10", TEN),
    ],
)
async def test_a_failure_ends_the_reply_in_words(
    model: str, kept: str, alice: User, live_engine: Engine, upstream: Upstream
) -> None:
    reply = await ended(await ask(await new_session(alice, model, provider="fake")))
    assert (reply["status"], reply["content"]) == ("error", kept)
    assert reply["error"]["title"]
    assert reply["error"]["detail"]
    assert reply["error"]["retryable"] in (True, False)


async def test_silence_ends_it_too(
    alice: User, settings: object, live_engine: Engine, upstream: Upstream
) -> None:
    settings.PARLEY_PROVIDER_TIMEOUT = 0.3  # type: ignore[attr-defined]
    reply = await ended(await ask(await new_session(alice, "hang5", provider="fake")))
    assert (reply["status"], reply["content"]) == ("error", "t0 t1 t2 t3 t4 ")


async def test_a_server_that_is_not_there_is_told_of(alice: User, live_engine: Engine) -> None:
    where = "http://127.0.0.1:9/v1"
    await write(ConfiguredProvider.objects.create, name="gone", kind="openai", base_url=where)
    reply = await ended(await ask(await new_session(alice, "m", provider="gone")))
    assert reply["status"] == "error"
    assert reply["error"]["retryable"] is True


async def test_a_provider_that_was_taken_away_is_told_of(alice: User, live_engine: Engine) -> None:
    reply = await ended(await ask(await new_session(alice, "m", provider="gone")))
    assert reply["status"] == "error"
    assert "gone" in reply["error"]["detail"]


async def test_a_fault_of_our_own_ends_it_as_well(
    session: Session, scripts: type[ScriptedProvider], caplog: pytest.LogCaptureFixture
) -> None:
    scripts.script("default", [Text("half"), ZeroDivisionError("a bug")])
    reply = await ended(await ask(session))
    assert (reply["status"], reply["content"]) == ("error", "half")
    assert "a bug" not in str(reply["error"])


async def test_a_failed_reply_can_be_made_again(
    session: Session, alice: User, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("default", [Text("half"), ZeroDivisionError("a bug")])
    sent = await ask(session)
    failed = await ended(sent)
    scripts.script("default", [Text("whole"), Finish("stop", None)])
    again = await write(regenerate_reply, message=sent.assistant_message, author=alice)
    reply = await until(again.pk, lambda found: found["status"] == "complete")
    assert reply["content"] == "whole"
    assert reply["alternatives"] == [failed["id"], reply["id"]]
    assert (await message(sent.assistant_message.pk))["content"] == "half"


async def test_running_into_the_limit_is_no_failure(
    alice: User, live_engine: Engine, upstream: Upstream
) -> None:
    reply = await ended(await ask(await new_session(alice, "length5", provider="fake")))
    assert (reply["status"], reply["finish_reason"]) == ("complete", "length")
