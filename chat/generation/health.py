"""How the providers are: one that keeps failing is given a rest, in which others are asked in its stead.

It is kept in the cache, which all processes share where there are several: failures are counted by an atomic
`incr`, and who asks first after a rest by an atomic `add`. The packages for this (purgatory, aiobreaker,
circuitbreaker) keep it in their process or speak to Redis themselves, and none heeds Retry-After, lets rests
grow, or knows that the last one left is asked all the same.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

import structlog
from django.core.cache import cache

from chat.generation.failure import failure_of
from chat.providers.contract import ProviderConfig, ProviderError

# So many failures in a row within so many seconds, and it rests.
FAILURES = 3
WINDOW = 120
# Seconds; each rest that follows is twice as long.
FIRST_REST = 15.0
LONGEST_REST = 300.0
LONGEST_LIMIT = 600.0
# The one who asks first after a rest may take so long before another one may.
PROBE = 60
KEPT = 24 * 3600
KINDS = ("record", "failures")
State = Literal["well", "rested", "trying"]
log = structlog.get_logger(__name__)
clock = time.time


@dataclass(frozen=True, slots=True)
class Record:
    """What the cache holds of one that has failed of late. Times are seconds since 1970."""

    error: dict[str, Any]
    failed_at: float
    since: float
    until: float = 0.0
    # How many it had since it was well; 0: it is.
    rests: int = 0


@dataclass(frozen=True, slots=True)
class Health:
    """`trying`: its rest is over, and it has not answered yet. `since` is when that began."""

    state: State = "well"
    since: datetime | None = None
    until: datetime | None = None
    last_error: Mapping[str, Any] | None = None
    failed_at: datetime | None = None
    recent_failures: int = 0

    @property
    def is_ailing(self) -> bool:
        """It has failed of late, so that a success is news."""
        return bool(self.recent_failures) or self.state != "well"


def health_name(config: ProviderConfig) -> str:
    """Whose health it is."""
    return health_name_of(config.owner, config.name)


def health_name_of(owner: UUID | None, name: str) -> str:
    """Of two people's own of one name, each has its own."""
    return name if owner is None else f"{owner}/{name}"


def health_of(names: Iterable[str]) -> dict[str, Health]:
    """How each of them is."""
    wanted = list(dict.fromkeys(names))
    found = _read(wanted)
    return {name: _health(*(found.get(_key(kind, name)) for kind in KINDS)) for name in wanted}


def may_lead(name: str) -> bool:
    """Whether this reply may ask it, whose rest is over: one does, and the others wait for how that goes."""
    try:
        return bool(cache.add(_key("probe", name), 1, timeout=PROBE))
    except Exception:
        log.exception("health.unknown")
        return True


def note_failure(name: str, error: ProviderError) -> None:
    """Hold a failure against it, if it is one of its own."""
    if not error.is_outage:
        return
    try:
        _count(name, error)
    except Exception:  # a reply is worth more than this count
        log.exception("health.not_noted", provider=name)


def note_success(name: str) -> None:
    """It is well again."""
    try:
        cache.delete_many([_key("failures", name), _key("probe", name)])
        record: Record | None = cache.get(_key("record", name))
        if record is not None and record.rests:
            cache.set(_key("record", name), replace(record, since=clock(), until=0.0, rests=0), timeout=KEPT)
            log.info("health.well_again", provider=name)
    except Exception:
        log.exception("health.not_noted", provider=name)


def forget(names: Collection[str]) -> None:
    """Nothing is held against them any more: they were set up anew."""
    try:
        cache.delete_many([_key(kind, name) for name in names for kind in (*KINDS, "probe")])
    except Exception:
        log.exception("health.not_forgotten")


def _count(name: str, error: ProviderError) -> None:
    now = clock()
    failures = _increase(_key("failures", name))
    said = failure_of(error.title, error.detail, is_retryable=error.retryable)
    before: Record = cache.get(_key("record", name)) or Record(said, now, now)
    record = replace(before, error=said, failed_at=now)
    # One that rests already was asked because nobody else was left.
    if before.until <= now and (before.rests or failures >= FAILURES or error.retry_after):
        record = replace(record, since=now, until=now + _rest(before.rests, error), rests=before.rests + 1)
        log.warning("health.rested", provider=name, seconds=round(record.until - now), failures=failures)
    cache.set(_key("record", name), record, timeout=KEPT)
    cache.delete(_key("probe", name))


def _rest(rests: int, error: ProviderError) -> float:
    if error.retry_after:
        return min(error.retry_after, LONGEST_LIMIT)
    return float(min(FIRST_REST * 2 ** min(rests, 10), LONGEST_REST))


def _increase(key: str) -> int:
    cache.add(key, 0, timeout=WINDOW)
    try:
        return cache.incr(key)
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, timeout=WINDOW)
        return 1


def _read(names: Iterable[str]) -> dict[str, Any]:
    try:
        return cache.get_many([_key(kind, name) for name in names for kind in KINDS])
    except Exception:
        log.exception("health.unknown")
        return {}


def _key(kind: str, name: str) -> str:
    """Names are people's, and a cache takes neither spaces nor long ones."""
    return f"provider-{kind}:{hashlib.sha256(name.encode('utf-8', 'replace')).hexdigest()[:32]}"


def _health(record: Record | None, failures: int | None) -> Health:
    if record is None:
        return Health(recent_failures=failures or 0)
    state: State = "well" if not record.rests else "rested" if record.until > clock() else "trying"
    return Health(
        state=state,
        since=_moment(record.since),
        until=_moment(record.until) if state == "rested" else None,
        last_error=record.error,
        failed_at=_moment(record.failed_at),
        recent_failures=failures or 0,
    )


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
