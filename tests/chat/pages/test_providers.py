"""Providers as people set them up: for everybody, for themselves, with keys of their own; tried and removed.

Proves B15 and C12.
"""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient, Client
from pytest_django import Settings

from chat.generation import health
from chat.generation.choice import configs_for, provider_for
from chat.generation.configured import from_row
from chat.models import AuditEntry, ConfiguredProvider, ModelList, User
from chat.providers.contract import ProviderError
from chat.providers.trial import try_provider
from chat.services.providers import save_provider
from tests.chat.pages.conftest import text_of
from tests.chat.providers.kinds import soon
from tests.factories import make_session, make_user
from tests.upstream import Upstream

HERE = "/settings/providers/"
KEY = "sk-live-0123456789abcdef"
OUTSIDE = "https://8.8.8.8/v1"


def typed(**values: Any) -> dict[str, Any]:
    return {"base_url": "", "api_key": "", "models": "", "fallback": "", **values}


def names(*, of: User | None) -> list[str]:
    return [config.name for config in configs_for(of) if config.kind != "scripted"]


def test_an_administrator_adds_a_provider_for_everybody(desk: Client, alice: User) -> None:
    new = f"{HERE}site/new/"
    assert "OpenAI or compatible" in text_of(desk.get(new))
    form = text_of(desk.get(f"{new}?kind=openai"))
    assert "API key" in form
    assert "Reasoning effort" in form
    values = typed(
        name="box", base_url="http://127.0.0.1:9/v1", api_key=KEY, models="one\ntwo", is_default="on"
    )
    values["option-reasoning_effort"] = "low"
    assert desk.post(f"{new}?kind=openai", values).status_code == 302
    config, model = provider_for("", "", alice)
    assert (config.name, config.api_key, model, dict(config.options)) == (
        *("box", KEY, "one"),
        {"reasoning_effort": "low"},
    )
    shown = text_of(desk.get(HERE)) + text_of(desk.get(f"{HERE}site/p/box/"))
    assert "box" in shown
    assert KEY not in shown


def test_a_password_in_an_address_is_not_shown_and_stays_when_that_is_saved_as_shown(desk: Client) -> None:
    save_provider(name="box", kind="openai", base_url="http://me:pa55@127.0.0.1:9/v1")
    form = text_of(desk.get(f"{HERE}site/p/box/"))
    assert "http://***@127.0.0.1:9/v1" in form
    assert "pa55" not in form + text_of(desk.get(HERE))
    page = f"{HERE}site/p/box/"
    assert desk.post(page, typed(base_url="http://***@127.0.0.1:9/v1", models="m")).status_code == 302
    assert provider_for("box", "")[0].address == "http://me:pa55@127.0.0.1:9/v1"
    answer = desk.post(page, typed(base_url="http://***@other.example/v1"))
    assert "Enter the whole address" in text_of(answer)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"name": "a b"}, "letters, digits"),
        ({"name": "box", "base_url": "ftp://there"}, "must begin with http"),
        ({"name": "taken"}, "one of that name"),
        ({"name": "box", "option-seed": "many"}, "whole number"),
        ({"name": "box", "option-top_p": "7"}, "less than or equal to 1"),
        ({"name": "box", "fallback": "nobody"}, "not one of the available"),
    ],
)
def test_what_will_not_do_is_said_beside_its_field_and_nothing_typed_is_lost(
    desk: Client, values: dict[str, str], words: str
) -> None:
    save_provider(name="taken", kind="openai")
    answer = desk.post(f"{HERE}site/new/?kind=openai", typed(models="kept-model", **values))
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert "kept-model" in text_of(answer)
    assert ConfiguredProvider.objects.count() == 1


