"""Where hits stand in their order, and how a page of them is told from the next."""

from __future__ import annotations

import base64
import struct
from dataclasses import dataclass

from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from chat.errors import BadValue

# To rank more hits takes too long; of them the newest come first.
MAX_RANKED = 10_000
MAX_ID = 2**63 - 1
# An id, whether there is a score, and the score.
_CURSOR = struct.Struct(">q?d")
_SEAL = 8


@dataclass(frozen=True, slots=True)
class Match:
    """An entry, and how well it fits; without a score it stands by its age."""

    entry_id: int
    score: float | None = None

    @property
    def cursor(self) -> str:
        """It cannot be read: ids and scores would tell how much, and of what, others write."""
        plain = _CURSOR.pack(self.entry_id, self.score is not None, self.score or 0.0)
        seal = _seal_of(plain)
        return base64.urlsafe_b64encode(seal + _veiled(plain, seal)).decode().rstrip("=")


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
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        plain = _veiled(sealed[_SEAL:], sealed[:_SEAL])
        key, has_score, score = _CURSOR.unpack(plain)
    except (ValueError, struct.error) as error:
        raise BadValue(_("This cursor is not one that we gave."), field="cursor") from error
    if not constant_time_compare(_seal_of(plain), sealed[:_SEAL]):
        raise BadValue(_("This cursor is not one that we gave."), field="cursor")
    return Match(key, score if has_score else None)


def _seal_of(plain: bytes) -> bytes:
    return salted_hmac("chat.search.seal", plain, algorithm="sha256").digest()[:_SEAL]


def _veiled(text: bytes, seal: bytes) -> bytes:
    """There and back: as long as it is, a digest is longer."""
    mask = salted_hmac("chat.search.veil", seal, algorithm="sha256").digest()
    return bytes(one ^ other for one, other in zip(text, mask, strict=False))
