"""What a Parley makes in its folder before it serves for the first time: made once a run, and copied."""

from __future__ import annotations

import fcntl
import os
import shutil
from pathlib import Path

import pytest

from tests.services import Parley, settings_for

_BUILD = """
import django
django.setup()
from django.core.management import call_command
from config.static import collect_static_files
call_command("migrate", verbosity=0)
collect_static_files()
"""


class ShowHouse:
    """Empty tables, and the static files as they are served."""

    def __init__(self, factory: pytest.TempPathFactory) -> None:
        base = factory.getbasetemp()
        # The processes that share a run's files have folders side by side.
        shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
        self._folder = shared / "show-house"
        with (shared / "show-house.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not self._folder.exists():
                self._folder.mkdir()
                Parley(settings_for(self._folder), self._folder).python("-c", _BUILD)

    def copy_to(self, folder: Path) -> None:
        """A server that keeps to `folder`, and to a database there, starts without further ado."""
        # Links, since nobody writes to what is in it: a file that changes is made anew.
        shutil.copytree(self._folder / "static", folder / "static", copy_function=os.link)
        for file in ("static.fingerprint", "parley.sqlite3"):
            shutil.copy(self._folder / file, folder)