def test_only_administrators_touch_what_is_everybodys(page: Client, alice: User) -> None:
    save_provider(name="box", kind="openai")
    assert "box" in text_of(page.get(HERE))
    for action in ("", "try/", "remove/", "models/", "models/fetch/", "models/correct/"):
        for method in (page.get, page.post):
            assert method(f"{HERE}site/p/box/{action}").status_code in (404, 405), action
    for action in ("new", "try"):
        assert page.post(f"{HERE}site/{action}/?kind=openai", typed(name="x")).status_code == 404
    staff = make_user("staff", is_staff=True)  # and no administrator
    page.force_login(staff)
    assert page.get(f"{HERE}site/p/box/").status_code == 404


def test_ones_own_provider_is_for_nobody_else(page: Client, alice: User, bob: User) -> None:
    answer = page.post(
        f"{HERE}own/new/?kind=openai", typed(name="mine", base_url=OUTSIDE, api_key=KEY, models="m")
    )
    assert answer.status_code == 302
    assert names(of=alice) == ["mine"]
    assert names(of=bob) == []
    shown = text_of(page.get(HERE)) + text_of(page.get("/"))
    assert "mine::m" in shown
    assert KEY not in shown
    page.force_login(bob)
    assert "mine" not in text_of(page.get(HERE))
    assert page.get(f"{HERE}own/p/mine/").status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/v1",
        "http://localhost/v1",
        "http://[::1]/v1",
        "http://10.1.2.3/v1",
        "http://169.254.169.254/latest",
        "http://[::ffff:127.0.0.1]/v1",
        "http://0.0.0.0/v1",
        "http://2130706433/v1",
        "http://[64:ff9b::7f00:1]/v1",
        "http://168.63.129.16/v1",
    ],
)
def test_ones_own_provider_is_not_within_the_servers_network(page: Client, alice: User, address: str) -> None:
    for way in ("new", "try"):
        answer = page.post(f"{HERE}own/{way}/?kind=openai", typed(name="mine", base_url=address))
        assert "own network" in text_of(answer), way
    assert not ConfiguredProvider.objects.exists()


def test_a_name_that_leads_inside_later_is_not_connected_to(alice: User) -> None:
    """Whoever saved it while it led elsewhere, or past the form."""
    ConfiguredProvider.objects.create(
        owner=alice, name="mine", kind="openai", base_url="http://localhost:9/v1", model_names=["m"]
    )
    trial = async_to_sync(try_provider)(provider_for("mine", "m", alice)[0], "m")
    assert isinstance(trial.listed, ProviderError)
    assert "may not be asked" in trial.listed.title


def test_who_moderates_has_no_provider_within_it_either(page: Client, dana: User) -> None:
    page.force_login(dana)
    answer = page.post(
        f"{HERE}own/new/?kind=openai", typed(name="mine", base_url="http://169.254.169.254/latest")
    )
    assert "own network" in text_of(answer)
    assert "file, run by Parley" not in text_of(page.get(f"{HERE}own/new/"))
    assert not ConfiguredProvider.objects.exists()


@pytest.mark.parametrize("kind", ["anthropic", "google", "local"])
def test_what_an_administrator_set_up_is_not_asked_for_who_is_none_any_more(
    transactional_db: None, kind: str
) -> None:
    root = make_user("root", is_staff=True, is_superuser=True)
    save_provider(name="mine", kind=kind, base_url="http://127.0.0.1:9", owner=root, models=["m"])
    User.objects.update(is_superuser=False)
    trial = async_to_sync(try_provider)(provider_for("mine", "m", root)[0], "m")
    assert "may not be asked" in trial.steps[-1].title


def test_administrators_may_have_their_own_within_it_and_nobody_a_file_of_the_server(
    desk: Client, page: Client
) -> None:
    assert (
        desk.post(
            f"{HERE}own/new/?kind=openai", typed(name="mine", base_url="http://127.0.0.1:9/v1")
        ).status_code
        == 302
    )
    assert "file, run by Parley" in text_of(desk.get(f"{HERE}own/new/"))
    assert "file, run by Parley" not in text_of(page.get(f"{HERE}own/new/"))
    page.post(f"{HERE}own/new/?kind=local", typed(name="passwd", base_url="/etc/passwd"))
    assert not ConfiguredProvider.objects.filter(kind="local").exists()


