"""What a person types to find something: words, "phrases", -exclusions, and filters such as `tag:harbour`.

It knows no tables. Nothing that can be typed is an error but a filter whose value makes no sense; of that it
says where it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from django.utils.translation import gettext as _

from chat.query.days import day_of
from chat.query.keys import ALSO_CALLED, CHOICES, DAYS
from chat.query.pieces import PIECE, unquoted
from chat.text import clean_text
from chat.words import Term, is_dense, term_of

# Of a longer text the rest does not count: each term costs a look into the index.
MAX_CHARS = 1000
MAX_TERMS = 24
MAX_WORDS = 120
# Letters before a star: of fewer the index would put together a good part of all that was ever written.
MIN_LETTERS = 3
# Words with a star: each is all the words that begin so.
MAX_OPEN = 3


@dataclass(frozen=True, slots=True)
class Filter:
    """`key:value`, and where it stands in the text; of a day, the moment at which it begins."""

    key: str
    value: str
    start: int
    end: int
    is_not: bool = False
    moment: datetime | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What makes no sense, where it stands, and why, in words for the person."""

    start: int
    end: int
    words: str


@dataclass(frozen=True, slots=True)
class Query:
    text: str = ""
    terms: tuple[Term, ...] = ()
    excluded: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing that there could be hits of."""
        return not self.terms and not self.filters

    @property
    def is_signs(self) -> bool:
        """Whether there is something in it, but no word, and nothing that begins a phrase or a filter."""
        typed = [piece[0] for piece in PIECE.finditer(self.text) if not piece["key"]]
        return self.is_empty and not self.excluded and any(piece.strip('-"“„«') for piece in typed)

    @property
    def opened(self) -> str:
        """The same with whatever begins as its last word does; empty where that cannot be asked for."""
        pieces = list(PIECE.finditer(self.text))
        word = pieces[-1]["word"] if pieces and not pieces[-1]["minus"] else None
        wider = f"{self.text.rstrip()}*"
        return wider if word and not word.endswith("*") and not parse(wider).problems else ""

    def values(self, key: str, *, is_not: bool = False) -> list[str]:
        return [one.value for one in self.filters if one.key == key and one.is_not is is_not]

    def without(self, *gone: Filter) -> str:
        """The text without these filters."""
        text = self.text
        for one in sorted(gone, key=lambda one: -one.start):
            text = f"{text[: one.start]} {text[one.end :]}"
        return " ".join(text.split())


@dataclass
class _Reading:
    """What has been read so far."""

    terms: list[Term] = field(default_factory=list)
    excluded: list[Term] = field(default_factory=list)
    filters: list[Filter] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    @property
    def words(self) -> int:
        return sum(len(term.words) for term in (*self.terms, *self.excluded))

    @property
    def stars(self) -> int:
        return sum(term.is_open for term in (*self.terms, *self.excluded))

    @property
    def is_full(self) -> bool:
        return (
            len(self.terms) + len(self.excluded) + len(self.filters) >= MAX_TERMS or self.words >= MAX_WORDS
        )


def parse(text: str) -> Query:
    """What `text` asks for; days are those of the person's own time zone."""
    text = clean_text(text[:MAX_CHARS])
    reading = _Reading()
    for piece in PIECE.finditer(text):
        if reading.is_full:
            words = _("From here on it is too long. Ask for less at once.")
            reading.problems.append(Problem(piece.start(), len(text), words))
            break
        _read(piece, reading)
    if reading.excluded and not reading.terms and not reading.filters:
        reading.problems.append(
            Problem(0, len(text), _("Say also what is to be found, not only what is not."))
        )
    return Query(
        text,
        tuple(reading.terms),
        tuple(reading.excluded),
        tuple(reading.filters),
        tuple(reading.problems),
    )


def _read(piece: re.Match[str], reading: _Reading) -> None:
    is_not = bool(piece["minus"])
    if piece["key"]:
        _read_filter(piece, reading, is_not=is_not)
        return
    said = piece["phrase"] or piece["word"]
    # A word that ends with a star may go on.
    has_star = piece["phrase"] is None and said.endswith("*")
    term = term_of(said, is_open=has_star)
    if term is not None:
        if has_star and (words := _refusal_of(term, reading)):
            reading.problems.append(Problem(*piece.span(), words))
            return
        room = MAX_WORDS - reading.words
        cut = Term(term.words[:room], term.is_open and len(term.words) <= room)
        (reading.excluded if is_not else reading.terms).append(cut)


def _refusal_of(open_term: Term, reading: _Reading) -> str:
    """Why a word with a star is not looked for; nothing where it is."""
    if len(open_term.words[-1]) < MIN_LETTERS and not is_dense(open_term.words[-1]):
        return _("Before a star there are at least %(n)s letters.") % {"n": MIN_LETTERS}
    if reading.stars == MAX_OPEN:
        return _("At most %(n)s words may end with a star.") % {"n": MAX_OPEN}
    return ""


def _read_filter(piece: re.Match[str], reading: _Reading, *, is_not: bool) -> None:
    key, value = piece["key"].lower(), unquoted(piece["value"])
    if not value:  # it is still being typed
        return
    start, end = piece.span()
    choices = CHOICES.get(key)
    if choices:
        value = ALSO_CALLED.get((key, value.lower()), value.lower())
        if value not in choices:
            words = _("“%(value)s” is none of %(choices)s. What stands in quotes is looked for as words.")
            told = {"value": value, "choices": ", ".join(choices)}
            reading.problems.append(Problem(start, end, words % told))
            return
    moment = None
    if key in DAYS:
        moment = day_of(value)
        if moment is None:
            words = _("“%(value)s” is no day. Write it as 2026-03-15, 2026-03, 2026, today, yesterday or 7d.")
            reading.problems.append(Problem(start, end, words % {"value": value}))
            return
        if is_not:
            key, is_not = DAYS[1 - DAYS.index(key)], False
    reading.filters.append(Filter(key, value, start, end, is_not, moment))
