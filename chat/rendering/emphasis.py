"""Delimiter runs of `*`, `_` and `~~`: which open, which close, and which belong together."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import lru_cache

TAGS = {("*", 1): "em", ("_", 1): "em", ("*", 2): "strong", ("_", 2): "strong", ("~", 2): "del"}


@dataclass(slots=True, eq=False)
class Run:
    """Equal delimiters in a row, and the elements that end and begin here, in the order of pairing."""

    char: str
    length: int
    can_open: bool
    can_close: bool
    order: int = 0
    left: int = field(init=False)
    closes: list[int] = field(default_factory=list)
    opens: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = self.length


@lru_cache(maxsize=4096)
def _kind(char: str) -> str:
    """`space`, `mark` (punctuation and symbols), `cjk` (written without spaces between words) or `letter`."""
    if not char or char.isspace():
        return "space"
    if unicodedata.category(char)[0] in "PS":
        return "mark"
    if (
        "\u2e80" <= char <= "\ud7ff"
        or "\uf900" <= char <= "\ufaff"
        or "\uff00" <= char <= "\uffef"
        or char >= "\U00020000"
    ):
        return "cjk"
    return "letter"


def make_run(text: str, start: int, end: int) -> Run:
    """The run `text[start:end]`, judged by its neighbours.

    Chinese, Japanese and Korean have no spaces at which emphasis could end: beside a mark they count as one.
    """
    char = text[start]
    before = _kind(text[start - 1 : start])
    after = _kind(text[end : end + 1])
    opens = after != "space" and (after != "mark" or before != "letter")
    closes = before != "space" and (before != "mark" or after != "letter")
    if char == "_":
        opens, closes = opens and (not closes or before == "mark"), closes and (not opens or after == "mark")
    if char == "~" and end - start != 2:
        opens = closes = False
    return Run(char, end - start, opens, closes)


def pair(runs: list[Run]) -> None:
    """Notes on each run what it closes and opens. Linear: a search that failed is never made again."""
    openers: list[Run] = []
    failed: dict[tuple[str, bool, int], int] = {}
    for order, closer in enumerate(runs, start=1):
        closer.order = order
        key = (closer.char, closer.can_open, closer.length % 3)
        while closer.can_close and closer.left:
            index = _find_opener(openers, closer, failed.get(key, 0))
            if index < 0:
                failed[key] = order - 1
                break
            opener = openers[index]
            count = 2 if min(opener.left, closer.left) >= 2 else 1
            opener.opens.append(count)
            closer.closes.append(count)
            opener.left -= count
            closer.left -= count
            del openers[index + bool(opener.left) :]
        if closer.can_open and closer.left:
            openers.append(closer)


def _find_opener(openers: list[Run], closer: Run, floor: int) -> int:
    for index in range(len(openers) - 1, -1, -1):
        opener = openers[index]
        if opener.order <= floor:
            break
        if opener.char == closer.char and not _clash(opener, closer):
            return index
    return -1


def _clash(opener: Run, closer: Run) -> bool:
    """The rule of three: keeps `a**b*c**` from pairing a run that could go either way with the wrong one."""
    either_way = opener.can_close or closer.can_open
    return (
        either_way
        and (opener.length + closer.length) % 3 == 0
        and bool(opener.length % 3 or closer.length % 3)
    )
