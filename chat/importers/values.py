"""Values of a stranger's JSON as what they should be. What they are not is nothing, and never an error."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from chat.importers.conversation import Damaged
from chat.importers.limits import MAX_DEPTH, MAX_TEXT
from chat.phrases import Phrase
from chat.text import clean_text

# What a column of 32 bits holds.
MAX_COUNT = 2**31 - 1
# What programs of any language read exactly, or nearly so.
MAX_WHOLE = 2**63
# Seconds, milliseconds, microseconds and nanoseconds since 1970 are told apart by their size.
MAX_SECONDS = 100_000_000_000


def mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """A message's text.

    Raises:
        Damaged: it is longer than a message can be.
    """
    if not isinstance(value, str):
        return ""
    if len(value) > MAX_TEXT:
        raise Damaged(
            Phrase(
                "One of its messages has %(length)s characters; at most %(most)s can be brought in.",
                length=len(value),
                most=MAX_TEXT,
            )
        )
    return clean_text(value)


def texts(values: Iterable[object], separator: str = "\n") -> str:
    """The texts among the values, joined."""
    return text(separator.join(value for value in values if isinstance(value, str)))


def one_of(value: object, options: Collection[str], default: str = "") -> str:
    return value if isinstance(value, str) and value in options else default


def line(value: object, length: int) -> str:
    """A short text without line ends, cut to `length`."""
    return " ".join(clean_text(value[: 4 * length]).split())[:length] if isinstance(value, str) else ""


def exact(value: object, length: int) -> str:
    """A short text as it is, cut to `length`."""
    return clean_text(value[: 2 * length])[:length] if isinstance(value, str) else ""


def key(value: object) -> str | None:
    """An id; numbers serve some places as such."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        return None
    return str(value) or None


def count(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= MAX_COUNT:
        return None
    return round(value)


def number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return None
    return float(value)


def money(value: object) -> Decimal | None:
    """An amount that its column can hold: 6 digits before the point, 8 after it."""
    try:
        amount = Decimal(str(value)) if isinstance(value, (str, int, float)) else None
        return round(amount, 8) if amount is not None and 0 <= amount < 10**6 else None
    except InvalidOperation:
        return None


def moment(value: object) -> datetime | None:
    """A time in UTC: an ISO 8601 text, or what has passed since 1970 in any usual unit."""
    try:
        if isinstance(value, str):
            found = datetime.fromisoformat(value)
            found = found.replace(tzinfo=found.tzinfo or UTC)
        else:
            seconds = number(value)
            if not seconds:
                return None
            while abs(seconds) > MAX_SECONDS:
                seconds /= 1000
            found = datetime.fromtimestamp(seconds, UTC)
        # Some zones cannot show the first and the last day of the calendar.
        return found.astimezone(UTC) if 1 < found.year < 9999 else None
    except (ValueError, OverflowError, OSError):
        return None


def plain(value: Any, depth: int = 0) -> Any:
    """Any JSON, so that every database can keep it.

    Raises:
        Damaged: it is nested too deep, or has too long a text in it.
    """
    if isinstance(value, str):
        return text(value)
    if depth > MAX_DEPTH:
        raise Damaged(Phrase("It is nested deeper than any conversation is."))
    if isinstance(value, dict):
        return {clean_text(str(name)): plain(one, depth + 1) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one, depth + 1) for one in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    if isinstance(value, int) and abs(value) > MAX_WHOLE:
        return float(value) if abs(value) < 10**300 else None
    return value
