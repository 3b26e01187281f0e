"""Moments as people read them. A document has thousands: a day and a minute are looked up once."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.formats import date_format


class Moments:
    """In the language that is active when each comes first."""

    def __init__(self) -> None:
        self._days: dict[date, str] = {}
        self._minutes: dict[int, str] = {}

    def told(self, moment: datetime) -> str:
        """A short date with its time, in the zone that the moment has."""
        day, minute = moment.date(), moment.hour * 60 + moment.minute
        if day not in self._days:
            self._days[day] = date_format(moment, "SHORT_DATE_FORMAT")
        if minute not in self._minutes:
            self._minutes[minute] = date_format(moment, "TIME_FORMAT")
        return f"{self._days[day]} {self._minutes[minute]}"
