"""A provider that keeps failing is left alone for a while, and its health is shown.

Proves B15 and F7.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from django.core.cache import caches
from django.template.loader import render_to_string
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from chat.generation import attempts, health
from chat.generation.attempts import Patience
from chat.generation.engine import Engine
from chat.generation.health import FAILURES, FIRST_REST, LONGEST_REST, health_name, health_of, note_failure
from chat.models import ConfiguredProvider, Session, User
from chat.phrases import Phrase
from chat.providers.contract import Finish, ProviderConfig, ProviderError, Text, Usage
from chat.providers.scripted import Line, ScriptedProvider
from chat.threads import read, write
from chat.views.provider_health import health_shown
from tests.chat.engine.driving import ask, ended, new_session
from tests.factories import PASSWORD, make_token
from tests.upstream import Upstream

Scripts = type[ScriptedProvider]
DOWN = ProviderError("It is down", "Nothing answers.", retryable=True)
END = Finish("stop", Usage(3, 5))


class Clock:
    """Seconds since 1970, which pass when a test says so."""

    now = 1_000_000_000.0

    def __call__(self) -> float:
        return self.now


class Telling(tuple[Line, ...]):
    """A script that says when it is begun."""

    begun: asyncio.Event

    def __new__(cls, lines: Sequence[Line], begun: asyncio.Event) -> Telling:
        made = super().__new__(cls, lines)
        made.begun = begun
        return made

    def __iter__(self) -> Iterator[Line]:
        self.begun.set()
        return super().__iter__()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(health, "clock", made)
    return made


@pytest.fixture
async def session(alice: User, live_engine: Engine, scripts: Scripts) -> Session:
    """The provider `weak` fails, and `spare` stands in for it."""
    await write(ConfiguredProvider.objects.create, name="weak", kind="scripted", model_names=["weak"])
    scripts.script("weak", [DOWN])
    scripts.script("spare", [Text("from the spare"), END])
    session = await new_session(alice, "weak", provider="weak")
    session.fallbacks = [{"provider": "scripted", "model": "spare"}]
    await write(session.save, update_fields=["fallbacks"])
    return session


def asked_of(scripts: Scripts, model: str) -> int:
    return [prompt.model for prompt in scripts.prompts].count(model)


async def fail(session: Session, times: int = FAILURES) -> None:
    for _ in range(times):
        await ended(await ask(session))


async def test_one_that_keeps_failing_is_not_asked_while_it_rests(session: Session, scripts: Scripts) -> None:
    await fail(session)
    asked = asked_of(scripts, "weak")
    assert asked == FAILURES * (attempts.RETRIES + 1)
    reply = await ended(await ask(session))
    assert (reply["content"], asked_of(scripts, "weak")) == ("from the spare", asked)
    assert [(one["provider"], one["title"]) for one in reply["tried"]] == [("weak", "weak was not asked")]


async def test_the_only_one_is_asked_all_the_same(session: Session, scripts: Scripts) -> None:
    await fail(session)
    alone = await new_session(await read(lambda: session.owner), "weak", provider="weak")
    scripts.script("weak", [Text("here again"), END])
    assert (await ended(await ask(alone)))["content"] == "here again"
    assert (await read(health_of, ["weak"]))["weak"].state == "well"


async def test_one_that_rests_is_asked_at_last_where_the_others_fail_too(
    session: Session, scripts: Scripts
) -> None:
    await fail(session)
    scripts.script("spare", [ProviderError("Refused", "The key is wrong.")])
    scripts.script("weak", [Text("here again"), END])
    reply = await ended(await ask(session))
    assert (reply["content"], [one["title"] for one in reply["tried"]]) == ("here again", ["Refused"])
    scripts.script("weak", [DOWN])
    await fail(session)
    reply = await ended(await ask(session))
    assert (reply["error"]["title"], [one["title"] for one in reply["tried"]]) == ("Refused", ["It is down"])


def test_ones_own_says_nothing_of_the_sites_of_the_same_name(alice: User, clock: Clock) -> None:
    site = ProviderConfig("weak", "openai")
    own = replace(site, owner=alice.pk)
    for _ in range(FAILURES):
        note_failure(health_name(own), DOWN)
    states = health_of([health_name(site), health_name(own)])
    assert [health.state for health in states.values()] == ["well", "rested"]


async def test_one_that_was_set_up_anew_is_asked_at_once(session: Session, scripts: Scripts) -> None:
    await fail(session)
    await read(health.forget, ["weak"])
    scripts.script("weak", [Text("here again"), END])
    assert (await ended(await ask(session)))["content"] == "here again"


async def test_after_its_rest_one_reply_tries_it_and_the_others_wait(
    session: Session, scripts: Scripts, clock: Clock
) -> None:
    await fail(session)
    clock.now += FIRST_REST + 1
    assert (await read(health_of, ["weak"]))["weak"].state == "trying"
    begun, go_on = asyncio.Event(), asyncio.Event()
    scripts.scripts["weak"] = (Telling([go_on, Text("here again"), END], begun),)
    before = asked_of(scripts, "weak")
    first = await ask(session)
    async with asyncio.timeout(5):
        await begun.wait()
    other = await another(session)
    assert (await ended(await ask(other)))["content"] == "from the spare"
    go_on.set()
    assert (await ended(first))["content"] == "here again"
    assert asked_of(scripts, "weak") == before + 1
    assert (await ended(await ask(other)))["content"] == "here again"


async def test_each_rest_is_longer_than_the_one_before_but_bounded(
    session: Session, scripts: Scripts, clock: Clock
) -> None:
    await fail(session)
    for rest in (FIRST_REST, 2 * FIRST_REST, 4 * FIRST_REST):
        [known] = (await read(health_of, ["weak"])).values()
        assert known.until
        assert known.until.timestamp() == clock.now + rest
        clock.now += rest + 1
        await fail(session, 1)
    for _ in range(9):
        clock.now += LONGEST_REST + 1
        await read(note_failure, "weak", DOWN)
    [known] = (await read(health_of, ["weak"])).values()
    assert known.until
    assert known.until.timestamp() == clock.now + LONGEST_REST


async def test_a_limit_rests_it_for_as_long_as_it_says(
    alice: User, live_engine: Engine, upstream: Upstream, scripts: Scripts, clock: Clock
) -> None:
    """The server says Retry-After: 7; no other failure is needed."""
    scripts.script("spare", [Text("from the spare"), END])
    session = await new_session(alice, "e429", provider="fake")
    session.fallbacks = [{"provider": "scripted", "model": "spare"}]
    await write(session.save, update_fields=["fallbacks"])
    await fail(session, 2)
    assert [asked.model for asked in upstream.requests] == ["e429"]
    clock.now += 8
    await fail(session, 1)
    assert [asked.model for asked in upstream.requests] == ["e429", "e429"]


async def test_what_is_the_askers_own_fault_rests_nobody(session: Session, scripts: Scripts) -> None:
    scripts.script("weak", [ProviderError("Refused", "The key is wrong.")])
    await fail(session, FAILURES + 1)
    scripts.script("weak", [Finish("content_filter", None)])
    await fail(session, FAILURES + 1)
    assert asked_of(scripts, "weak") == 2 * FAILURES + 2
    assert (await read(health_of, ["weak"]))["weak"].state == "well"


async def test_a_success_in_between_forgives_what_was_before(session: Session, scripts: Scripts) -> None:
    await fail(session, FAILURES - 1)
    scripts.script("weak", [Text("well"), END])
    await fail(session, 1)
    scripts.script("weak", [DOWN])
    await fail(session, FAILURES - 1)
    assert (await read(health_of, ["weak"]))["weak"].state == "well"


async def test_a_success_of_who_goes_on_for_another_forgives_as_well(
    session: Session, scripts: Scripts
) -> None:
    await write(ConfiguredProvider.objects.create, name="second", kind="scripted", model_names=["spare"])
    session.fallbacks = [{"provider": "second", "model": "spare"}]
    await write(session.save, update_fields=["fallbacks"])
    await read(note_failure, "second", DOWN)
    scripts.script("weak", [Text("half a w"), DOWN])
    await ended(await ask(session))
    until = asyncio.get_running_loop().time() + 10
    while (await read(health_of, ["second"]))["second"].recent_failures:
        assert asyncio.get_running_loop().time() < until
        await asyncio.sleep(0.02)


async def test_a_cache_that_is_away_costs_no_reply(
    session: Session, scripts: Scripts, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*_: object, **__: object) -> None:
        raise ConnectionError("no cache")

    for name in ("get_many", "add", "incr"):
        monkeypatch.setattr(type(caches["default"]), name, away)
    assert (await ended(await ask(session)))["content"] == "from the spare"


@given(
    took=st.lists(st.floats(0, 30), min_size=1, max_size=8),
    dice=st.floats(0, 1),
    wait=st.none() | st.floats(0, 100),
)
def test_patience_ends(took: list[float], dice: float, wait: float | None) -> None:
    """Whatever each try takes and the server asks for: few tries, and none begins late."""
    now = [0.0]
    patience = Patience(clock=lambda: now[0], dice=lambda: dice)
    error = ProviderError("a", "b", retryable=True, retry_after=wait)
    retries = 0
    for seconds in took:
        now[0] += seconds
        pause = patience.pause_after(error)
        if pause is None:
            break
        assert wait is None or pause >= wait
        now[0] += pause
        retries += 1
        assert now[0] <= attempts.PATIENCE
    assert retries <= attempts.RETRIES


def test_health_is_told_in_words(alice: User, clock: Clock) -> None:
    shown = health_shown(["weak"])["weak"]
    assert "Answers" in html_of(shown)
    error = ProviderError(
        Phrase("%(name)s cannot be reached", name="<weak>"), Phrase("Its limit is reached."), retryable=True
    )
    for _ in range(FAILURES):
        note_failure("weak", error)
    html = html_of(health_shown(["weak"])["weak"])
    assert "left alone for a while" in html
    assert "&lt;weak&gt; cannot be reached" in html
    assert "health--rested" in html
    clock.now += FIRST_REST + 1
    assert "health--trying" in html_of(health_shown(["weak"])["weak"])
    assert render_to_string("providers/_health.html", {"provider": {}}).strip() == ""


def html_of(shown: object) -> str:
    return render_to_string("providers/_health.html", {"provider": {"health": shown}})


def test_the_metrics_and_the_picker_say_so(alice: User, dana: User) -> None:
    ConfiguredProvider.objects.create(name="weak", kind="openai", model_names=["m"], base_url="http://x/v1")
    for _ in range(FAILURES):
        note_failure("weak", DOWN)
    told = Client().get("/metrics", headers={"Authorization": f"Bearer {make_token(dana)}"})
    assert 'parley_provider_health{provider="weak"} 0.0' in told.content.decode()
    assert 'parley_provider_health{provider="scripted"} 1.0' in told.content.decode()
    page = Client()
    page.login(username="alice", password=PASSWORD)
    assert "does not answer just now" in page.get("/").content.decode()
    ConfiguredProvider.objects.all().delete()
    told = Client().get("/metrics", headers={"Authorization": f"Bearer {make_token(dana)}"})
    assert "weak" not in told.content.decode()


async def another(session: Session) -> Session:
    other = await new_session(await read(lambda: session.owner), "weak", provider="weak")
    other.fallbacks = session.fallbacks
    await write(other.save, update_fields=["fallbacks"])
    return other
