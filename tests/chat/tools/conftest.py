"""Servers of tools to talk to: a program, and one over HTTP on loopback."""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from chat.tools.contract import ServerConfig
from chat.tools.pool import Look, SessionPool

PROGRAM = Path(__file__).with_name("server.py")


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    """Where the program notes what it was told."""
    return tmp_path / "notes"


@pytest.fixture
def program(notes: Path) -> Callable[[str], ServerConfig]:
    """A server that behaves as it is told to."""

    def config(how: str = "well") -> ServerConfig:
        env = {"NOTES": str(notes), "TOKEN": "hush"}
        return ServerConfig("1", "Tester", "stdio", sys.executable, (str(PROGRAM), how), env)

    return config


@pytest.fixture
def looks() -> list[Look]:
    """What the pool was told to keep."""
    return []


@pytest.fixture
async def pool(looks: list[Look]) -> AsyncIterator[SessionPool]:
    async def keep(look: Look) -> None:
        looks.append(look)

    made = SessionPool(keep)
    yield made
    await made.aclose()
