"""One Django for many management commands, since each start of it takes a second or two.

`python -m tests.steward` reads a command's arguments, a JSON list a line; the answers are lines of JSON too.
"""

from __future__ import annotations

import contextlib
import io
import json
import subprocess
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path

from django.core.management import execute_from_command_line


class Steward:
    """A process within a Parley's environment that runs what it is told, beside the server."""

    def __init__(self, root: Path, environment: Mapping[str, str], log: Path) -> None:
        with log.open("ab") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.steward"],
                cwd=root,
                env={"DJANGO_SETTINGS_MODULE": "config.settings", **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        assert self._process.stdin
        assert self._process.stdout
        self._orders, self._answers = self._process.stdin, self._process.stdout

    def manage(self, *arguments: str) -> str:
        """Run a management command; what it printed."""
        self._orders.write(json.dumps(arguments) + "\n")
        self._orders.flush()
        done = json.loads(self._answers.readline() or '{"said": "(it is dead)", "code": 1}')
        if done["code"]:
            raise AssertionError(f"{arguments[0]} failed:\n{done['said']}")
        return str(done["said"])

    def dismiss(self) -> None:
        self._orders.close()
        self._answers.close()
        self._process.wait(30)


def _obey(arguments: list[str]) -> dict[str, str | int]:
    said = io.StringIO()
    code = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            execute_from_command_line(["manage.py", *arguments])
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception:
            traceback.print_exc()
            code = 1
    return {"said": said.getvalue(), "code": code}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(_obey(json.loads(line))), flush=True)  # noqa: T201
