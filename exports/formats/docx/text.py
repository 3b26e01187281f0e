"""Text as XML takes it, and as Word sets it: which way it runs, and which script needs a font of its own."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

Script = Literal["", "rtl", "arabic", "hebrew", "korean", "japanese", "chinese", "emoji", "complex"]

# What XML 1.0 has no place for: a single one, and Word opens nothing of the document.
_UNFIT = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_RTL = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff"
_LTR_LETTER = rf"[^\W\d_{_RTL}]"
# Nobody writes so much without a mark or a line end in it; its pieces would fill the memory.
_LONGEST = 50_000
# Latin, Greek and Cyrillic letters, marks, signs and arrows; no emoji is among them.
_SIMPLE = re.compile("[\x20-\u058f\u1e00-\u22ff]*")
_FIRST_RTL = "\u0590"
_HAS_RTL = re.compile(f"[{_RTL}]")
_HEBREW = re.compile("[\u0590-\u05ff\ufb1d-\ufb4f]")
_KANA = re.compile("[\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f]")
# From the first to the last letter of one direction, with the signs and blanks between them.
_RTL_STRETCH = re.compile(rf"[{_RTL}](?:[\W\d_{_RTL}]*[{_RTL}])?")
_LTR_STRETCH = re.compile(rf"{_LTR_LETTER}(?:[^{_RTL}]*(?:{_LTR_LETTER}|\d))?")
_EMOJI = (
    "\U0001f000-\U0001faff\u231a\u231b\u23e9-\u23f3\u2614\u2615\u2648-\u2653\u26a1\u26bd\u26c4"
    "\u2705\u2728\u274c\u2753\u2757\u2764\u2b50"
)
_SCRIPTS = re.compile(
    f"(?P<emoji>[{_EMOJI}][{_EMOJI}\ufe0f\u200d\u2640\u2642\U000e0020-\U000e007f]*)"
    "|(?P<korean>[\u1100-\u11ff\u3130-\u318f\uac00-\ud7af]+)"
    "|(?P<chinese>[\u2e80-\u312f\u31a0-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]+)"
    "|(?P<complex>[\u0900-\u109f\u1780-\u17ff\u1a20-\u1aad]+)"
)


def fit(text: str) -> str:
    """The text without what no XML can hold."""
    return text if text.isascii() and text.isprintable() else _UNFIT.sub("", text)


def safe(text: str) -> str:
    """The text as an element holds it."""
    return escaped(fit(text))


def escaped(text: str) -> str:
    """What is fit already, as an element holds it."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def quoted(text: str) -> str:
    """The text as an attribute holds it, in one line."""
    return safe(" ".join(text.split())).replace('"', "&quot;")


def is_simple(text: str) -> bool:
    """Whether one font has all of it, and one direction."""
    return text.isascii() or _SIMPLE.fullmatch(text) is not None


def direction_of(text: str) -> bool | None:
    """Whether its first letter runs from right to left; None where it has no letter."""
    first = next(filter(str.isalpha, text), "")
    if not first:
        return None
    return first >= _FIRST_RTL and _HAS_RTL.match(first) is not None


def scripts_of(text: str, *, is_rtl: bool) -> Iterator[tuple[Script, str]]:
    """The text in pieces, each with the script whose font and direction it needs.

    Blanks and signs between two words run as these do; elsewhere they run as the paragraph does.
    """
    if len(text) > _LONGEST:
        yield "rtl" if is_rtl else "", text
        return
    if not is_rtl and (text.isascii() or not _HAS_RTL.search(text)):
        yield from _fonts_of(text)
        return
    at = 0
    for match in (_LTR_STRETCH if is_rtl else _RTL_STRETCH).finditer(text):
        yield from _directed(text[at : match.start()], is_rtl=is_rtl)
        yield from _directed(match[0], is_rtl=not is_rtl)
        at = match.end()
    yield from _directed(text[at:], is_rtl=is_rtl)


def _directed(text: str, *, is_rtl: bool) -> Iterator[tuple[Script, str]]:
    if not is_rtl:
        yield from _fonts_of(text)
    elif text:
        is_neutral = not _HAS_RTL.search(text)
        yield "rtl" if is_neutral else "hebrew" if _HEBREW.search(text) else "arabic", text


def _fonts_of(text: str) -> Iterator[tuple[Script, str]]:
    at = 0
    for match in () if text.isascii() else _SCRIPTS.finditer(text):
        if match.start() > at:
            yield "", text[at : match.start()]
        yield _script(match), match[0]
        at = match.end()
    if at < len(text):
        yield "", text[at:]


def _script(match: re.Match[str]) -> Script:
    match match.lastgroup:
        case "emoji":
            return "emoji"
        case "korean":
            return "korean"
        case "complex":
            return "complex"
        case _:
            return "japanese" if _KANA.search(match[0]) else "chinese"
