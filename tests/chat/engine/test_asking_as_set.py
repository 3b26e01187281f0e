"""What a provider and a conversation are set to reaches who is asked, who is the asker's own if there is one.

Proves B15.
"""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from chat.generation.configured import from_row
from chat.generation.engine import Engine
from chat.generation.known import take_used
from chat.models import ModelList, Role, Session, User
from chat.providers.scripted import ScriptedProvider
from chat.services import relisting
from chat.services.content import draft_of
from chat.services.providers import save_own_key, save_provider
from chat.services.sending import send_message
from chat.threads import read, write
from tests.factories import add_member, make_project, make_session, messages_of
from tests.upstream import Upstream
from tests.upstream_anthropic import AnthropicUpstream
from tests.upstream_google import GoogleUpstream


async def answered(session: Session, author: User, text: str = "Hello") -> str:
    """What the reply says, or why there is none."""
    await write(lambda: send_message(session=session, author=author, draft=draft_of(text)))
    deadline = time.monotonic() + 10
    while True:
        reply = (await read(messages_of, session))[-1]
        if reply.status not in ("pending", "streaming"):
            return reply.content or str((reply.error or {}).get("detail"))
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


async def test_a_conversations_options_stand_over_its_providers(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    async with Upstream() as upstream:
        where: Any = {"base_url": upstream.url, "models": ["n2-r0"], "options": {"seed": 1, "top_p": 0.5}}
        await write(lambda: save_provider(name="box", kind="openai", **where))
        session = await write(lambda: make_session(alice, provider="box", options={"openai": {"seed": 2}}))
        await answered(session, alice)
        assert (upstream.last.body["seed"], upstream.last.body["top_p"]) == (2, 0.5)


async def test_whose_provider_answers_is_that_of_who_asks(
    alice: User, bob: User, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    def begin() -> Session:
        save_provider(name="mine", kind="scripted", models=["default"], owner=alice)
        project = make_project(alice)
        add_member(project, bob, Role.EDITOR)
        return make_session(alice, project=project, provider="mine", model="default")

    session = await write(begin)
    assert await answered(session, alice, "Say this") == "Say this"
    assert "for who asked" in await answered(session, bob)


async def test_a_provider_is_asked_for_its_models_when_it_is_set_up_and_while_it_is_used_once_a_day(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    take_used()  # by other tests
    async with Upstream() as upstream:
        await write(lambda: save_provider(name="box", kind="openai", base_url=upstream.url, models=["n2-r0"]))
        session = await write(lambda: make_session(alice, provider="box"))

        def asked() -> int:
            return [request.path for request in upstream.requests].count("/v1/models")

        await relisting.relist()
        assert asked() == 1
        long_ago = timezone.now() - timedelta(days=2)
        await write(ModelList.objects.update, asked_at=long_ago)
        await relisting.relist()
        assert asked() == 1
        for _ in range(2):
            await answered(session, alice)
            await relisting.relist()
        assert asked() == 2
        assert (await read(ModelList.objects.get)).asked_at > long_ago


async def test_everybodys_list_is_never_asked_for_with_a_persons_key(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    """It would show them the person's own models."""
    take_used()
    async with Upstream() as upstream:

        def begin(key: str) -> Session:
            where: Any = {"base_url": upstream.url, "models": ["n2-r0"], "api_key": key}
            site = from_row(save_provider(name="box", kind="openai", **where))
            save_own_key(owner=alice, site=site, api_key="sk-alice")
            return make_session(alice, provider="box")

        def keys() -> list[str | None]:
            lists = [one for one in upstream.requests if one.path.endswith("/models")]
            return [one.headers.get("authorization") for one in lists]

        await answered(await write(begin, ""), alice)
        await relisting.relist()
        assert keys() == []
        await answered(await write(begin, "sk-site"), alice)
        await relisting.relist()
        assert keys() == ["Bearer sk-site"]
        assert upstream.requests[-2].headers["authorization"] == "Bearer sk-alice"


@pytest.mark.parametrize(("kind", "server"), [("anthropic", AnthropicUpstream), ("google", GoogleUpstream)])
async def test_claude_and_gemini_answer_with_all_that_a_reply_has(
    alice: User, live_engine: Engine, kind: str, server: type[Upstream]
) -> None:
    async with server() as upstream:
        where: Any = {"base_url": upstream.url, "models": ["reason5"], "api_key": "sk-secret"}
        await write(lambda: save_provider(name="box", kind=kind, **where))
        session = await write(lambda: make_session(alice, provider="box"))
        assert await answered(session, alice) == "t0 t1 t2 t3 t4 "
        reply = (await read(messages_of, session))[-1]
        assert (reply.status, reply.provider, reply.model) == ("complete", "box", "reason5")
        assert (reply.input_tokens, reply.output_tokens, reply.reasoning_tokens) == (7, 10, 5)
