"""The server is killed at random while replies stream, as several processes share the work.

In a file of its own, so that it runs beside the other.

Proves C1 and C2.
"""

from __future__ import annotations

import pytest

from tests import services
from tests.torture.killing import torture
from tests.upstream import Upstream

pytestmark = [pytest.mark.torture, pytest.mark.postgres, pytest.mark.redis]


async def test_nothing_is_lost_on_postgresql_and_redis(
    shared: services.Environment, model_server: Upstream, rounds: int
) -> None:
    await torture(shared, model_server, rounds)
