"""What of a model's answer can be shown as a title, as tags, as questions: plain, short, words alone."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Sequence
from itertools import islice

TITLE_CHARS = 60
TAG_CHARS = 40
QUESTION_CHARS = 140
MOST_TAGS = 5
MOST_QUESTIONS = 3
# What is looked at: marks by the ten thousand take a pattern many seconds, and all else would wait.
MOST_LINES, LINE_CHARS = 100, 400
# Thoughts that came as text; of an end without a beginning all that stands before it.
_THOUGHTS = re.compile(r"<(think|thinking|thought|reasoning)>.*?(</\1>|\Z)", re.DOTALL | re.IGNORECASE)
_BEFORE = re.compile(r"\A.*</(?:think|thinking|thought|reasoning)>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^[ \t]*(?:```|~~~).*$", re.MULTILINE)
_LINK = re.compile(r"!?\[([^\]]*)\]\([^)]*\)")
_MARKS = re.compile(r"\*+|`+|~~|(?<!\w)_+|_+(?!\w)")
# What a line is introduced by: a bullet, a number, a quotation, a heading.
_BULLET = re.compile(r"^\s*(?:[-–—•*>]\s+|#+\s+|\(?\d{1,2}[.):]\s*)+")
_LABEL = re.compile(
    r"^(?:the\s+|der\s+)?(?:conversation\s+)?(?:title|titel|tags?|schlagw[oö]rter|questions?|fragen?)\s*[:：]\s*",
    re.IGNORECASE,
)
_QUOTES = "\"'“”„‟«»‹›‘’‚`「」『』*_ \t"
_WORD = re.compile(r"[^\W\d_]{4,}")


def title_in(answer: str) -> str:
    """The first line that says something, at most 60 characters; empty where there is none."""
    for line in _lines(answer):
        if title := _bare(line).rstrip(".:;,…"):
            return _cut(title, TITLE_CHARS)
    return ""


def tags_in(answer: str, known: Collection[str]) -> list[str]:
    """At most five, those that are `known` first and as they are written there."""
    own = {name.casefold(): name for name in known}
    found: dict[str, str] = {}
    for piece in re.split(r"[,;\n]", "\n".join(_lines(answer))):
        tag = _bare(piece.strip(" []{}()")).lstrip("#").rstrip(".:").strip()
        if tag.casefold() in own:
            found.setdefault(tag.casefold(), own[tag.casefold()])
        elif 0 < len(tag) <= TAG_CHARS and len(tag.split()) <= 4:
            found.setdefault(tag.casefold(), tag)
    tags = sorted(found.values(), key=lambda tag: tag.casefold() not in own)
    return tags[:MOST_TAGS]


def questions_in(answer: str, asked: str) -> list[str]:
    """At most three, and none that was `asked` just now."""
    found: dict[str, str] = {asked.strip().casefold(): ""}
    for line in _lines(answer):
        question = _bare(line)
        if 0 < len(question) <= QUESTION_CHARS and not question.endswith(":"):
            found.setdefault(question.casefold(), question)
    return list(found.values())[1 : MOST_QUESTIONS + 1]


def is_grounded(title: str, said: str) -> bool:
    """Whether its words are those of what was said, or nearly: what the smallest models make up is not."""
    words = {word.casefold() for word in _WORD.findall(said)}
    own = _WORD.findall(title.casefold())
    return bool(own) and all(any(_is_alike(one, word) for word in words) for one in own)


def _is_alike(one: str, other: str) -> bool:
    """As forms of a word are: they begin alike."""
    shorter, longer = sorted((one, other), key=len)
    common = next((at for at, char in enumerate(shorter) if longer[at] != char), len(shorter))
    return common >= 4 and common >= 0.7 * len(shorter) and len(longer) - len(shorter) <= 5


def _lines(answer: str) -> Sequence[str]:
    text = _FENCE.sub("", _BEFORE.sub("", _THOUGHTS.sub("", answer)))
    said = (line[:LINE_CHARS] for line in text.splitlines() if line.strip())
    return [line for line in map(_visible, islice(said, MOST_LINES)) if line.strip()]


def _visible(line: str) -> str:
    """Without what turns the direction of writing, joins or hides: it is one line among others' words."""
    return "".join(char for char in line if unicodedata.category(char) not in ("Cc", "Cf", "Co", "Cn", "Cs"))


def _bare(line: str) -> str:
    text = _MARKS.sub("", _LINK.sub(r"\1", _BULLET.sub("", line))).strip(_QUOTES)
    return " ".join(_LABEL.sub("", text).strip(_QUOTES).split())


def _cut(text: str, most: int) -> str:
    if len(text) <= most:
        return text
    start = text[:most]
    whole = start.rsplit(" ", 1)[0] if " " in start[most // 2 :] else start[: most - 1]
    return whole.rstrip(" ,;:–-") + "…"
