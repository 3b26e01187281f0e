"""Text as we keep it: whatever came in, the database, JSON and a screen can hold it."""

from __future__ import annotations

import re

from django.utils.formats import number_format

# PostgreSQL refuses NUL, UTF-8 cannot carry lone surrogates, and the other controls show nothing.
_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
TITLE_CHARS = 20


def number(value: int) -> str:
    """With its thousands apart, as the language has it."""
    return number_format(value, use_l10n=True, force_grouping=True)


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
