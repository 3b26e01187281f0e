"""What a conversation asks of its model's provider, in its settings.

Proves B15 and B16.
"""

from __future__ import annotations

from typing import Any

from django.test import Client

from chat.models import Session, Template, User
from chat.services.providers import save_provider
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_session

OUTSIDE = "https://8.8.8.8/v1"


def options_of(session: Any) -> Any:
    session.refresh_from_db()
    return session.options


def test_a_conversation_has_options_of_its_models_provider(page: Client, htmx: Ask, alice: User) -> None:
    save_provider(
        name="box", kind="openai", base_url=OUTSIDE, models=["m"], options={"reasoning_effort": "high"}
    )
    session = make_session(alice, provider="box", model="m")
    shown = text_of(page.get(f"/chat/{session.id}/"))
    assert "Default: High" in shown
    values = {"system_prompt": "", "auto_context": "on", "options_kind": "openai", "option-seed": "7"}
    assert page.post(f"/chat/{session.id}/settings/", values).status_code == 302
    assert options_of(session) == {"openai": {"seed": 7}}
    wrong = htmx(f"/chat/{session.id}/settings/", {**values, "option-seed": "-1"})
    assert wrong.status_code == 422
    assert "greater than or equal to 0" in text_of(wrong)
    page.post(f"/chat/{session.id}/settings/", {**values, "option-seed": ""})
    assert options_of(session) == {}


def test_of_two_who_set_options_neither_overwrites_the_other(page: Client, htmx: Ask, alice: User) -> None:
    save_provider(name="box", kind="openai", base_url=OUTSIDE, models=["m"])
    session = make_session(alice, provider="box", model="m")
    shown = text_of(page.get(f"/chat/{session.id}/"))
    version = shown.partition('name="version" value="')[2].partition('"')[0]
    values = {"system_prompt": "", "auto_context": "on", "options_kind": "openai", "version": version}
    assert htmx(f"/chat/{session.id}/settings/", {**values, "option-seed": "1"}).status_code == 200
    late = htmx(f"/chat/{session.id}/settings/", {**values, "option-seed": "2"})
    assert late.status_code == 412
    assert "Seed" in text_of(late)
    assert options_of(session) == {"openai": {"seed": 1}}


def test_another_model_brings_the_options_of_its_provider(htmx: Ask, alice: User) -> None:
    save_provider(name="box", kind="openai", base_url=OUTSIDE, models=["m"])
    session = make_session(alice)
    answer = text_of(htmx(f"/chat/{session.id}/model/", {"model": "box::m"}))
    assert "Reasoning effort" in answer
    assert options_of(session) == {}


def test_that_a_provider_takes_no_temperature_is_said_before_it_is_set(page: Client, alice: User) -> None:
    save_provider(name="claude", kind="anthropic", api_key="k", models=["m"])
    save_provider(name="box", kind="openai", base_url=OUTSIDE, models=["m"])
    words = "takes no temperature"
    claude, other = (make_session(alice, provider=name, model="m") for name in ("claude", "box"))
    assert words in text_of(page.get(f"/chat/{claude.id}/"))
    assert words not in text_of(page.get(f"/chat/{other.id}/"))


def test_a_template_has_options_too_and_a_conversation_begun_with_it_takes_them(
    page: Client, htmx: Ask, alice: User
) -> None:
    save_provider(name="box", kind="openai", base_url=OUTSIDE, models=["m"])
    assert "Reasoning effort" in text_of(page.get("/templates/options/?model=box::m"))
    values = {"name": "Deep", "model": "box::m", "options_kind": "openai", "option-reasoning_effort": "high"}
    assert page.post("/templates/new/", values).status_code == 302
    template = Template.objects.get()
    assert template.options == {"openai": {"reasoning_effort": "high"}}
    edit = f"/templates/{template.id}/edit/"
    assert '<option value="high" selected>' in text_of(page.get(edit))
    page.post(f"/templates/{template.id}/use/", {})
    assert options_of(Session.objects.get()) == {"openai": {"reasoning_effort": "high"}}
    wrong = htmx(edit, {**values, "option-seed": "-1"})
    assert "Seed" in text_of(wrong)
    page.post(edit, {**values, "option-reasoning_effort": ""})
    template.refresh_from_db()
    assert template.options == {}
    page.post(f"/templates/{template.id}/versions/1/restore/")
    template.refresh_from_db()
    assert template.options == {"openai": {"reasoning_effort": "high"}}
