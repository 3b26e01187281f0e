"""Which texts are one emoji, and what people call it; the data are those of the package `emoji`."""

from __future__ import annotations

from functools import lru_cache

import emoji

# What a reaction mostly is, at hand before anybody searches.
COMMON = (
    *("👍", "👎", "❤️", "😂", "🎉", "🙏", "🤔", "👀"),
    *("🔥", "🚀", "✅", "❌", "👏", "💯", "😊", "😍"),
    *("😮", "😢", "😅", "🙌", "💡", "⭐", "🐛", "☕"),
)
MAX_FOUND = 48
_FULL = emoji.STATUS["fully_qualified"]
_TONES = frozenset("🏻🏼🏽🏾🏿")


def canonical(text: str) -> str | None:
    """The emoji as all of its spellings are kept; None for anything but exactly one emoji.

    "❤" and "❤️" look alike: the selector U+FE0F that tells them apart cannot be seen.
    """
    if len(text) > 20:  # the longest has 10 code points, and anybody can send anything
        return None
    known = emoji.EMOJI_DATA.get(text)
    if known is None:
        return None
    return text if known["status"] == _FULL else _full_spellings().get(_bare(text))


def name_of(text: str, language: str = "en") -> str:
    """What the emoji is called: “thumbs up”."""
    known = emoji.EMOJI_DATA.get(text, {})
    _load(language)
    return _words(str(known.get(language) or known.get("en") or text))


def search(query: str, language: str = "en") -> list[str]:
    """The emojis with names in which each word of `query` begins a word, best first."""
    _load(language)
    words = query.lower().split()
    if not words:
        return []
    found = [(rank, text) for text in _plain() if (rank := _rank(text, words, language)) is not None]
    return [text for _, text in sorted(found, key=lambda pair: pair[0])][:MAX_FOUND]


def _rank(text: str, words: list[str], language: str) -> tuple[int, int] | None:
    """How good a hit is; None for none. A name that is the query itself comes first, then short names."""
    known = emoji.EMOJI_DATA[text]
    names = [_words(name).lower() for name in {known["en"], known.get(language, ""), *known.get("alias", ())}]
    ranks = [(name != " ".join(words), len(name)) for name in names if _fits(name, words)]
    return min(ranks, default=None)


def _fits(name: str, words: list[str]) -> bool:
    parts = f" {name}"
    return all(f" {word}" in parts for word in words)


@lru_cache(maxsize=1)
def _plain() -> tuple[str, ...]:
    """One of each: without the shades of skin, and not yet those that few fonts have."""
    return tuple(
        text
        for text, known in emoji.EMOJI_DATA.items()
        if known["status"] == _FULL and known["E"] <= 15 and not _TONES & set(text)
    )


@lru_cache(maxsize=1)
def _full_spellings() -> dict[str, str]:
    return {_bare(text): text for text, known in emoji.EMOJI_DATA.items() if known["status"] == _FULL}


@lru_cache(maxsize=len(emoji.LANGUAGES))
def _load(language: str) -> None:
    if language in emoji.LANGUAGES:
        emoji.config.load_language(language)


def _bare(text: str) -> str:
    return text.replace("\ufe0f", "")


def _words(name: str) -> str:
    return name.strip(":").replace("_", " ").replace("-", " ")
