"""Threads for the ORM, so that async code never blocks and the hot path keeps its connections.

SQLite has one writer at a time, and one that finds the lock taken sleeps and tries again. So here
all of a process's writes go through one thread, in order; on other databases through several.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from threading import Condition, Thread
from typing import Any, ParamSpec, TypeVar

import structlog
from django.db import DatabaseError, InterfaceError, connection

P = ParamSpec("P")
T = TypeVar("T")
READERS = 4
WRITERS = 4
LONG_WRITERS = 2
# Jobs take minutes; a third person's waits for its turn.
JOBS_AT_ONCE = 2
# They wait for a model, nearly all of their time.
ASIDES_AT_ONCE = 4
log = structlog.get_logger(__name__)


class Pool:
    """A few threads and one queue; urgent calls go to its head."""

    def __init__(self, name: str, size: int) -> None:
        self._queue: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._ready = Condition()
        for number in range(size):
            Thread(target=self._work, name=f"{name}-{number}", daemon=True).start()

    def submit(self, call: Callable[[], T], *, urgent: bool = False) -> Future[T]:
        future: Future[T] = Future()
        with self._ready:
            (self._queue.appendleft if urgent else self._queue.append)((future, call))
            self._ready.notify()
        return future

    def _work(self) -> None:
        while True:
            with self._ready:
                while not self._queue:
                    self._ready.wait()
                future, call = self._queue.popleft()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(_with_connection(call))
                except BaseException as error:  # noqa: BLE001  the awaiting side raises it
                    future.set_exception(error)
            del future, call


def _with_connection(call: Callable[[], T]) -> T:
    """Run `call`; SQLite keeps its connection, a pooled one goes back, a broken one is dropped."""
    try:
        return call()
    except (DatabaseError, InterfaceError):
        connection.close()
        raise
    finally:
        if connection.vendor != "sqlite":
            connection.close()


_pools: dict[str, Pool] = {}


def _pool(name: str) -> Pool:
    if name not in _pools:
        writers = 1 if connection.vendor == "sqlite" else WRITERS
        sizes = {
            "read": READERS,
            "write": writers,
            "long": LONG_WRITERS,
            "job": JOBS_AT_ONCE,
            "aside": ASIDES_AT_ONCE,
        }
        _pools[name] = Pool(name, sizes[name])
    return _pools[name]


async def _run(pool: str, call: Callable[[], T], *, urgent: bool = False) -> T:
    context = contextvars.copy_context()
    return await asyncio.wrap_future(_pool(pool).submit(partial(context.run, call), urgent=urgent))


async def read(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that only reads the database."""
    return await _run("read", partial(function, *args, **kwargs))


async def write(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run a function that writes; it makes its own transaction."""
    return await _run("write", partial(function, *args, **kwargs))


async def write_long(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `write`, beside all others: for what makes many short transactions, one after the other."""
    return await _run("long", partial(function, *args, **kwargs))


async def do_job(pool: str, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `write_long`, for what takes minutes, so that it keeps nobody's request waiting.

    `pool` is "job", or "aside" for what waits for others most of the time.
    """
    return await _run(pool, partial(function, *args, **kwargs))


async def write_now(function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """As `write`, ahead of all that waits: for the journal, whose text must be safe within 100 ms."""
    return await _run("write", partial(function, *args, **kwargs), urgent=True)


def write_later(function: Callable[P, object], *args: P.args, **kwargs: P.kwargs) -> None:
    """Have a function write when it is its turn. Nobody waits for it, so a failure is only logged."""
    future = _pool("write").submit(partial(function, *args, **kwargs))
    future.add_done_callback(_log_failure)


def _log_failure(future: Future[Any]) -> None:
    if not future.cancelled() and (error := future.exception()) is not None:
        log.error("write_later.failed", exc_info=error)