def test_a_site_can_have_people_set_up_none(page: Client, alice: User, settings: Settings) -> None:
    save_provider(name="mine", kind="openai", base_url=OUTSIDE, owner=alice)
    settings.PARLEY_OWN_PROVIDERS = False
    assert page.get(f"{HERE}own/new/").status_code == 404
    assert names(of=alice) == []
    assert "Add your own" not in text_of(page.get(HERE))


def test_no_proxy_leads_ones_own_provider_inside(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also by a name that the proxy is not for."""
    ConfiguredProvider.objects.create(
        owner=alice, name="mine", kind="openai", base_url="http://0.0.0.0:9/v1", model_names=["m"]
    )
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    for not_for in ("", "0.0.0.0"):
        monkeypatch.setenv("no_proxy", not_for)
        trial = async_to_sync(try_provider)(provider_for("mine", "m", alice)[0], "m")
        assert "may not be asked" in trial.steps[-1].title


def test_ones_own_never_takes_the_environments_key(alice: User, settings: Settings) -> None:
    settings.OPENAI_API_KEY = KEY
    save_provider(name="mine", kind="openai", owner=alice)
    assert provider_for("mine", "m", alice)[0].api_key == ""


def test_who_asks_in_a_shared_conversation_asks_with_what_they_have(alice: User, bob: User) -> None:
    save_provider(name="box", kind="openai", base_url=OUTSIDE, api_key="alices", owner=alice, models=["m"])
    save_provider(name="box", kind="openai", base_url=OUTSIDE, api_key="sites", models=["m"])
    assert provider_for("box", "m", alice)[0].api_key == "alices"
    assert provider_for("box", "m", bob)[0].api_key == "sites"


def test_a_key_of_ones_own_is_used_for_the_sites_provider_and_can_be_forgotten(
    page: Client, alice: User, bob: User
) -> None:
    save_provider(name="box", kind="openai", base_url=OUTSIDE, api_key="sites", models=["m"])
    page.post(f"{HERE}key/box/", {"api_key": KEY})
    assert provider_for("box", "m", alice)[0].api_key == KEY
    assert provider_for("box", "m", bob)[0].api_key == "sites"
    shown = text_of(page.get(HERE))
    assert "Your key" in shown
    assert KEY not in shown
    page.post(f"{HERE}key/box/", {"remove": "1"})
    assert provider_for("box", "m", alice)[0].api_key == "sites"


def test_a_removed_provider_is_asked_about_first(desk: Client, alice: User) -> None:
    save_provider(name="box", kind="openai", models=["m"])
    session = make_session(alice, ["Hello", "Hi"], provider="box", model="m")
    assert "keep every word" in text_of(desk.get(f"{HERE}site/p/box/remove/"))
    assert ConfiguredProvider.objects.exists()
    desk.post(f"{HERE}site/p/box/remove/")
    assert not ConfiguredProvider.objects.exists()
    assert session.messages.count() == 2


def test_a_test_says_what_the_provider_answered_and_keeps_its_list(desk: Client, scripts: Any) -> None:
    save_provider(name="box", kind="scripted", models=["default"])
    answer = text_of(desk.post(f"{HERE}site/p/box/try/"))
    assert "default answers" in answer
    assert "“ready”" in answer
    [kept] = ModelList.objects.all()
    assert [one["name"] for one in kept.listed] == ["default"]


def test_a_test_of_what_stands_in_the_form_saves_nothing(desk: Client) -> None:
    refused = typed(name="box", base_url="http://127.0.0.1:9/v1", models="m")
    answer = desk.post(f"{HERE}site/try/?kind=openai", refused, headers={"HX-Request": "true"})
    assert "Nothing answers at its address" in text_of(answer)
    assert not ConfiguredProvider.objects.exists()
    again = desk.post(f"{HERE}site/try/?kind=openai", refused)  # without script
    assert "Nothing answers at its address" in text_of(again)
    assert "http://127.0.0.1:9/v1" in text_of(again)


def test_tests_are_few_enough_that_nobody_scans_with_them(page: Client, alice: User) -> None:
    save_provider(name="box", kind="scripted", models=["default"], owner=alice)
    answers = [text_of(page.post(f"{HERE}own/p/box/try/")) for _ in range(22)]
    assert "default answers" in answers[0]
    assert "tried very often" in answers[-1]
    assert AuditEntry.objects.filter(action="provider.tried").count() == 20


def test_where_only_the_small_model_answers_one_is_shown_how_to_add_another(
    desk: Client, page: Client, settings: Settings
) -> None:
    settings.PARLEY_SCRIPTED_PROVIDER, settings.PARLEY_LOCAL_MODEL = False, ""
    assert f"{HERE}site/new/" in text_of(desk.get("/"))
    assert f"{HERE}own/new/" in text_of(page.get("/"))
    settings.PARLEY_OWN_PROVIDERS = False
    assert "Add a provider" not in text_of(page.get("/"))


async def test_who_gives_a_test_up_ends_what_it_asks_and_no_thread_waits_meanwhile(alice: User) -> None:
    async with Upstream() as up:
        await sync_to_async(save_provider)(name="slow", kind="openai", base_url=up.url, models=["n900-r10"])
        root = await sync_to_async(make_user)("root", is_staff=True, is_superuser=True)
        client = AsyncClient()
        await client.aforce_login(root)
        trials = [asyncio.create_task(client.post(f"{HERE}site/p/slow/try/")) for _ in range(2)]
        await soon(lambda: sum(one.tokens > 0 for one in up.requests) == 2, within=10)
        # All that writes goes through one thread on SQLite, and renders beside two that wait.
        assert (await client.get(HERE)).status_code == 200
        for trial in trials:
            trial.cancel()
        await soon(lambda: all(one.gone_at for one in up.requests if one.tokens))


@pytest.mark.parametrize(
    ("meanwhile", "status"),
    [
        (lambda row, _root: row.delete(), 404),
        (lambda _row, root: User.objects.filter(pk=root.pk).update(is_superuser=False), 404),
        (lambda _row, root: User.objects.filter(pk=root.pk).update(is_active=False), 302),
    ],
)
async def test_what_a_test_finds_is_for_who_may_still_know_and_of_what_is_still_there(
    alice: User, meanwhile: Any, status: int
) -> None:
    async with Upstream() as up:
        save = sync_to_async(save_provider)
        row = await save(name="slow", kind="openai", base_url=up.url, models=["n20-r20"])
        root = await sync_to_async(make_user)("root", is_staff=True, is_superuser=True)
        client = AsyncClient()
        await client.aforce_login(root)
        trial = asyncio.create_task(client.post(f"{HERE}site/p/slow/try/"))
        await soon(lambda: bool(up.requests), within=10)
        await sync_to_async(meanwhile)(row, root)
        answer = await trial
        assert answer.status_code == status
        assert not await ModelList.objects.filter(provider="slow").aexists()


def test_a_failure_of_this_minute_is_told_without_counting_minutes(desk: Client) -> None:
    row = save_provider(name="box", kind="openai", base_url="http://127.0.0.1:9/v1", models=["m"])
    name = health.health_name(from_row(row))
    for _ in range(health.FAILURES):
        health.note_failure(name, ProviderError("box cannot be reached", "Is it running?", retryable=True))
    shown = text_of(desk.get(HERE))
    assert "What went wrong" in shown
    assert "Is it running?" in shown
    assert "0\xa0minutes" not in shown
