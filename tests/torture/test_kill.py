"""The server is killed at random while replies stream, as `make run` has it.

Proves C1, C2 and C3.
"""

from __future__ import annotations

import pytest

from tests import services
from tests.torture.killing import torture
from tests.upstream import Upstream

pytestmark = pytest.mark.torture


async def test_nothing_is_lost_on_sqlite(
    alone: services.Environment, model_server: Upstream, rounds: int
) -> None:
    await torture(alone, model_server, rounds)
