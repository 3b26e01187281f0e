"""How many messages a person may send and how long they may search: token buckets in the cache, no queries.

A person may send as many as the limit at once, and then gets them back one by one over its period.
"""

from __future__ import annotations

import math
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.errors import TooMany, TooManySearches, TooManyTries
from chat.models import User

PERIODS = {"s": 1_000, "min": 60_000, "h": 3_600_000}
DAY = 24 * 3600


@dataclass(frozen=True)
class Limit:
    """`count` messages in `period` milliseconds."""

    count: int
    period: int

    @property
    def step(self) -> int:
        """What one message takes of the period."""
        return max(1, self.period // self.count)


@dataclass(frozen=True)
class Standing:
    """How one stands who was just counted: no more than `left` for so many seconds, then one more."""

    limit: Limit
    left: int
    seconds: int

    @classmethod
    def of(cls, limit: Limit, taken: int) -> Standing:
        """`taken`: the milliseconds that a bucket needs to be full again, with what was asked of it."""
        room = limit.step * limit.count - taken
        wait = -room if room < 0 else limit.step - room % limit.step
        return cls(limit, max(0, room // limit.step), math.ceil(wait / 1000))


# Milliseconds of searching: thousands of searches that find what people ask for, and few that take long.
SEARCHING = Limit(30_000, PERIODS["min"])
# Servers of tools, which may be anybody's.
TRYING = Limit(20, PERIODS["min"])
# Who answers wants to say how the one stands who asked, and those between the two do not care.
_counted: ContextVar[list[Standing] | None] = ContextVar("counted", default=None)


@contextmanager
def counted() -> Iterator[list[Standing]]:
    """What is counted meanwhile, also in threads that are begun here: how one stood after each."""
    standings: list[Standing] = []
    mark = _counted.set(standings)
    try:
        yield standings
    finally:
        _counted.reset(mark)


@lru_cache(maxsize=8)
def parse_limit(text: str) -> Limit | None:
    """The limit that `PARLEY_RATE_LIMIT` says; None for "off"."""
    if text == "off":
        return None
    match = re.fullmatch(r"([1-9]\d{0,8})/(s|min|h)", text)
    if match is None:
        raise ImproperlyConfigured(
            f"PARLEY_RATE_LIMIT is {text!r}; it must be like 60/min, 5/s, 500/h or off."
        )
    return Limit(int(match[1]), PERIODS[match[2]])


def count_message(*, user: User, count: int = 1) -> None:
    """Count one message of `user`, or as many as it asks models.

    Raises:
        TooMany: that is more than the limit allows; this one is not counted.
    """
    limit = parse_limit(settings.PARLEY_RATE_LIMIT)
    if limit is None:
        return
    taken = take_of(f"messages:{user.pk}", limit, now=int(time.time() * 1000), count=count)
    if (standings := _counted.get()) is not None:
        standings.append(Standing.of(limit, taken))
    wait = taken - limit.step * limit.count
    if wait > 0:
        raise TooMany(
            _("You may send %(limit)s messages. Wait %(time)s and try again.")
            % {"limit": settings.PARLEY_RATE_LIMIT, "time": _in_words(wait)},
            retry_after=wait / 1000,
        )


def count_tool_call(*, user: User) -> None:
    """Count one time that a server of tools is asked for `user` by hand.

    Raises:
        TooManyTries: that is more than the limit allows.
    """
    if parse_limit(settings.PARLEY_RATE_LIMIT) is None:
        return
    wait = take_of(f"tools:{user.pk}", TRYING, now=int(time.time() * 1000)) - TRYING.step * TRYING.count
    if wait > 0:
        words = _("Wait %(time)s and try again.") % {"time": _in_words(wait)}
        raise TooManyTries(words, retry_after=wait / 1000)


@contextmanager
def timed_search(*, user: User, at_most: float) -> Iterator[None]:
    """A search of `user`, which is broken off after `at_most` seconds: what it takes is taken of a minute's.

    Raises:
        TooMany: they have searched for too long, or too often at once.
    """
    if parse_limit(settings.PARLEY_RATE_LIMIT) is None:
        yield
        return
    key, lent = f"searches:{user.pk}", int(at_most * 1000)
    begun = time.time()
    wait = take_of(key, SEARCHING, now=int(begun * 1000), count=lent) - SEARCHING.period
    if wait > 0:
        words = _("You have searched for very much. Wait %(time)s and try again.") % {"time": _in_words(wait)}
        raise TooManySearches(words, retry_after=wait / 1000)
    try:
        yield
    finally:
        spent = int((time.time() - begun) * 1000)
        if spent < lent:
            cache.decr(key, SEARCHING.step * (lent - spent))


def take_of(key: str, limit: Limit, *, now: int, count: int = 1) -> int:
    """Take so many, if they are there; the milliseconds until the bucket would then be full.

    The key holds the moment at which the bucket is full again. `incr` is atomic in Redis and in
    memory, so of two processes each counts its own; only a bucket that was full is set outright.
    """
    step = limit.step * count
    full_at = _increase(key, step, now=now)
    if full_at - step < now:
        full_at = now + step
        cache.set(key, full_at, timeout=DAY)
    taken = full_at - now
    if taken > limit.step * limit.count:
        cache.decr(key, step)
    return taken


def _increase(key: str, step: int, *, now: int) -> int:
    cache.add(key, now, timeout=DAY)
    try:
        return cache.incr(key, step)
    except ValueError:  # it ran out between the two calls
        cache.set(key, now + step, timeout=DAY)
        return now + step


def _in_words(milliseconds: int) -> str:
    seconds = -(-milliseconds // 1000)
    minutes = -(-seconds // 60)
    if seconds >= 120:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    return ngettext("%(n)s second", "%(n)s seconds", seconds) % {"n": seconds}
