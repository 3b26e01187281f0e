"""How a person likes the pages: kept with their account, so that it is the same in every browser."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

THEMES = ("", "light", "dark")
SEND_KEYS = ("enter", "mod-enter")
ANNOUNCEMENTS = ("brief", "end", "read", "off")


@dataclass(frozen=True, slots=True)
class Preferences:
    """Empty means: as the browser says. `shortcuts` holds what differs from the defaults; "" is none."""

    theme: str = ""
    language: str = ""
    time_zone: str = ""
    send_key: str = "enter"
    wrap_code: bool = False
    line_numbers: bool = False
    announce: str = "brief"
    single_keys: bool = True
    # What models may write beside one's conversations, where the site has them do so.
    titles: bool = True
    follow_ups: bool = True
    shortcuts: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, stored: Mapping[str, Any]) -> Preferences:
        """What is stored, without what this version does not know."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in stored.items() if name in known})
