"""The models of a provider: listed and kept, ticked, and corrected by who knows better.

Proves B15 and A13.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from django.test import Client
from pytest_django import Settings

from chat.generation.choice import model_choices, provider_for, site_configs
from chat.models import ModelOverride, User
from chat.providers.contract import Listed
from chat.services.model_lists import keep_list
from chat.services.providers import save_provider
from tests.chat.pages.conftest import text_of

HERE = "/settings/providers/"
OUTSIDE = "https://8.8.8.8/v1"


def listed(count: int) -> tuple[Listed, ...]:
    return tuple(
        Listed(f"maker/model-{number}", f"Model {number}", 64_000 + number) for number in range(count)
    )


def config_of(name: str) -> Any:
    return next(config for config in site_configs() if config.name == name)


def test_all_that_a_provider_lists_is_offered_or_what_was_ticked(
    desk: Client, page: Client, alice: User
) -> None:
    save_provider(name="box", kind="openai", base_url=OUTSIDE, is_default=True)
    keep_list(config_of("box"), listed(3))
    values = [choice.model for choice in model_choices(alice) if choice.provider == "box"]
    assert values == ["maker/model-0", "maker/model-1", "maker/model-2"]
    assert "Model 1" in text_of(page.get("/"))
    address = f"{HERE}site/p/box/models/"
    assert "64K context" in text_of(desk.get(address))
    desk.post(address, {"offer": "chosen", "model": ["maker/model-2"]})
    assert [choice.model for choice in model_choices(alice) if choice.provider == "box"] == ["maker/model-2"]
    desk.post(address, {"offer": "all", "model": ["maker/model-2"]})
    assert len([choice for choice in model_choices(alice) if choice.provider == "box"]) == 3


def test_the_last_good_list_stays_when_the_next_one_fails(desk: Client, alice: User) -> None:
    save_provider(name="box", kind="openai", base_url="http://127.0.0.1:9/v1")
    keep_list(config_of("box"), listed(2))
    desk.post(f"{HERE}site/p/box/models/fetch/")
    shown = text_of(desk.get(f"{HERE}site/p/box/models/"))
    assert "maker/model-1" in shown
    assert "Nothing answers at its address" in shown
    save_provider(name="box", kind="openai", base_url="http://127.0.0.1:10/v1")
    assert "maker/model-1" not in text_of(desk.get(f"{HERE}site/p/box/models/"))  # another server's


def test_what_an_administrator_knows_better_holds_at_once_and_over_the_next_list(
    desk: Client, page: Client, alice: User
) -> None:
    save_provider(name="box", kind="openai", base_url=OUTSIDE, is_default=True)
    keep_list(config_of("box"), listed(2))
    address = f"{HERE}site/p/box/models/correct/?model=maker/model-0"
    correction = {"label": "The large one", "context_window": "128000", "sees_pictures": "true"}
    correction |= dict.fromkeys(("reads_documents", "calls_tools", "reasons"), "unknown")
    assert desk.post(address, correction).status_code == 302
    keep_list(config_of("box"), listed(2))
    [first, *_rest] = [choice for choice in model_choices(alice) if choice.provider == "box"]
    assert (first.title, first.facts.context_window, first.facts.sees_pictures) == (
        "The large one",
        128_000,
        True,
    )
    assert "The large one" in text_of(page.get("/"))
    desk.post(address, {**correction, "is_hidden": "on"})
    assert "The large one" not in text_of(page.get("/"))
    desk.post(
        address, dict.fromkeys(("sees_pictures", "reads_documents", "calls_tools", "reasons"), "unknown")
    )
    assert not ModelOverride.objects.exists()


def test_the_page_costs_the_same_for_many_models_and_providers(
    desk: Client, django_assert_max_num_queries: Callable[[int], AbstractContextManager[object]]
) -> None:
    for number in range(12):
        save_provider(name=f"box-{number}", kind="openai", base_url=OUTSIDE)
        keep_list(config_of(f"box-{number}"), listed(50))
    desk.get(HERE)
    with django_assert_max_num_queries(16):
        desk.get(HERE)
    with django_assert_max_num_queries(16):
        desk.get(f"{HERE}site/p/box-3/models/")


def test_a_file_that_is_no_model_says_so(desk: Client, settings: Settings) -> None:
    folder = settings.PARLEY_DATA / "models"
    folder.mkdir()
    (folder / "good.gguf").write_bytes(b"GGUF" + b"\3\0\0\0" + b"\0" * 16)
    (folder / "bad.gguf").write_bytes(b"<html>")
    form = text_of(desk.get(f"{HERE}site/new/?kind=local"))
    assert "good (24" in form
    assert "bad (" not in form
    answer = desk.post(
        f"{HERE}site/new/?kind=local", {"name": "home", "base_url": str(folder / "good.gguf"), "fallback": ""}
    )
    assert answer.status_code == 302
    assert provider_for("home", "")[1] == "good"


def test_what_is_known_of_a_model_stands_in_the_fields_that_are_empty(desk: Client) -> None:
    save_provider(name="claude", kind="anthropic", api_key="k", models=["claude-opus-4-5"])
    shown = text_of(desk.get("/settings/providers/site/p/claude/models/correct/?model=claude-opus-4-5"))
    assert 'placeholder="200,000"' in shown
    assert 'placeholder="64,000"' in shown


def test_a_provider_that_cannot_answer_without_a_key_says_so(desk: Client) -> None:
    save_provider(name="claude", kind="anthropic")
    save_provider(name="gateway", kind="anthropic", base_url="http://127.0.0.1:9")
    shown = text_of(desk.get("/settings/providers/"))
    assert shown.count("needs a key before it can answer") == 1
    assert "no key" in shown
