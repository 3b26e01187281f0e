"""Private servers for tests and benchmarks: PostgreSQL, Redis and Parley itself, on free ports of loopback.

Their data lies in folders that the caller gives and throws away; nothing here outlives its `with`.
"""

from __future__ import annotations

import atexit
import contextlib
import errno
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from tests import nursery
from tests.nursery import Child
from tests.steward import Steward

ROOT = nursery.ROOT
POSTGRES_FOLDERS = Path("/usr/lib/postgresql")
START_SECONDS = 90.0  # a busy machine is no failure; how long it takes is measured by the benchmarks
TEMPLATE = "show_house"  # the database with empty tables of those servers that begin with one
Environment = dict[str, str]


# Below those that systems give to outgoing connections: Linux from 32768, others from 49152.
PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port of loopback, ours until this process ends, though nothing listens there yet.

    A server takes a while until it listens; another process that asks meanwhile must not be given the same.
    The claim is the UDP port of that number, which no server of ours uses.

    Raises:
        OSError: every port is taken.
    """
    for port in random.sample(PORTS, len(PORTS)):
        claim = socket.socket(type=socket.SOCK_DGRAM)
        try:
            claim.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            claim.close()
            continue
        atexit.register(claim.close)
        return port
    raise OSError(errno.EADDRINUSE, "no port of loopback is free")


def postgres_programs() -> Path | None:
    """Where `initdb` and `postgres` are, the newest version first."""
    if found := shutil.which("postgres"):
        return Path(found).resolve().parent
    folders = sorted(POSTGRES_FOLDERS.glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    return next((folder for folder in folders if (folder / "postgres").exists()), None)


@contextlib.contextmanager
def postgres(*, begins: Path | None = None, leaves: Path | None = None) -> Iterator[str]:
    """A PostgreSQL server of our own; its URL. Skips the test where the programs are missing.

    Its data `begins` as a copy of that folder, or empty, and is left in the other.
    """
    programs = postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL's programs are not installed")
    # Not among pytest's folders, which nobody but their owner may enter.
    with tempfile.TemporaryDirectory(prefix="parley-postgres-") as name:
        folder, port = Path(name), free_port()
        data = folder / "data"
        as_user = _unprivileged(folder)
        if begins:
            _copy(begins, data)
        else:
            initdb: list[str | Path] = [*as_user, programs / "initdb", "-D", data, "--no-sync"]
            options = ["--auth=trust", "--username=parley", "--encoding=UTF8", "--locale=C.UTF-8"]
            subprocess.run([*initdb, *options], check=True, capture_output=True)
        # Only kills of Parley are in question here, not power cuts of the database.
        options = [
            "-c",
            "fsync=off",
            "-c",
            "listen_addresses=127.0.0.1",
            "-c",
            f"unix_socket_directories={name}",
        ]
        command: list[str | Path] = [*as_user, programs / "postgres", "-D", data, "-p", str(port), *options]
        with _running(command, log=folder / "log", stop_with=signal.SIGINT):
            _wait_for_port(port)
            ready = ["-q", "-h", "127.0.0.1", "-p", str(port), "-U", "parley"]
            _wait_for([programs / "pg_isready", *ready], START_SECONDS)
            yield f"postgres://parley@127.0.0.1:{port}"
        if leaves:
            _copy(data, leaves)


def _copy(folder: Path, to: Path) -> None:
    """With its owner and its rights."""
    subprocess.run(["cp", "-a", folder, to], check=True)


def create_database(server: str, name: str, *, template: str = "template1") -> str:
    """A new database of that server; its URL."""
    import psycopg

    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"'.encode())
    return f"{server}/{name}"


def redis_program() -> str | None:
    """Where `redis-server` is."""
    return shutil.which("redis-server")


@contextlib.contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis server of our own; its URL. Skips the test where the program is missing."""
    program = redis_program()
    if program is None:
        pytest.skip("redis-server is not installed")
    port = free_port()
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with _running(command, log=folder / "redis.log"):
        _wait_for_port(port)
        yield f"redis://127.0.0.1:{port}/0"


