"""Link reference definitions: `[label]: destination "title"`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from chat.rendering.nodes import Reference

_IN_PARENTHESES = r"\([^\s()]*+(?:\([^\s()]*+\)[^\s()]*+)*+\)"
_POINTED = r"<([^<>\n\\]*+(?:\\.[^<>\n\\]*+)*+)>"
_BARE = rf"([^\s<>()\\]*+(?:(?:\\.|{_IN_PARENTHESES})[^\s<>()\\]*+)*+)"
DESTINATION = f"(?:{_POINTED}|{_BARE})"
TITLE = r"(?:\"((?:[^\"\\]|\\.)*+)\"|'((?:[^'\\]|\\.)*+)'|\(((?:[^()\\]|\\.)*+)\))"
_DEFINITION = re.compile(
    rf"[ ]{{0,3}}\[((?:[^\[\]\\]|\\.){{1,999}}+)\]:[ \t]*\n?[ \t]*(?!$){DESTINATION}"
    rf"(?:[ \t]*(?:\n[ \t]*)?(?<=\s){TITLE}[ \t]*(?=\n|\Z)|[ \t]*(?=\n|\Z))",
    re.DOTALL,
)
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")


def plain(source: str) -> str:
    """A destination or title as it is meant: escapes and entities resolved."""
    return unescape(_ESCAPED.sub(r"\1", source))


def normalize(label: str) -> str:
    return " ".join(label.split()).casefold()


def take_definitions(lines: list[str], found: dict[str, Reference]) -> list[str]:
    """Moves the definitions that open a paragraph into `found` (a label's first); returns the lines left."""
    if not lines[0].startswith("["):
        return lines
    text = "\n".join(lines)
    position = 0
    for match in _definitions(text):
        label, pointed, bare, *titles = match.groups()
        found.setdefault(
            normalize(label), Reference(plain(pointed or bare or ""), plain(next(filter(None, titles), "")))
        )
        position = match.end() + 1
    return text[position:].split("\n") if position < len(text) else []


def labels_in(lines: list[str]) -> Iterator[tuple[int, int]]:
    """The labels of the definitions that open a paragraph: in which line and column of it each begins."""
    text = "\n".join(lines)
    line = begun = 0
    for match in _definitions(text):
        start = match.end(1) - len(match[1].lstrip())
        while start > begun + len(lines[line]):
            begun += len(lines[line]) + 1
            line += 1
        yield line, start - begun


def _definitions(text: str) -> Iterator[re.Match[str]]:
    position = 0
    while text.startswith("[", position) and (match := _DEFINITION.match(text, position)):
        label, pointed, bare, *_titles = match.groups()
        if not label.strip() or (pointed is None and not bare):
            break
        yield match
        position = match.end() + 1
