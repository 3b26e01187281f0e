"""Which of two rows of texts stand beside each other: in order, like beside like, as much as can be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

# Of a text so much tells how alike two are.
READ_CHARS = 2000
# Two of the same kind rather stand beside each other than alone, however little they have in common.
SAME_KIND = 0.35
# Words of texts that are less alike than this are not compared: nearly all would be marked.
ALIKE = 0.3


@dataclass(frozen=True)
class Text:
    """What is to be aligned. Two with the same `root` are versions of one text; others need the same kind."""

    kind: str
    root: object
    content: str
    _grams: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        text = " ".join(self.content[:READ_CHARS].lower().split())
        grams = frozenset(text[at : at + 3] for at in range(max(1, len(text) - 2)))
        object.__setattr__(self, "_grams", grams)

    def likeness(self, other: Text) -> float:
        """From 0, nothing in common, to 1, the same pieces of three characters: that holds in any script."""
        if self.root == other.root:
            return 1.0
        return 2 * len(self._grams & other._grams) / (len(self._grams) + len(other._grams))


Pair = tuple[int | None, int | None]


def align(left: Sequence[Text], right: Sequence[Text]) -> list[Pair]:
    """Pairs of places in order; None where one stands alone. Costs up to the product of both lengths."""
    best = [[0.0] * (len(right) + 1) for _ in range(len(left) + 1)]
    for at in range(len(left) - 1, -1, -1):
        for over in range(len(right) - 1, -1, -1):
            beside = _score(left[at], right[over])
            taken = best[at + 1][over + 1] + beside if beside else 0.0
            best[at][over] = max(taken, best[at + 1][over], best[at][over + 1])
    pairs: list[Pair] = []
    at = over = 0
    while at < len(left) and over < len(right):
        beside = _score(left[at], right[over])
        if beside and best[at][over] == best[at + 1][over + 1] + beside:
            pairs.append((at, over))
            at, over = at + 1, over + 1
        elif best[at][over] == best[at + 1][over]:
            pairs.append((at, None))
            at += 1
        else:
            pairs.append((None, over))
            over += 1
    pairs += [(place, None) for place in range(at, len(left))]
    return pairs + [(None, place) for place in range(over, len(right))]


def _score(one: Text, other: Text) -> float:
    if one.root == other.root:
        return 3.0
    if one.kind != other.kind:
        return 0.0
    # What little any two texts share says nothing: then those that come first stand beside each other.
    likeness = one.likeness(other)
    return SAME_KIND + (likeness if likeness >= ALIKE else 0.0)
