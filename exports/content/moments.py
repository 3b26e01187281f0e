"""Moments as people read them. A document has thousands: a day and a minute are looked up once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from functools import lru_cache

from django.utils.formats import date_format, time_format
from django.utils.translation import get_language, override

# The minutes of a day, in a few languages: a conversation comes by most of them.
MINUTES = 24 * 60 * 8


class Moments:
    """In the language that was active when this was made."""

    def __init__(self, written: Callable[[str], str] = str) -> None:
        """`written`: how the words of each are written where they stand."""
        self._written = written
        self._language = get_language()
        self._days: dict[date, str] = {}
        self._minutes: dict[int, str] = {}

    def told(self, moment: datetime) -> str:
        """A short date with its time, in the zone that the moment has."""
        day, minute = moment.date(), moment.hour * 60 + moment.minute
        if day not in self._days:
            with override(self._language):
                self._days[day] = self._written(date_format(moment, "SHORT_DATE_FORMAT"))
        if minute not in self._minutes:
            self._minutes[minute] = self._written(_minute(minute, self._language))
        return f"{self._days[day]} {self._minutes[minute]}"


@lru_cache(MINUTES)
def _minute(minute: int, language: str | None) -> str:
    """Of the day."""
    with override(language):
        return time_format(time(*divmod(minute, 60)), "TIME_FORMAT")
