"""What a reply took is kept with it, in its conversation and in the sums of the day; unknown is not nothing.

Proves B15 and B23.
"""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from chat.generation import jobs
from chat.generation.engine import Engine
from chat.models import Generation, Message, ModelPrice, Session, UsageDay, User
from chat.providers.contract import Finish, ProviderError, Text, Usage
from chat.providers.scripted import ScriptedProvider
from chat.services.branching import branch_session
from chat.services.replies import stop_reply
from chat.threads import read, write
from tests.chat.engine.driving import ask, ended, has_text, new_session
from tests.chat.usage import limit, took

MANY = Usage(1_000_000, 100_000, cached_tokens=400_000, cache_write_tokens=100_000, reasoning_tokens=60_000)


def today() -> date:
    return timezone.now().date()


def price(model: str = "default", provider: str = "scripted", since: int = 0, **more: Any) -> ModelPrice:
    values = {"input_price": 2, "output_price": 10, "cached_price": "0.5", "cache_write_price": 3, **more}
    return ModelPrice.objects.create(
        provider=provider, model=model, valid_from=today() - timedelta(days=since), **values
    )


async def sums() -> list[Any]:
    return await read(lambda: list(UsageDay.objects.order_by("id").values()))


async def reply_of(session: Session, usage: Usage | None, text: str = "Well") -> Message:
    ScriptedProvider.script("default", [Text(text), Finish("stop", usage, "default-2026")])
    sent = await ask(session)
    await ended(sent)
    return await read(lambda: Message.objects.get(pk=sent.assistant_message.pk))


async def test_every_kind_of_token_has_its_price(session: Session) -> None:
    await write(price)
    reply = await reply_of(session, MANY)
    assert reply.cost == Decimal("0.5") * 2 + Decimal("0.4") / 2 + Decimal("0.1") * 3 + Decimal(1)
    assert (reply.cached_tokens, reply.cache_write_tokens, reply.reasoning_tokens) == (
        400_000,
        100_000,
        60_000,
    )
    await reply_of(session, MANY)
    await read(session.refresh_from_db)
    assert (session.cost, session.total_tokens) == (Decimal("5.0"), 2_200_000)


async def test_the_sums_of_the_day_grow_with_each_reply(session: Session, alice: User) -> None:
    await write(price)
    reply = await reply_of(session, MANY)
    await reply_of(session, Usage(5, 5))
    [row] = await sums()
    assert (row["user_id"], row["day"], row["purpose"]) == (alice.pk, today(), "reply")
    assert (row["provider"], row["model"], row["requests"]) == ("scripted", "default", 2)
    assert (row["input_tokens"], row["output_tokens"]) == (1_000_005, 100_005)
    assert (row["cached_tokens"], row["cache_write_tokens"], row["reasoning_tokens"]) == (
        400_000, 100_000, 60_000,
    )  # fmt: skip
    assert (row["cost"] - Decimal("0.00006"), row["unknown_costs"]) == (reply.cost, 0)


async def test_a_cost_that_nobody_knows_stays_unknown(session: Session) -> None:
    reply = await reply_of(session, MANY)
    await read(session.refresh_from_db)
    assert (reply.cost, session.cost) == (None, None)
    [row] = await sums()
    assert (row["cost"], row["unknown_costs"], row["estimated_cost"]) == (0, 1, 0)


async def test_what_costs_nothing_is_known_to(session: Session) -> None:
    await write(price, input_price=0, output_price=0, cached_price=None, cache_write_price=None)
    assert (await reply_of(session, None)).cost == 0
    assert (await sums())[0]["unknown_costs"] == 0


async def test_a_provider_that_tells_the_cost_is_believed_unless_it_is_none(session: Session) -> None:
    await write(price)
    assert (await reply_of(session, Usage(5, 5, cost=Decimal("0.25")))).cost == Decimal("0.25")
    for odd in ("NaN", "-1", "Infinity", "1e12"):
        assert (await reply_of(session, Usage(5, 5, cost=Decimal(odd)))).cost is None


async def test_a_stopped_reply_is_estimated_and_never_told_as_fact(
    session: Session, scripts: type[ScriptedProvider]
) -> None:
    await write(price)
    scripts.script("default", [Text("word " * 400), asyncio.Event()])
    sent = await ask(session)
    await has_text(sent, "word")
    await write(stop_reply, session=session)
    await ended(sent)
    reply = await read(lambda: Message.objects.get(pk=sent.assistant_message.pk))
    assert (reply.status, reply.cost, reply.output_tokens) == ("stopped", None, None)
    [row] = await sums()
    assert (row["requests"], row["output_tokens"], row["unknown_costs"], row["cost"]) == (1, 0, 1, 0)
    assert 435 <= row["estimated_tokens"] < 460
    assert Decimal("0.0043") <= row["estimated_cost"] < Decimal("0.0047")


