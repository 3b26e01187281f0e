"""What the engine's tests talk with: a fake model server, and tools that a model may call."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from chat.generation.engine import Engine
from chat.models import ConfiguredProvider, Session, User
from chat.plugins import manager
from chat.providers.facts import Facts
from chat.providers.scripted import ScriptedProvider
from chat.threads import write
from chat.toolbox.plugged import plugin_tools
from tests.chat.engine.abacus import Abacus
from tests.chat.engine.driving import new_session
from tests.upstream import Upstream


@pytest.fixture
async def upstream(alice: User) -> AsyncIterator[Upstream]:
    async with Upstream() as server:
        await write(
            ConfiguredProvider.objects.create,
            name="fake",
            kind="openai",
            base_url=server.url,
            is_default=True,
        )
        yield server


@pytest.fixture
async def session(alice: User, live_engine: Engine) -> Session:
    """A session of Alice's that the scripted provider answers."""
    return await new_session(alice)


@pytest.fixture
def abacus() -> Iterator[Abacus]:
    """Its tools are there, and the model “clever” may call them."""
    plugin = Abacus()
    manager().register(plugin)
    plugin_tools.cache_clear()
    ScriptedProvider.can("clever", Facts(calls_tools=True, context_window=100_000))
    yield plugin
    manager().unregister(plugin)
    plugin_tools.cache_clear()
