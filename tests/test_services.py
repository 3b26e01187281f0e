"""Servers of the tests keep out of each other's way, whoever started them, and have their databases alone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests import nursery, services
from tests.houses import ShowHouse

ASK = """
import sys
from tests import services
services.PORTS = range(int(sys.argv[1]), int(sys.argv[1]) + 1)
services.free_port()
"""


def test_a_port_that_one_process_was_given_no_other_process_is_given_before_anything_listens() -> None:
    port = services.free_port()

    asked = subprocess.run(
        [sys.executable, "-c", ASK, str(port)], cwd=services.ROOT, capture_output=True, text=True
    )

    assert "no port of loopback is free" in asked.stderr


def test_a_child_has_the_libraries_and_looks_for_garbage_as_any_process_does(tmp_path: Path) -> None:
    server = services.Parley(services.settings_for(tmp_path), tmp_path)
    asked = "import gc, sys; print(gc.isenabled(), 'tests.libraries' in sys.modules, 'chat' in sys.modules)"
    assert server.run(nursery.code, asked).split() == ["True", "True", "False"]


def test_whoever_prepares_a_server_leaves_its_database_alone(show_house: ShowHouse, tmp_path: Path) -> None:
    """SQLite reads what a dead server left behind only where nobody else has the file open."""
    show_house.copy_to(tmp_path)
    with services.parley(services.settings_for(tmp_path), tmp_path) as server:
        services.prepare(server, provider_url="http://127.0.0.1:9/v1")
        assert server._steward
        held = Path(f"/proc/{server._steward.pid}/fd")
        files = {os.readlink(one) for one in held.iterdir() if one.is_symlink()} if held.is_dir() else set()
        assert not [name for name in files if "sqlite3" in name]
        assert not list(tmp_path.glob("parley.sqlite3-*"))
