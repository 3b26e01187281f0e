"""Golden files: what a format made of the rich conversation when somebody last looked at it.

`GOLDEN=write` in the environment writes them anew; look at the difference before you commit it.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"


def compare(name: str, made: str) -> None:
    path = FOLDER / name
    if os.environ.get("GOLDEN") == "write":
        FOLDER.mkdir(exist_ok=True)
        path.write_text(made, "utf-8")
    assert made.splitlines() == path.read_text("utf-8").splitlines()
