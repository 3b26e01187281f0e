"""What the index keeps of a text. To make it of a long one takes a while: it is made before a transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import connection

from chat.words import words_of

# A tsvector holds a megabyte, of each word 255 places, and none beyond 16,383.
MAX_BYTES = 900_000
MAX_PLACES = 250
# Words of one piece that the next one begins with, so that what stands together is found over a cut.
OVERLAP = 120
LAST_PLACE = 16_383
# By how often a text says a word it is ranked: PostgreSQL has four labels for words.
LABELS = ((9, "A"), (5, "B"), (3, "C"), (2, "D"))
# Of a long text the words that it says most; they stand in the row itself.
MOST_REPEATED = 64
# Stands between two texts; nobody can ask for it, since it is no word.
BREAK = "\u00b6"
_CODE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)
_LINK = re.compile(r"https?://\w", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Part:
    """As the columns of a SearchEntry hold it: `text` or `words` and `brief`, as the database needs them."""

    text: str | None = None
    words: str | None = None
    brief: str | None = None


@dataclass(frozen=True, slots=True)
class Analysis:
    """A text for the index, in several parts if it is very long, and what it holds beside words."""

    parts: tuple[Part, ...] = ()
    marks: frozenset[str] = frozenset()


NOTHING = Analysis()


def analysis_of(text: str, *, is_title: bool = False) -> Analysis:
    """What the index keeps of `text`; nothing where there is no word in it."""
    found = {"code": _CODE, "link": _LINK}
    marks = frozenset(mark for mark, pattern in found.items() if pattern.search(text))
    return Analysis(_parts(words_of(text), is_title=is_title), marks)


def analysis_of_names(names: Iterable[str]) -> Analysis:
    """What the index keeps of several short texts: no phrase reaches from one into the next."""
    words = [word for name in names for word in (BREAK, *words_of(name))]
    return Analysis(_parts(words[1:]))


def _parts(words: Sequence[str], *, is_title: bool = False) -> tuple[Part, ...]:
    if connection.vendor == "sqlite":
        return tuple(Part(text=" ".join(piece)) for piece in _pieces(words))
    return tuple(_vectors(piece, is_title=is_title) for piece in _pieces(words))


def _pieces(words: Sequence[str]) -> Iterator[Sequence[str]]:
    """The words in pieces that fit into one entry: of nearly all texts the whole."""
    start, size, seen = 0, 0, set[str]()
    for at, word in enumerate(words):
        size += 2 if word in seen else 4 * len(word) + 10
        seen.add(word)
        if size > MAX_BYTES:
            yield words[start : at + 1]
            start, size, seen = max(start, at - OVERLAP) + 1, 0, set()
    if size:
        yield words[start:]


def _vectors(words: Sequence[str], *, is_title: bool) -> Part:
    places: dict[str, list[str]] = {}
    for place, word in enumerate(words, 1):
        places.setdefault(word, []).append(str(place))
    is_long = len(words) > LAST_PLACE or any(len(found) > MAX_PLACES for found in places.values())
    return Part(
        text=f" {' '.join(words)} " if is_long else None,
        words=" ".join(f"'{word}':{','.join(found[:MAX_PLACES])}" for word, found in places.items()),
        brief=_brief(places, is_title=is_title),
    )


def _brief(places: Mapping[str, Sequence[str]], *, is_title: bool) -> str:
    """What is said more than once, labelled by how often; of a title all, with the first label."""
    counts = {word: len(found) for word, found in places.items() if is_title or len(found) > 1}
    most = sorted(counts, key=counts.__getitem__, reverse=True)[:MOST_REPEATED]
    return " ".join(f"'{word}':1{LABELS[0][1] if is_title else _label(counts[word])}" for word in most)


def _label(count: int) -> str:
    return next(label for least, label in LABELS if count >= least)
