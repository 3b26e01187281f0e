"""Archives are closed when their test has ended."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.chat.importing.exports import OPENED


@pytest.fixture(autouse=True)
def closed_archives() -> Iterator[None]:
    yield
    while OPENED:
        OPENED.pop().__exit__()
