"""Names of files that every system takes, that people can read, and that no two files share."""

from __future__ import annotations

import re
import unicodedata

from chat.text import clean_text

MOST_BYTES = 120
"""Of a name before its ending: most file systems take 255, and copies get a number."""
# What Windows, macOS or a shell does not take in a name, and what turns the direction of the text.
_FORBIDDEN = re.compile(r'[/\\:*?"<>|\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+')
# Devices of Windows, whatever their ending.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])(?:\..*)?", re.IGNORECASE)


def file_name(title: str, fallback: str) -> str:
    """`title` as the name of a file, without an ending; `fallback` where nothing is left of it."""
    text = unicodedata.normalize("NFC", clean_text(title))
    name = " ".join(_FORBIDDEN.sub(" ", text).split()).strip(". ")
    name = name.encode()[:MOST_BYTES].decode(errors="ignore").strip(". ")
    if _RESERVED.fullmatch(name):
        name = f"_{name}"
    return name or fallback


class Names:
    """The names in one archive; compared as file systems do that know no case."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._next: dict[str, int] = {}

    def take(self, name: str, suffix: str) -> str:
        """`name` with `suffix`, and with a number between them where it is taken."""
        key = unicodedata.normalize("NFKC", name + suffix).casefold()
        number = self._next.get(key, 1)
        found = f"{name}{suffix}"
        while (taken := unicodedata.normalize("NFKC", found).casefold()) in self._taken:
            number += 1
            found = f"{name} ({number}){suffix}"
        self._next[key] = number
        self._taken.add(taken)
        return found
