"""Runs tests on PostgreSQL with Redis: `python -m tests.on_postgres [pytest's arguments]`.

The servers are private ones, in folders that go when the tests have run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tests import services
from tests.houses import ShowHouse


def main(arguments: list[str]) -> int:
    """pytest's exit status; 0 with a word where there is no PostgreSQL or Redis, 1 if it is required."""
    if not (services.postgres_programs() and services.redis_program()):
        sys.stdout.write("not run on PostgreSQL: its programs, or those of Redis, are not installed\n")
        return 1 if os.environ.get("REQUIRE_ALL") == "1" else 0
    with tempfile.TemporaryDirectory() as folder, ShowHouse(Path(folder)).postgres() as server:
        url = services.create_database(server, "parley", template=services.TEMPLATE)
        environment = {**os.environ, "DATABASE_URL": url, "TEST_TEMPLATE": services.TEMPLATE}
        # Dropping the databases would wait for every thread's connection; they go with their server.
        options = ["-p", "tests.redis_of_ones_own", "--reuse-db"]
        command = [sys.executable, "-m", "pytest", *options, *arguments]
        return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
