"""A Parley whose secret key is its own, as `make run` has it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from chat import threads


@pytest.fixture(autouse=True)
def secret_key(house: None, tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "secret_key"
    path.parent.mkdir()
    path.write_text(settings.SECRET_KEY)
    return path


@pytest.fixture(autouse=True)
def threads_of_before() -> Iterator[None]:
    """None works on: a file that was replaced is still open in them, for the tests of other files too."""
    yield
    threads._pools.clear()
