"""Where a marked passage stands in a message: from words selected on the page to code points of its Markdown.

What one selects is rendered text; what is kept is Markdown; and either may be edited later. So a passage is
a quote with what stood right before and after it (the TextQuoteSelector of W3C's Web Annotation), and offsets
follow from it. They are compared by their letters, digits and symbols alone: punctuation and white space are
just where the two differ, as `**bold**` and `bold` do. Where markup within a passage has letters too, as
the address of a link has, its first and last words are found, or what stands around it. static/js/passages.js
does the same the other way round, to show a passage on the page. This module knows no tables.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from heapq import nsmallest
from unicodedata import category

# Letters and digits of a passage's beginning and end, where it cannot be found whole.
EDGE = 24
CONTEXT = 64
# To compare all that stands around a span takes 0.1 ms, and a letter may be there 100,000 times: of more
# spans than this only the likely ones are compared, told by so many letters on either side.
MANY = 100
CLOSE = 8
# A longer quote is kept by its beginning and its end.
MAX_QUOTE = 2000


@dataclass(frozen=True)
class Passage:
    quote: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class _Bare:
    """The letters of a text, and where in it each of them stands."""

    letters: str
    places: tuple[int, ...]


def passage_at(content: str, start: int, end: int) -> Passage:
    """The passage between two offsets, with what stands around it."""
    return Passage(
        shortened(content[start:end]), content[max(0, start - CONTEXT) : start], content[end : end + CONTEXT]
    )


def shortened(quote: str) -> str:
    half = MAX_QUOTE // 2
    return quote if len(quote) <= MAX_QUOTE else f"{quote[:half]} … {quote[-half:]}"


def locate(content: str, passage: Passage, *, near: int = 0) -> tuple[int, int] | None:
    """Start and end of the passage in `content`; of several, the one with its surroundings, then the nearest.

    None: it is not there.
    """
    found = [*_exact(content, passage.quote)] or _by_letters(_bare(content), passage)
    if not found:
        return None
    if len(found) > MANY:
        found = _likely(_bare(content), found, passage, near)
    return max(found, key=lambda span: (_fit(content, span, passage), -abs(span[0] - near)))


def _likely(text: _Bare, found: list[tuple[int, int]], passage: Passage, near: int) -> list[tuple[int, int]]:
    """Of many spans those with the same letters right around them, else all; of these the nearest."""
    before, after = _bare(passage.prefix).letters[-CLOSE:], _bare(passage.suffix).letters[:CLOSE]
    alike = [
        (start, end)
        for start, end in found
        if text.letters.endswith(before, 0, bisect_left(text.places, start))
        and text.letters.startswith(after, bisect_left(text.places, end))
    ]
    return nsmallest(MANY, alike or found, key=lambda span: abs(span[0] - near))


def _exact(content: str, quote: str) -> Iterator[tuple[int, int]]:
    start = content.find(quote) if quote else -1
    while start >= 0:
        yield start, start + len(quote)
        start = content.find(quote, start + 1)


def _by_letters(text: _Bare, passage: Passage) -> list[tuple[int, int]]:
    quote = _bare(passage.quote).letters
    if not quote:
        return []
    return [*_whole(text, quote)] or [*_by_edges(text, quote)] or [*_between(text, passage)]


def _whole(text: _Bare, quote: str) -> Iterator[tuple[int, int]]:
    """Where the quote's letters stand together."""
    for start in _finds(text.letters, quote):
        yield text.places[start], text.places[start + len(quote) - 1] + 1


def _by_edges(text: _Bare, quote: str) -> Iterator[tuple[int, int]]:
    """Where they begin and, soon after, end."""
    head, tail = quote[:EDGE], quote[-EDGE:]
    if len(quote) < 2 * EDGE:
        return
    for start in _finds(text.letters, head):
        # Markup adds letters: the addresses of links, mostly.
        end = text.letters.find(tail, start + EDGE, start + 3 * len(quote) + 500)
        if end >= 0:
            yield text.places[start], text.places[end + EDGE - 1] + 1


def _between(text: _Bare, passage: Passage) -> Iterator[tuple[int, int]]:
    """What stands between its surroundings, for a passage written otherwise than it looks, as maths is."""
    before, after = _bare(passage.prefix).letters[-EDGE:], _bare(passage.suffix).letters[:EDGE]
    if len(before) < 4 or len(after) < 4:
        return
    for start in _finds(text.letters, before):
        first = start + len(before)
        last = text.letters.find(after, first, first + 4 * len(passage.quote) + 100)
        if last > first:
            yield text.places[first], text.places[last - 1] + 1


def _fit(content: str, span: tuple[int, int], passage: Passage) -> int:
    """How many letters around the span are those that stood around the passage."""
    before = _bare(content[max(0, span[0] - 4 * CONTEXT) : span[0]]).letters
    after = _bare(content[span[1] : span[1] + 4 * CONTEXT]).letters
    same_before = _shared(_bare(passage.prefix).letters[::-1], before[::-1])
    return same_before + _shared(_bare(passage.suffix).letters, after)


def _shared(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))


def _finds(text: str, wanted: str) -> Iterator[int]:
    start = text.find(wanted)
    while start >= 0:
        yield start
        start = text.find(wanted, start + 1)


def _bare(text: str) -> _Bare:
    places = tuple(at for at, character in enumerate(text) if _is_letter(character))
    return _Bare("".join([text[at] for at in places]), places)


@lru_cache(maxsize=4096)
def _is_letter(character: str) -> bool:
    """A letter, a mark on one, a digit, or a symbol such as an emoji; passages.js asks for the same."""
    return category(character) in _LETTERS


_LETTERS = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Mn", "Mc", "Me", "Nd", "Nl", "No", "So"))