async def test_what_no_model_began_to_answer_is_not_counted(
    session: Session, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("default", [ProviderError("Away", "It is away.")])
    assert (await ended(await ask(session)))["status"] == "error"
    assert await sums() == []


async def test_nor_is_what_a_dead_process_had_not_begun(alice: User, transactional_db: None) -> None:
    """It was stopped while nobody made it."""
    session = await new_session(alice)
    sent = await ask(session)
    left = Generation.objects.filter(message=sent.assistant_message)
    await write(left.update, state="running", worker=None, stop_requested_at=timezone.now())
    assert await write(jobs.reclaim) == 1
    reply = await read(Message.objects.get, pk=sent.assistant_message.pk)
    assert (reply.status, reply.cost) == ("stopped", None)
    assert await sums() == []


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([("default", "scripted", 3, 7), ("default", "scripted", 9, 1)], 7),
        ([("default", "scripted", -1, 7), ("default", "scripted", 9, 1)], 1),
        ([("default", "", 0, 7), ("default", "scripted", 9, 1)], 1),
        ([("", "scripted", 0, 7), ("default", "", 9, 1)], 1),
        ([("", "scripted", 0, 7)], 7),
        ([("default-2026", "scripted", 0, 7)], 7),
        ([("default", "another", 0, 7)], None),
    ],
)
async def test_the_price_that_says_most_and_is_newest_on_that_day_counts(
    session: Session, rows: list[tuple[str, str, int, int]], expected: int | None
) -> None:
    for model, provider, since, each in rows:
        await write(price, model, provider, since, input_price=each)
    reply = await reply_of(session, Usage(1_000_000, 0))
    assert reply.cost == expected


async def test_another_price_changes_only_what_comes(session: Session) -> None:
    await write(price, since=3)
    first = await reply_of(session, Usage(1_000_000, 0))
    await write(price, since=1, input_price=9)
    second = await reply_of(session, Usage(1_000_000, 0))
    await read(first.refresh_from_db)
    assert (first.cost, second.cost) == (Decimal(2), Decimal(9))


async def test_a_branch_and_what_is_removed_leave_the_sums_as_they_are(session: Session, alice: User) -> None:
    await write(price)
    reply = await reply_of(session, MANY)
    before = await sums()
    branch = await write(branch_session, session=session, owner=alice)
    assert branch.cost == reply.cost
    await write(session.delete)
    assert await sums() == before


async def test_temporary_conversations_count_too(alice: User, live_engine: Engine) -> None:
    session = await new_session(alice, is_temporary=True)
    await reply_of(session, MANY)
    assert [row["requests"] for row in await sums()] == [1]


async def test_what_a_removed_person_took_stays_and_is_nobodys(session: Session, alice: User) -> None:
    await reply_of(session, MANY)
    await write(alice.delete)
    assert [(row["user_id"], row["requests"]) for row in await sums()] == [(None, 1)]


async def test_each_who_was_asked_is_charged_at_its_own_price(
    session: Session, scripts: type[ScriptedProvider]
) -> None:
    """One answers with nothing, and is paid for all the same; one breaks off; the third answers."""
    for place, model in enumerate(("empty", "torn", "good"), 1):
        await write(price, model, input_price=place, output_price=0)
    million = Usage(1_000_000, 0)
    broken = ProviderError("Gone", "It broke off.")
    scripts.script("empty", [Finish("stop", million)])
    scripts.script("torn", [Text("Half a w"), broken])
    scripts.script("good", [Text("Whole"), Finish("stop", million)])
    session.provider, session.model = "scripted", "empty"
    session.fallbacks = [{"provider": "scripted", "model": one} for one in ("torn", "good")]
    await write(session.save)
    await ended(await ask(session))
    shown = Message.objects.filter(session=session, role="assistant", is_active=True)
    deadline = asyncio.get_running_loop().time() + 10
    while (reply := await read(shown.get)).status != "complete":
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.02)
    assert (reply.model, reply.cost) == ("good", Decimal(3))
    by_model = {row["model"]: (row["cost"], row["unknown_costs"]) for row in await sums()}
    empty, _ = by_model.pop("empty")
    assert empty >= 1  # it is asked again a few times
    assert by_model == {"torn": (0, 1), "good": (3, 0)}
    await read(session.refresh_from_db)
    assert session.cost == empty + 3


async def test_an_empty_reply_that_tells_nonsense_is_ended_all_the_same(
    session: Session, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("default", [Finish("stop", Usage(10**30, -5, cost=Decimal("NaN")))])
    assert (await ended(await ask(session), seconds=20))["status"] == "error"
    assert {(row["input_tokens"], row["output_tokens"], row["cost"]) for row in await sums()} == {(0, 0, 0)}


async def test_who_has_used_up_a_limit_is_not_charged_for_who_stands_in(
    session: Session, alice: User, scripts: type[ScriptedProvider]
) -> None:
    free: dict[str, Any] = {
        "input_price": 0,
        "output_price": 0,
        "cached_price": None,
        "cache_write_price": None,
    }
    for model in ("free", "spare"):
        await write(price, model, **free)
    await write(price, "dear")
    await write(limit, cost=1, user=alice)
    await write(took, alice, 1)
    scripts.script("free", [ProviderError("Away", "It is away.")])
    for model in ("dear", "spare"):
        scripts.script(model, [Text(model), Finish("stop", Usage(1, 1))])
    session.provider, session.model = "scripted", "free"
    session.fallbacks = [{"provider": "scripted", "model": one} for one in ("dear", "spare")]
    await write(session.save)
    reply = await ended(await ask(session))
    assert (reply["content"], [prompt.model for prompt in scripts.prompts]) == ("spare", ["free", "spare"])
    assert "scripted was not asked" in [one["title"] for one in reply["tried"]]
