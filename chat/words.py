"""Text as words that can be sought: the same for what is written and for what is asked, on every database.

Case, accents and the widths of letters do not matter. Scripts that put no space between words are kept as
pairs of characters, of which any run of theirs can be put together. No tokenizer of a database has a part in
it: what is a letter differs between them, and with the locale of a server. This module knows no tables.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

# Longer words are cut: nobody types more, and no database indexes any length.
MAX_CHARS = 64
# Characters whose form is remembered: more than all living scripts have.
MAX_FOLDS = 200_000
# Accents of the alphabets that have them, the points of Hebrew and Arabic, what only lengthens a word, and
# what nobody sees within one: where it may be broken, how its letters join, which way it runs.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f"
    "\u0670\u06d6-\u06dc\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20f0\ufe00-\ufe0f\ufe20-\ufe2f\U000e0100-\U000e01ef"
    "\u00ad\u200d-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]"
)
# Letters that Unicode takes for others, and people for these with a stroke or a tail.
_PLAINER = str.maketrans(
    {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)
# Without spaces between words: Thai, Lao, Myanmar, Hangul, Khmer, kana, Bopomofo, Han. (In Korean there are
# spaces, but a word has its particles at its end.)
_DENSE_CHARS = (
    "\u0e00-\u0eff\u1000-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u302f\u3031-\u3035\u3038-\u303c"
    "\u3040-\u30ff\u3100-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff"
    "\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_DENSE = re.compile(f"[{_DENSE_CHARS}]")
_STRETCHES = re.compile(f"[{_DENSE_CHARS}]+|[^{_DENSE_CHARS}]+")
_CHUNKS = re.compile(r"\S+")
_PLAIN = re.compile(r"[0-9A-Za-z]+")
# The signs that make a half-width kana another sound are letters to Unicode.
_HALF_WIDTH_MARKS = "\uff9e\uff9f"


class _Folds(dict[int, str]):
    """What stands for each character; found when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = _fold(chr(code))
        if len(self) < MAX_FOLDS:
            self[code] = folded
        return folded


def _fold(char: str) -> str:
    """Letters, digits and marks in lower case and without accents; a pictogram on its own; else a space."""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold())
    kept = "".join(_kept(one) for one in _DROPPED.sub("", plain).translate(_PLAINER))
    return unicodedata.normalize("NFC", kept)


def _kept(char: str) -> str:
    match unicodedata.category(char)[0]:
        case "L" | "M" | "N":
            return char
        case "S" if unicodedata.category(char) in ("So", "Sk") and ord(char) > 0x2000:
            return f" {char} "
        case _:
            return " "


_FOLDS = _Folds()


def folded(text: str) -> str:
    """The text in the one form that is compared, with spaces for all that is no part of a word."""
    return unicodedata.normalize("NFKC", text).translate(_FOLDS)


def words_of(text: str) -> list[str]:
    """The words of a text, in order; of a script without spaces as pairs, and the last character alone."""
    plain = folded(text)
    if plain.isascii() or not _DENSE.search(plain):
        return [word[:MAX_CHARS] for word in plain.split()]
    return [word for chunk in plain.split() for word in _words_in(chunk)]


def _words_in(chunk: str) -> Iterator[str]:
    for stretch in _STRETCHES.findall(chunk):
        if _DENSE.match(stretch):
            yield from (stretch[at : at + 2] for at in range(len(stretch)))
        else:
            yield stretch[:MAX_CHARS]


@dataclass(frozen=True, slots=True)
class Term:
    """Words that stand together; of the last one perhaps only the beginning."""

    words: tuple[str, ...]
    is_open: bool = False


def is_dense(word: str) -> bool:
    """Whether it is of a script that puts no space between words."""
    return _DENSE.match(word) is not None


def term_of(text: str, *, is_open: bool = False) -> Term | None:
    """What is to be found where somebody asks for `text`; None where there is no word in it.

    `is_open`: the last word may go on. Of a script without spaces it always may.
    """
    words = words_of(text)
    if not words:
        return None
    if not is_dense(words[-1]):
        return Term(tuple(words), is_open and len(words[-1]) < MAX_CHARS)
    # "日本" is asked as that pair alone, since what follows it may be anything; "日" as the start of a pair.
    has_pair = (
        len(words) > 1 and len(words[-2]) == 2 and words[-2][1] == words[-1] and _DENSE.match(words[-2])
    )
    return Term(tuple(words[:-1])) if has_pair else Term(tuple(words), is_open=True)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, and where it stands in the text as it was written."""

    word: str
    start: int
    end: int


def tokens_of(text: str) -> list[Token]:
    """The words of a text as `words_of` has them, with their places. For a few thousand characters."""
    found: list[Token] = []
    for chunk in _CHUNKS.finditer(text):
        found += (_places_in_plain if chunk[0].isascii() else _places_in_any)(chunk[0], chunk.start())
    return found


def _places_in_plain(text: str, offset: int) -> list[Token]:
    """Ten times as quick, where there is nothing to be folded."""
    words = _PLAIN.finditer(text)
    return [Token(one[0].lower()[:MAX_CHARS], offset + one.start(), offset + one.end()) for one in words]


def _places_in_any(text: str, offset: int) -> list[Token]:
    letters: list[tuple[str, int, int]] = []  # of the stretch that is read, each with its place
    found: list[Token] = []
    for start, end in _clusters(text):
        for char in folded(text[start:end]):
            if char == " " or (letters and _is_border(letters[-1][0], char)):
                found += _places_in(letters)
                letters = []
            if char != " ":
                letters.append((char, offset + start, offset + end))
    return found + _places_in(letters)


def _is_border(before: str, char: str) -> bool:
    return bool(_DENSE.match(before)) is not bool(_DENSE.match(char))


def _clusters(text: str) -> Iterator[tuple[int, int]]:
    """Characters with the marks upon them: what one fold makes of several must not be torn apart."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _continues(text[at]):
            yield start, at
            start = at


def _continues(char: str) -> bool:
    is_jamo = "\u1160" <= char <= "\u11ff"
    return is_jamo or char in _HALF_WIDTH_MARKS or unicodedata.category(char)[0] == "M"


def _places_in(letters: list[tuple[str, int, int]]) -> list[Token]:
    if not letters:
        return []
    if not _DENSE.match(letters[0][0]):
        word = "".join(char for char, _, _ in letters)
        return [Token(word[:MAX_CHARS], letters[0][1], letters[-1][2])]
    pairs = [letters[at : at + 2] for at in range(len(letters))]
    return [Token("".join(char for char, _, _ in pair), pair[0][1], pair[-1][2]) for pair in pairs]