class Parley:
    """One server process (or worker process); `kill` is what a power cut does to it.

    It is forked from the nursery unless it is to start `afresh`, by the command that people start it with.
    """

    def __init__(
        self, environment: Mapping[str, str], folder: Path, *, name: str = "server", afresh: bool = False
    ) -> None:
        self.environment = {**os.environ, **environment}
        self.folder = folder
        self.log = folder / f"{name}.log"
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | Child | None = None
        self._is_afresh = afresh
        self._steward: Steward | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def manage(self, *arguments: str) -> str:
        """Run a management command; what it printed."""
        self._steward = self._steward or Steward(self.environment, self.folder / "steward.log")
        return self._steward.manage(*arguments)

    def run(self, do: Callable[..., None], *given: str) -> str:
        """Do something in this Parley's environment, as `nursery.module` does; what it printed."""
        environment = {"DJANGO_SETTINGS_MODULE": "config.settings", **self.environment}
        with tempfile.TemporaryDirectory() as name:
            said, log = Path(name) / "said", Path(name) / "log"
            child = Child(do, *given, environment=environment, log=log, said=said)
            try:
                code = child.wait()
            except BaseException:
                child.send_signal(signal.SIGKILL)
                raise
            if code:
                raise AssertionError(f"{do.__name__}{given} failed:\n{said.read_text()}{log.read_text()}")
            return said.read_text()

    def start(self, *options: str, wait: bool = True) -> float:
        """Serve; the seconds until it was ready."""
        begun = time.monotonic()
        self._spawn("serve", "--port", str(self.port), *options)
        if wait:
            self.wait_ready()
        return time.monotonic() - begun

    def start_worker(self) -> None:
        """Make replies only, with no port."""
        self._spawn("run_worker")
        deadline = time.monotonic() + START_SECONDS
        while "worker is ready" not in self.log.read_text(errors="replace"):
            self._check(deadline)

    def wait_ready(self) -> None:
        """Until /readyz answers 200."""
        deadline = time.monotonic() + START_SECONDS
        while not _answers(f"{self.url}/readyz"):
            self._check(deadline)

    def leave(self) -> None:
        """However it ended, nothing of it runs any more."""
        try:
            if self.process is not None:
                self.kill()
        finally:
            if self._steward is not None:
                self._steward.dismiss()

    def kill(self) -> None:
        """SIGKILL: no handler runs, nothing is flushed."""
        self._end(signal.SIGKILL)

    def stop(self, seconds: float = 30.0) -> int:
        """SIGTERM; its exit code."""
        return self._end(signal.SIGTERM, seconds)

    @contextlib.contextmanager
    def paused(self) -> Iterator[None]:
        """It does nothing meanwhile; not for so long that others take it for dead."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def _spawn(self, *arguments: str) -> None:
        if not self._is_afresh:
            self.process = Child(
                nursery.program, "manage.py", *arguments, environment=self.environment, log=self.log
            )
            return
        command = [sys.executable, "manage.py", *arguments]
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment, stdout=log, stderr=subprocess.STDOUT
            )

    def _end(self, number: int, seconds: float = 30.0) -> int:
        if self.process is None:
            return 0
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)
        code = self.process.wait(seconds)
        self.process = None
        return code

    def _check(self, deadline: float) -> None:
        assert self.process is not None
        if self.process.poll() is not None or time.monotonic() > deadline:
            raise AssertionError(f"Parley did not start:\n{self.log.read_text(errors='replace')[-4000:]}")
        time.sleep(0.02)


@contextlib.contextmanager
def parley(
    environment: Mapping[str, str], folder: Path, *, name: str = "server", afresh: bool = False
) -> Iterator[Parley]:
    """A Parley that is not started yet, and is gone at the end."""
    server = Parley(environment, folder, name=name, afresh=afresh)
    try:
        yield server
    finally:
        server.leave()


def settings_for(folder: Path, **more: str) -> Environment:
    """The environment of a Parley that keeps to `folder`, and knows no model but those it is told of."""
    return {
        "PARLEY_DATA": str(folder),
        "PARLEY_LOCAL_MODEL": "off",
        "PARLEY_RATE_LIMIT": "off",
        "OPENAI_API_KEY": "",
        "REDIS_URL": "",
        "DATABASE_URL": f"sqlite:///{folder / 'parley.sqlite3'}",
        "LOG_LEVEL": "WARNING",
        **more,
    }


def prepare(server: Parley, *, provider_url: str, model: str = "n20-r50") -> str:
    """Migrate, make Alice and a default provider at that URL; her token."""
    server.manage("migrate", "--verbosity", "0")
    server.manage("create_user", "alice", "--password", "correct horse battery")
    provider = ("--kind", "openai", "--base-url", provider_url, "--model", model, "--default")
    server.manage("add_provider", "fake", *provider)
    return server.manage("create_token", "alice").strip()


@contextlib.contextmanager
def upstream(folder: Path) -> Iterator[str]:
    """The fake model server in a process of its own; its URL."""
    port = free_port()
    command = [sys.executable, "-m", "tests.upstream", "--port", str(port)]
    with _running(command, log=folder / "upstream.log", folder=ROOT):
        _wait_for_port(port)
        yield f"http://127.0.0.1:{port}/v1"


def _unprivileged(folder: Path) -> Sequence[str]:
    """PostgreSQL refuses to run as root: the prefix that makes it run as the folder's new owner."""
    if os.geteuid() != 0:
        return []
    try:
        user = pwd.getpwnam("postgres")
    except KeyError:
        user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


@contextlib.contextmanager
def _running(
    command: Sequence[str | Path], *, log: Path, folder: Path | None = None, stop_with: int = signal.SIGTERM
) -> Iterator[subprocess.Popen[bytes]]:
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=subprocess.STDOUT)
    try:
        yield process
    finally:
        process.send_signal(stop_with)
        process.wait(30)


def _wait_for_port(port: int) -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        if time.monotonic() > deadline:
            raise AssertionError(f"Nothing answers at port {port}")
        time.sleep(0.02)


def _wait_for(command: Sequence[str | Path], seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while subprocess.run(command, check=False).returncode:
        if time.monotonic() > deadline:
            raise AssertionError(f"{command[0]} does not succeed")
        time.sleep(0.05)


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return bool(response.status == 200)
    except OSError:
        return False
