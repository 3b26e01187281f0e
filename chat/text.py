"""Text as we keep it: whatever came in, the database, JSON and a screen can hold it."""

from __future__ import annotations

import re
from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

# PostgreSQL refuses NUL, UTF-8 cannot carry lone surrogates, and the other controls show nothing.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
TITLE_CHARS = 20


def number(value: int) -> str:
    """With its thousands apart, as the language has it."""
    return number_format(value, use_l10n=True, force_grouping=True)


def brief_number(value: int) -> str:
    """To three digits or so: 847, 12.4k, 3.1M."""
    for least, mark in ((10**9, "G"), (10**6, "M"), (10**3, "k")):
        if value >= least:
            shown = value / least
            is_round = shown >= 100 or round(shown, 1) == int(shown)
            return f"{number_format(shown, 0 if is_round else 1)}{mark}"
    return number(value)


def money(dollars: Decimal) -> str:
    """In cents, or to the second digit of what is less."""
    if dollars >= 1 or not dollars:
        return f"${number_format(dollars, 2 if dollars else 0, force_grouping=True)}"
    places = min(8, max(2, 1 - dollars.adjusted()))
    return f"${number_format(dollars, places)}"


def duration(milliseconds: int) -> str:
    if milliseconds < 1000:
        return _("%(n)s ms") % {"n": milliseconds}
    seconds = milliseconds / 1000
    if seconds < 60:
        return _("%(n)s s") % {"n": number_format(seconds, 1)}
    return _("%(minutes)s min %(seconds)s s") % {"minutes": int(seconds // 60), "seconds": int(seconds % 60)}


def clean_text(text: str) -> str:
    """`text` with line ends as "\\n", without control characters, and U+FFFD for lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", _UNPRINTABLE.sub("", text))


def title_of(text: str) -> str:
    """The first 20 characters, cut at a word's end where there is one, with "..." when cut."""
    line = " ".join(text.split())
    if len(line) <= TITLE_CHARS:
        return line
    start = line[: TITLE_CHARS + 1]
    words = start.rsplit(" ", 1)[0] if " " in start else line[:TITLE_CHARS]
    return words + "..."
