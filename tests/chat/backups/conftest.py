"""A Parley whose secret key is its own, as `make run` has it."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture(autouse=True)
def secret_key(house: None, tmp_path: Path) -> Path:
    path = tmp_path / "keys" / "secret_key"
    path.parent.mkdir()
    path.write_text(settings.SECRET_KEY)
    return path
