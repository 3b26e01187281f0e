"""Servers of the tests keep out of each other's way, whichever process started them."""

from __future__ import annotations

import subprocess
import sys

from tests import services

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
