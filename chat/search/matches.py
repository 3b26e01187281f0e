"""Where hits stand in their order, and how a page of them is told from the next."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from django.utils.translation import gettext as _

from chat.errors import BadValue

# To rank more hits takes too long; of them the newest come first.
MAX_RANKED = 10_000
MAX_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, and how well it fits; without a score it stands by its age."""

    entry_id: int
    score: float | None = None

    @property
    def cursor(self) -> str:
        score = "" if self.score is None else self.score.hex()
        return base64.urlsafe_b64encode(f"{self.entry_id} {score}".encode()).decode().rstrip("=")


@dataclass(frozen=True, slots=True)
class Ranking:
    """Hits in their order, and how many entries of the index fit, as far as they were counted."""

    matches: tuple[Match, ...]
    total: int


def read_match(cursor: str) -> Match | None:
    """The match that a cursor leads to; none for an empty one.

    Raises:
        BadValue: nobody made this cursor.
    """
    if not cursor:
        return None
    try:
        key, score = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(" ")
        match = Match(int(key), float.fromhex(score) if score else None)
    except (ValueError, OverflowError) as error:
        raise BadValue(_("This cursor is not one that we gave."), field="cursor") from error
    if not 0 < match.entry_id <= MAX_ID or (match.score is not None and not abs(match.score) < 1e9):
        raise BadValue(_("This cursor is not one that we gave."), field="cursor")
    return match
