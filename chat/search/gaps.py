"""Where somebody is typing a filter: which part of the text that is, and of which filter."""

from __future__ import annotations

import re
from dataclasses import dataclass

from chat.search.query import KEYS, QUOTES

_PART = re.compile(r'(?:"[^"]*"?|[^\s"])+')
_FILTER = re.compile(rf'(?P<minus>-?)(?P<key>{"|".join(KEYS)}):"?(?P<value>[^"]*)"?', re.IGNORECASE)
_NAME = re.compile(r"(?P<minus>-?)(?P<value>[a-z]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Gap:
    """`text[start:end]` is being typed: a value of the filter `key`, or without one the name of a filter."""

    text: str
    start: int
    end: int
    key: str
    typed: str
    minus: str = ""

    def filled(self, key: str, value: str = "") -> tuple[str, int]:
        """The text with a filter in the gap, and the place behind it; without a value it is to be typed."""
        said = f"{self.minus}{filter_text(key, value)}{' ' if value else ''}"
        rest = self.text[self.end :]
        return self.text[: self.start] + said + (rest.lstrip() if value else rest), self.start + len(said)


def filter_text(key: str, value: str) -> str:
    """A filter as one types it."""
    return f'{key}:"{value}"' if re.search(r"\s", value) else f"{key}:{value}"


def gap_at(text: str, place: int) -> Gap | None:
    """What is being typed where the cursor stands; None where it is no filter and cannot become one."""
    text = text.translate(QUOTES)
    for part in _PART.finditer(text):
        if part.start() < place <= part.end():
            return _read(text, part)
    return Gap(text, place, place, "", "") if not text[place - 1 : place].strip() else None


def _read(text: str, part: re.Match[str]) -> Gap | None:
    for pattern in (_FILTER, _NAME):
        found = pattern.fullmatch(part[0])
        if found:
            key = found.groupdict().get("key") or ""
            return Gap(text, part.start(), part.end(), key.lower(), found["value"], found["minus"])
    return None
