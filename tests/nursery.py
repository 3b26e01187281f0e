"""Processes of Parley's, forked from one that has its libraries in memory: most of a start is importing them.

A child reads the settings of its environment, sets Django up and imports our own modules as any process does.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import runpy
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["tests.libraries"])


class Child:
    """A process that does something in that environment. Like a Popen.

    What it prints is added to `said`, its errors to `log`; without the first both to that.
    """

    def __init__(
        self,
        do: Callable[..., object],
        *given: object,
        environment: Mapping[str, str],
        log: Path,
        said: Path | None = None,
    ) -> None:
        log.touch()
        told = (dict(environment), said or log, log, do, given)
        # Should it be left behind, it goes with whoever began it.
        self._process = _nursery.Process(target=_live, args=told, daemon=True)
        self._process.start()

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Its exit code; None while it lives."""
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Does nothing to one that has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def wait(self, seconds: float | None = None) -> int:
        """Its exit code.

        Raises:
            TimeoutError: it lives on.
        """
        self._process.join(seconds)
        code = self.poll()
        if code is None:
            raise TimeoutError(f"process {self.pid} lives on after {seconds} s")
        return code


def program(path: str, *arguments: str) -> None:
    """What `python PATH …` does."""
    sys.argv = [path, *arguments]
    runpy.run_path(path, run_name="__main__")


def module(name: str, *arguments: str) -> None:
    """What `python -m NAME …` does."""
    sys.argv = [name, *arguments]
    runpy.run_module(name, run_name="__main__", alter_sys=True)


def code(words: str, *arguments: str) -> None:
    """What `python -c WORDS …` does."""
    sys.argv = ["-c", *arguments]
    exec(words, {"__name__": "__main__"})  # noqa: S102


def _live(
    environment: dict[str, str], said: Path, log: Path, do: Callable[..., object], given: tuple[Any, ...]
) -> None:
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    with said.open("ab") as output, log.open("ab") as errors:
        os.dup2(output.fileno(), 1)
        os.dup2(errors.fileno(), 2)
    try:
        do(*given)
    finally:
        atexit._run_exitfuncs()  # multiprocessing's children leave without
