"""A key goes to the server that it was given for, and to no other."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import pytest
from django.core.management import call_command
from django.test import AsyncClient, Client
from django.urls import reverse
from pytest_django import Settings

from chat.generation.engine import Engine
from chat.models import ConfiguredProvider, User
from chat.services.providers import save_provider
from chat.threads import write
from tests.factories import make_session, make_token, make_user
from tests.upstream import Upstream

SECRET = "from-environment"


async def key_sent_to(upstream: Upstream, alice: User, base_url: str) -> str | None:
    """What the server is sent as authorization, when a person asks the provider at `base_url`."""
    options: Any = {"kind": "openai", "base_url": base_url, "models": ["n3-r0"], "is_default": True}
    await write(call_command, "add_provider", "box", **options)
    session = await write(make_session, alice)
    token = await write(make_token, alice)
    call: Any = AsyncClient().post
    answer = await call(
        f"/api/chat/sessions/{session.id}/messages",
        json.dumps({"content": "Hello"}),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )
    assert answer.status_code == 202
    deadline = time.monotonic() + 10
    while not upstream.requests:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    return upstream.last.headers.get("authorization")


async def test_the_environments_key_stays_away_from_another_server(
    alice: User, live_engine: Engine, settings: Settings
) -> None:
    settings.OPENAI_API_KEY = SECRET
    async with Upstream() as upstream:
        assert await key_sent_to(upstream, alice, upstream.url) is None


@pytest.mark.parametrize("is_named", [True, False])
async def test_the_environments_key_goes_to_the_environments_server(
    alice: User, live_engine: Engine, settings: Settings, is_named: bool
) -> None:
    settings.OPENAI_API_KEY = SECRET
    async with Upstream() as upstream:
        settings.OPENAI_BASE_URL = f"{upstream.url}/"
        assert await key_sent_to(upstream, alice, upstream.url if is_named else "") == f"Bearer {SECRET}"


@pytest.mark.parametrize(
    ("base_url", "typed", "kept"),
    [
        ("http://one.example/v1", "", "first"),
        ("http://one.example/v1", "second", "second"),
        ("http://two.example/v1", "", ""),
        ("http://two.example/v1", "second", "second"),
        ("", "", ""),
    ],
)
def test_in_the_admin_a_key_stays_only_with_its_server(
    transactional_db: None, client: Client, base_url: str, typed: str, kept: str
) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    row = ConfiguredProvider.objects.create(
        name="box", kind="openai", base_url="http://one.example/v1", api_key="first"
    )
    address = reverse("admin:chat_configuredprovider_change", args=[row.pk])
    values = {
        "name": "box",
        "kind": "openai",
        "base_url": base_url,
        "api_key": typed,
        "model_names": "one\ntwo",
    }
    answer: Any = client.post(address, values)
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.base_url, row.api_key) == (base_url, kept)
    assert row.model_names == ["one", "two"]


def test_in_the_admin_a_provider_becomes_the_default_and_what_cannot_be_one_is_told(
    transactional_db: None, client: Client
) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    save_provider(name="one", kind="openai", is_default=True)
    add = reverse("admin:chat_configuredprovider_add")
    wrong: Any = client.post(add, {"name": "two", "kind": "openai", "base_url": "ftp://there"})
    assert "must begin with http" in wrong.content.decode()
    client.post(
        add, {"name": "two", "kind": "openai", "base_url": "http://there.example/v1", "is_default": "on"}
    )
    assert list(ConfiguredProvider.objects.filter(is_default=True).values_list("name", flat=True)) == ["two"]
    two = ConfiguredProvider.objects.get(name="two")
    change = reverse("admin:chat_configuredprovider_change", args=[two.pk])
    client.post(change, {"name": "renamed", "kind": "openai", "base_url": two.base_url})
    two.refresh_from_db()
    assert (two.name, two.is_default) == ("two", False)


@pytest.mark.django_db
def test_a_kept_key_does_not_follow_to_another_server() -> None:
    save_provider(name="one", kind="openai", base_url="http://here.example/v1", api_key="secret")
    assert save_provider(name="one", kind="openai", base_url="http://here.example/v1/").api_key == "secret"
    assert save_provider(name="one", kind="openai", base_url="http://there.example/v1").api_key == ""


def test_in_the_admin_an_address_with_a_password_is_shown_without_it_and_stays(
    transactional_db: None, client: Client
) -> None:
    client.force_login(make_user("root", is_staff=True, is_superuser=True))
    row = save_provider(name="box", kind="openai", base_url="http://me:pa55@one.example/v1")
    change = reverse("admin:chat_configuredprovider_change", args=[row.pk])
    pages = [
        client.get(page).content.decode()
        for page in (change, reverse("admin:chat_configuredprovider_changelist"))
    ]
    assert all("http://***@one.example/v1" in page and "pa55" not in page for page in pages)
    answer: Any = client.post(change, {"name": "box", "kind": "openai", "base_url": row.base_url})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert row.address == "http://me:pa55@one.example/v1"
