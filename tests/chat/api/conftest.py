"""The API as each of the cast sees it."""

from __future__ import annotations

import pytest

from chat.models import User
from tests.chat.api.client import Api


@pytest.fixture
def api(alice: User) -> Api:
    """Alice's."""
    return Api(alice)


@pytest.fixture
def stranger(charlie: User) -> Api:
    return Api(charlie)


@pytest.fixture
def nobody(transactional_db: None) -> Api:
    return Api()
