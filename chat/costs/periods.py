"""Which days a person asks about, by UTC as they are summed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta

from django.utils import timezone

# More than a year is no chart of days any more.
MOST_DAYS = 366
DEFAULT = "30"
LASTING = {"7": 7, "30": 30, "90": 90}


@dataclass(frozen=True, slots=True)
class Period:
    """From its first to its last day, both included; `name` is how it was asked for."""

    name: str
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=place) for place in range((self.last - self.first).days + 1)]


def today() -> date:
    return timezone.now().astimezone(UTC).date()


def period_between(first: date | None, last: date | None) -> Period:
    """The last thirty days, or with the ends that are given; a longer one than a year keeps its end."""
    last = last or today()
    if first is None:
        first = last - timedelta(days=min(LASTING[DEFAULT] - 1, last.toordinal() - 1))
    return Period("range", max(first, last - timedelta(days=min(MOST_DAYS, last.toordinal()) - 1)), last)


def period_of(asked: Mapping[str, str]) -> Period:
    """What `period`, or `from` and `to`, say; the last thirty days where that is none."""
    name, now = asked.get("period", ""), today()
    if name == "month":
        return Period(name, now.replace(day=1), now)
    if name not in LASTING and (found := _range(asked.get("from", ""), asked.get("to", ""), now)):
        return found
    name = name if name in LASTING else DEFAULT
    return Period(name, now - timedelta(days=LASTING[name] - 1), now)


def _range(first: str, last: str, now: date) -> Period | None:
    """An end that is missing is today; a range that is too long keeps its end."""
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last) if last else now
    except ValueError:
        return None
    return period_between(min(begin, end), max(begin, end))
