"""How many messages a person may send: a token bucket in the cache, so that it costs no query.

A person may send as many as the limit at once, and then gets them back one by one over its period.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat.errors import TooMany
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


def count_message(*, user: User) -> None:
    """Count one message of `user`.

    Raises:
        TooMany: that is more than the limit allows; this one is not counted.
    """
    limit = parse_limit(settings.PARLEY_RATE_LIMIT)
    if limit is None:
        return
    wait = _take(f"messages:{user.pk}", limit, now=int(time.time() * 1000))
    if wait > 0:
        raise TooMany(
            _("You may send %(limit)s messages. Wait %(time)s and try again.")
            % {"limit": settings.PARLEY_RATE_LIMIT, "time": _in_words(wait)},
            retry_after=wait / 1000,
        )


def _take(key: str, limit: Limit, *, now: int) -> int:
    """Take one message out of the bucket; 0, or the milliseconds until there is one.

    The key holds the moment at which the bucket is full again. `incr` is atomic in Redis and in
    memory, so of two processes each counts its own; only a bucket that was full is set outright.
    """
    full_at = _increase(key, limit.step, now=now)
    if full_at - limit.step < now:
        full_at = now + limit.step
        cache.set(key, full_at, timeout=DAY)
    wait = full_at - now - limit.step * limit.count
    if wait > 0:
        cache.decr(key, limit.step)
    return max(0, wait)


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
