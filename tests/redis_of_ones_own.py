"""Each process of pytest has a Redis of its own, whose messages no other hears: `-p tests.redis_of_ones_own`.

Plugins that are named so are read before the settings, which ask where Redis is.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path

from tests import services

_ours = contextlib.ExitStack()
_folder = _ours.enter_context(tempfile.TemporaryDirectory(prefix="parley-redis-"))
os.environ["REDIS_URL"] = _ours.enter_context(services.redis(Path(_folder)))


def pytest_unconfigure() -> None:
    _ours.close()
