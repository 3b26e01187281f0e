"""Servers for the torture; PARLEY_TORTURE_ROUNDS kills in all, half of them on each database."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests import services
from tests.houses import ShowHouse
from tests.upstream import Upstream

pytest.register_assert_rewrite("tests.torture.killing")


@pytest.fixture(scope="session")
def rounds() -> int:
    """Kills per database."""
    return max(1, int(os.environ.get("PARLEY_TORTURE_ROUNDS", "50")) // 2)


@pytest.fixture(scope="session")
def postgres(show_house: ShowHouse) -> Iterator[str]:
    with show_house.postgres() as url:
        yield url


@pytest.fixture(scope="session")
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with services.redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
async def model_server() -> AsyncIterator[Upstream]:
    async with Upstream() as upstream:
        yield upstream


@pytest.fixture
def alone(show_house: ShowHouse, tmp_path: Path) -> services.Environment:
    """One process on SQLite, as `make run` has it."""
    show_house.copy_to(tmp_path)
    return services.settings_for(tmp_path)


@pytest.fixture
def shared(show_house: ShowHouse, tmp_path: Path, postgres: str, redis: str) -> services.Environment:
    """What several processes on PostgreSQL and Redis have in common."""
    show_house.copy_to(tmp_path)
    url = services.create_database(postgres, tmp_path.name, template=services.TEMPLATE)
    return services.settings_for(tmp_path, DATABASE_URL=url, REDIS_URL=redis)
