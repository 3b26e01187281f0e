"""The API is what its schema says: schemathesis calls every operation with what may be and with what may not.

Every day with those at the bounds of what the schema says; `PARLEY_SCHEMA_EXAMPLES=100` makes it try that
many others of each operation too.

Proves B25.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from chat.api import api
from tests.houses import ShowHouse
from tests.services import Parley, parley, settings_for

CONFIG = Path(__file__).with_name("schemathesis.toml")
EXAMPLES = os.environ.get("PARLEY_SCHEMA_EXAMPLES", "")
PHASES = "examples,coverage,fuzzing,stateful" if EXAMPLES else "coverage,stateful"


@pytest.fixture
def server(show_house: ShowHouse, tmp_path: Path) -> Iterator[Parley]:
    show_house.copy_to(tmp_path)
    with parley(settings_for(tmp_path), tmp_path, afresh=True) as server:
        server.start()
        server.manage("create_user", "alice", "--password", "correct horse battery")
        yield server
        assert server.stop() == 0


def test_no_request_breaks_it_and_no_answer_breaks_its_schema(server: Parley, tmp_path: Path) -> None:
    token = server.manage("create_token", "alice").strip()
    program = shutil.which("schemathesis", path=str(Path(sys.executable).parent))
    assert program is not None
    options = ["--generation-deterministic", "--phases", PHASES, "--max-examples", EXAMPLES or "1"]
    options += ["--request-timeout", "60"]  # a busy machine is no failure
    command = [program, "--config-file", str(CONFIG), "run", f"{server.url}/api/openapi.json", *options]
    done = subprocess.run(
        [*command, "-H", f"Authorization: Bearer {token}"], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    operations = sum(len(methods) for methods in api.described["paths"].values())
    # All but the stream, which does not end, and the schema itself.
    assert f"Tested: {operations - 2}" in done.stdout
