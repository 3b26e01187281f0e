"""One Django for many management commands, since each start of it takes a while."""

from __future__ import annotations

import contextlib
import io
import multiprocessing
import os
import signal
import traceback
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

import django
from django.core.management import call_command
from django.db import connections

from tests.nursery import Child


class Steward:
    """A process within a Parley's environment that runs what it is told, beside the server."""

    def __init__(self, environment: Mapping[str, str], log: Path) -> None:
        self._line, theirs = multiprocessing.Pipe()
        self._log = log
        self._process = Child(_obey, theirs, environment=environment, log=log)
        theirs.close()

    @property
    def pid(self) -> int:
        return self._process.pid

    def manage(self, *arguments: str) -> str:
        """Run a management command; what it printed."""
        try:
            self._line.send(arguments)
            said, code = self._line.recv()
        except (BrokenPipeError, EOFError):
            said, code = f"It is dead:\n{self._log.read_text(errors='replace')[-4000:]}", 1
        if code:
            raise AssertionError(f"{arguments[0]} failed:\n{said}")
        return str(said)

    def dismiss(self) -> None:
        self._line.close()
        try:
            self._process.wait(30)
        except TimeoutError:
            self._process.send_signal(signal.SIGKILL)
            raise


def _obey(line: Connection) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    with contextlib.suppress(EOFError):
        while True:
            line.send(_manage(line.recv()))


def _manage(arguments: tuple[str, ...]) -> tuple[str, int]:
    """What a command printed, and its exit code."""
    said = io.StringIO()
    code = 0
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            django.setup()
            call_command(*arguments)
        except SystemExit as end:
            code = int(end.code or 0)
        except Exception:
            traceback.print_exc()
            code = 1
        finally:
            _let_go()
    return said.getvalue(), code


def _let_go() -> None:
    """Nobody but a server may have its database open when that dies: what it finds is what it left."""
    for one in connections.all(initialized_only=True):
        one.close()
        if hasattr(one, "close_pool"):
            one.close_pool()
