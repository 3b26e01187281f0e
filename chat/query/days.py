"""The days that one can ask for, in the person's own time zone."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta

from django.utils import timezone

_DATE = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?")
_AGO = re.compile(r"(\d{1,4})([dwmy])")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
# Every zone can show these.
FIRST, LAST = 1970, 2999


def day_of(text: str) -> datetime | None:
    """The moment at which that day begins, or the month or year; None where it is no day."""
    found = _date_of(text.lower())
    if found is None or not FIRST <= found.year <= LAST:
        return None
    return timezone.make_aware(datetime.combine(found, time.min))


def _date_of(text: str) -> date | None:
    today = timezone.localdate()
    match = _DATE.fullmatch(text)
    ago = _AGO.fullmatch(text)
    try:
        if match:
            return date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
        if ago:
            return today - timedelta(days=int(ago[1]) * _DAYS[ago[2]])
    except (ValueError, OverflowError):
        return None
    named = {"today": today, "yesterday": today - timedelta(days=1)}
    return named.get(text)
