"""The local model's own tokenizer against our estimate, and a summary that it writes when a person asks.

Proves B17 and C9.
"""

from __future__ import annotations

import asyncio
import os
import time

import pytest
from pytest_django import Settings

from chat.generation.engine import Engine
from chat.models import Aside, Message, SentPrompt, Session, Summary, User
from chat.providers.contract import ProviderError
from chat.providers.local_file import find_model
from chat.services.summaries import ask_summary
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, new_session
from tests.factories import make_session

pytestmark = pytest.mark.model
PATIENCE = 240.0
TALE = (
    "The harbour has two piers, built in 1887 and 1902. Boats leave with the tide; the first one goes at"
    " 05:40, the last at 21:15. In winter the northern pier is closed when the wind blows above 8 Bft. "
)


@pytest.fixture(autouse=True)
def bundled(settings: Settings) -> None:
    settings.PARLEY_LOCAL_MODEL = ""
    try:
        find_model("")
    except ProviderError as error:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))


async def test_our_estimate_is_near_what_the_model_counts(alice: User, live_engine: Engine) -> None:
    session = await new_session(alice, provider="local", model="", settings={"max_tokens": 8})
    sent = await ask(session, TALE * 6)
    reply = await ended(sent, PATIENCE)
    assert reply["status"] == "complete", reply["error"]
    prompt = await read(lambda: SentPrompt.objects.get(generation__message=sent.assistant_message))
    told = (await read(Message.objects.get, pk=sent.assistant_message.pk)).input_tokens
    assert told is not None
    print(f"estimated {prompt.raw_tokens}, counted {told}")
    assert 0.6 < (prompt.raw_tokens or 0) / told < 1.6


async def test_it_sums_up_when_a_person_asks(alice: User, live_engine: Engine) -> None:
    session = await read(make_session, alice, [TALE, "I see.", TALE * 3, "Good."], provider="local")
    await write(ask_summary, session=session, user=alice)
    until = time.monotonic() + PATIENCE
    while not (found := await read(lambda: Aside.objects.get().has_ended)):
        assert time.monotonic() < until
        await asyncio.sleep(0.2)
    assert found
    aside = await read(Aside.objects.get)
    assert aside.status == "complete", aside.error
    summary = await read(Summary.objects.get)
    assert (summary.count, summary.purpose) == (4, "reading")
    assert len(summary.text) > 20
    assert await read(Session.objects.count) == 1
