"""Starts the process that reads a file, waits for it, and ends it at its limits."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from pathlib import Path
from shutil import copyfileobj
from typing import IO, Any

from chat.extracting import limits
from chat.extracting.contract import Extracted, Problem

_ROOT = Path(__file__).resolve().parents[2]
# What a program needs to run at all: no key of ours is among it.
_KEPT = (
    *("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SYSTEMROOT"),
    *("LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"),
)

_running: set[subprocess.Popen[bytes]] = set()


def extract(reader: str, file: IO[Any]) -> Extracted:
    """What the reader of that name makes of `file`; how it failed is in the answer. Blocks until it ends."""
    with tempfile.TemporaryFile() as source, tempfile.TemporaryFile() as answer:
        # Whatever the storage is, the process gets a file that it can seek in, and no name to open.
        copyfileobj(file, source)
        source.seek(0)
        status = _run(reader, source, answer)
        answer.seek(0)
        head = answer.readline()
        if status != 0 or not head.endswith(b"\n"):
            return Extracted(problem=_problem_of(status))
        return Extracted(**json.loads(head), body=answer.read())


def _run(reader: str, source: IO[bytes], answer: IO[bytes]) -> int | None:
    """Its exit status, negative for a signal; None where it took too long."""
    process = subprocess.Popen(  # noqa: S603  # our own module
        # -P: else what anybody has put into the folder of temporary files is imported in the place of ours.
        [sys.executable, "-P", "-m", "chat.extracting.child", reader],
        stdin=source,
        stdout=answer,
        stderr=subprocess.DEVNULL,
        env=_environment(),
        cwd=tempfile.gettempdir(),
        start_new_session=True,
    )
    _running.add(process)
    try:
        return process.wait(limits.WALL_SECONDS)
    except subprocess.TimeoutExpired:
        return None
    finally:
        _kill(process)
        process.wait()
        _running.discard(process)


def end_all() -> None:
    """Whoever waits for one has its answer at once: the server ends."""
    for process in list(_running):
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """With whatever it has started."""
    with suppress(ProcessLookupError, PermissionError):
        if hasattr(os, "killpg"):
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _problem_of(status: int | None) -> Problem:
    """Native code that gets no more memory ends its process; so does damage that it does not expect."""
    if status is None or status in (-signal.SIGXCPU, -signal.SIGKILL, -signal.SIGALRM):
        return "too_long"
    if status == -signal.SIGABRT:
        return "too_large"
    return "damaged" if status < 0 else "failed"


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    path = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH"), str(_ROOT))))
    return {**kept, "PYTHONPATH": path}
