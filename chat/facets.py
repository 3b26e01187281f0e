"""What is true of an entry for ever, as words beside its text, by which the index filters.

Whose session it is, which, what kind of thing, who said it, when, what answered, what it holds. What can
change, such as tags, is asked of the session's row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from uuid import UUID

from django.db import connection

from chat.words import folded

# Earlier and later years count as these: so a range is always a few words.
FIRST_YEAR, LAST_YEAR = 2014, 2040


def owner_word(user_id: UUID) -> str:
    return f"o{user_id.hex}"


def session_word(session_id: UUID) -> str:
    return f"s{session_id.hex}"


def author_word(user_id: UUID) -> str:
    return f"u{user_id.hex}"


def kind_word(kind: str) -> str:
    return f"k{kind}"


def role_word(role: str) -> str:
    return f"r{role}"


def mark_word(mark: str) -> str:
    return f"h{mark}"


def provider_words(name: str) -> list[str]:
    return [f"p{slug}"] if (slug := _slug(name)) else []


def model_words(name: str) -> list[str]:
    """Each in one piece, since one asks for its beginning; of "vendor/model" also the model alone."""
    slugs = dict.fromkeys((_slug(name), _slug(name.rsplit("/", 1)[-1])))
    return [f"m{slug}" for slug in slugs if slug]


def year_word(year: int) -> str:
    return f"y{_clamped(year)}"


def month_word(moment: datetime) -> str:
    return f"t{moment:%Y%m}"


def time_words(moment: datetime) -> list[str]:
    in_utc = moment.astimezone(UTC)
    return [year_word(in_utc.year), month_word(in_utc)]


def range_words(start: datetime | None, end: datetime | None) -> list[str]:
    """The years and months of which some lie within the range; its ends must still be looked at."""
    first = start.astimezone(UTC) if start else datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    last = end.astimezone(UTC) if end else datetime(LAST_YEAR, 12, 31, tzinfo=UTC)
    years = range(_clamped(first.year), _clamped(last.year) + 1)
    return [word for year in years for word in _words_in(year, first, last)]


def _words_in(year: int, first: datetime, last: datetime) -> list[str]:
    since = first.month if year == first.year else 1
    until = last.month if year == last.year else 12
    if year in (FIRST_YEAR, LAST_YEAR) or (since, until) == (1, 12):
        return [year_word(year)]
    return [f"t{year}{month:02}" for month in range(since, until + 1)]


def _clamped(year: int) -> int:
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def scope_column(words: Iterable[str]) -> str | None:
    """As the column `scope` has it."""
    return " ".join(words) if connection.vendor == "sqlite" else None


def scope_vector(words: Sequence[str]) -> str:
    """As it stands among the words of a tsvector; no word of a text begins with that sign."""
    return " ".join(f"'={word}'" for word in words)


def _slug(name: str) -> str:
    return "\u00b7".join(folded(name).split())[:100]
