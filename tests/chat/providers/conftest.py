"""A fake upstream over real sockets, and the real local model where its packages are installed."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable

import pytest

from chat.providers.contract import ProviderConfig, ProviderError
from chat.providers.local import LocalModel
from chat.providers.local_file import find_model
from chat.providers.openai import OpenAIProvider
from tests.upstream import Upstream

SILENCE = 0.4


@pytest.fixture
async def up() -> AsyncIterator[Upstream]:
    async with Upstream() as upstream:
        yield upstream


@pytest.fixture
async def provider(up: Upstream) -> AsyncIterator[OpenAIProvider]:
    made = OpenAIProvider(ProviderConfig("Acme", "openai", up.url, "sk-secret", timeout=SILENCE))
    yield made
    await made.aclose()


@pytest.fixture
async def local() -> AsyncIterator[Callable[..., LocalModel]]:
    """Makes local models and ends their processes; without the packages the test is skipped."""
    made: list[LocalModel] = []

    def make(path: str = "", **options: float) -> LocalModel:
        made.append(LocalModel(ProviderConfig("Local model", "local", path), **options))
        return made[-1]

    yield make
    for model in made:
        await model.aclose()


@pytest.fixture
def bundled() -> None:
    try:
        find_model("")
    except ProviderError as error:
        if os.environ.get("REQUIRE_ALL") == "1":
            pytest.fail(str(error))
        pytest.skip(str(error))
