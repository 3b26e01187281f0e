"""A fake model server for the engine's tests, and a provider that leads to it."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from chat.generation.engine import Engine
from chat.models import ConfiguredProvider, Session, User
from chat.threads import write
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
