"""A hand of a press: a process that lays out documents, one at a time.

It is a program of its own rather than a fork, since a server with threads cannot be forked safely, and
since a program that a document drives mad can be ended without harm.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import IO, Any

from exports.printing import fonts
from exports.printing.sheaves import Job

_ROOT = Path(__file__).resolve().parents[2]
_WORKER = (sys.executable, "-m", "exports.printing.worker")
# What a program needs to run at all, and what names libraries and fonts.
_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT", "LD_LIBRARY_PATH"),
    *("DYLD_FALLBACK_LIBRARY_PATH", "XDG_CACHE_HOME", "XDG_DATA_HOME", "FONTCONFIG_PATH"),
)


class Hand:
    """`folder`: where its style is, see `equip`; `words` tell it what it is for."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.process = subprocess.Popen(  # noqa: S603  # our own module
            [*_WORKER, str(folder), *words],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**environment(), "FONTCONFIG_FILE": str(folder / "fonts.conf")},
        )
        self.job: Job | None = None
        # When its job will have taken too long, by the monotonic clock.
        self.until = 0.0
        # If it ends, that may be its job's doing: it was well before.
        self.has_worked = False

    @property
    def answers(self) -> IO[bytes]:
        assert self.process.stdout
        return self.process.stdout

    def give(self, job: Job, folder: Path, *, until: float) -> None:
        self.job, self.until = job, until
        order = {"folder": str(folder), "source": f"{job.name}.html", "target": f"{job.name}.pdf"}
        assert self.process.stdin
        try:
            self.process.stdin.write(json.dumps(order).encode() + b"\n")
            self.process.stdin.flush()
        except BrokenPipeError:  # it has ended while it had nothing to do, and so will its answers
            self.has_worked = False

    def answer(self) -> Any:
        """What it says of its job; None where it has ended."""
        line = self.answers.readline()
        if not line.endswith(b"\n"):  # nothing, or what it had said when it was ended
            return None
        self.has_worked = True
        return json.loads(line)

    def dismiss(self) -> None:
        process = self.process
        assert process.stdin
        process.kill()
        with suppress(BrokenPipeError):  # an order that it could not be given is still on its way
            process.stdin.close()
        self.answers.close()
        process.wait()


def equip(folder: Path, style: str) -> None:
    """Puts there what each hand reads first."""
    (folder / "style.css").write_text(style, encoding="utf-8")
    (folder / "fonts.conf").write_text(fonts.settings(), encoding="utf-8")


def environment() -> dict[str, str]:
    """In which a worker finds this package, its libraries and its fonts: no key of ours is."""
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(_ROOT))))
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": path}


@lru_cache(maxsize=1)
def can_print() -> bool:
    """Whether what lays out pages is installed. Only a worker that starts can tell, which takes a second."""
    silent = subprocess.DEVNULL
    try:
        subprocess.run(  # noqa: S603  # our own module
            _WORKER, stdin=silent, stdout=silent, stderr=silent, env=environment(), timeout=60, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return True
