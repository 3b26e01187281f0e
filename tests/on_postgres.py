"""Runs tests on PostgreSQL with Redis: `python -m tests.on_postgres [pytest's arguments]`.

Both servers are private ones, in a folder that goes when the tests have run.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import services


def main(arguments: list[str]) -> int:
    """pytest's exit status; 0 with a word where there is no PostgreSQL or Redis, 1 if it is required."""
    with tempfile.TemporaryDirectory() as folder:
        try:
            with services.postgres() as server, services.redis(Path(folder)) as redis_url:
                url = services.create_database(server, "parley")
                environment = {**os.environ, "DATABASE_URL": url, "REDIS_URL": redis_url}
                # Dropping the database would wait for every thread's connection; it goes with its server.
                command = [sys.executable, "-m", "pytest", "--reuse-db", *arguments]
                return subprocess.run(command, env=environment, check=False).returncode  # noqa: S603
        except pytest.skip.Exception as missing:
            sys.stdout.write(f"not run on PostgreSQL: {missing}\n")
            return 1 if os.environ.get("REQUIRE_ALL") == "1" else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
