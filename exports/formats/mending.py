"""Makes a message's Markdown fit to stand among others: what it means alone it means in the document too.

Most messages need nothing, so a few looks decide; what they leave in doubt is parsed. Nothing is known here
of what else the document holds, so the labels of a message get its number even if no other has the same.
"""

from __future__ import annotations

import re

from exports.formats.surgery import operated, trimmed

# A heading if they begin a line; behind a space, one within something else, or the end of one.
_SIGNS = re.compile(r"##{0,5}(?=[ \t\n]|\Z)")
_UNDERLINE = re.compile(r"\n[ \t>]*+[-=]++[ \t]*+(?:\n|\Z)")
# What may be a definition, or a link that runs something.
_BRACKET = re.compile(r"\](?::|\([ \t\n]*+<?[ \t\n]*+(?:javascript|vbscript|data|file):)", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z/!?]")
LOWEST = 6


class Outline:
    """The levels of a text's headings as it wrote them; below the message's own none is skipped."""

    def __init__(self, level: int) -> None:
        self._level = level
        self._open: list[int] = []

    def mark(self, written: int) -> str:
        """The signs of the next heading, which was written at that level."""
        while self._open and self._open[-1] >= written:
            self._open.pop()
        self._open.append(written)
        return "#" * min(LOWEST, self._level + len(self._open))


class Mender:
    """For texts of one document: above each is a heading of that level, and bare code is in `language`."""

    def __init__(self, level: int, language: str = "") -> None:
        self._level = level
        self._language = language

    def mended(self, text: str, prefix: str) -> str:
        """The text without blank lines around it, its labels beginning with `prefix`, as no other's do.

        It has no control characters.
        """
        parts = _simple_parts(text, self._language)
        if parts is not None and "#" in text:
            parts = _with_headings(parts, Outline(self._level))
        if parts is None:
            return operated(text, prefix, self._language, Outline(self._level).mark)
        return trimmed("```".join(parts) if len(parts) > 1 else parts[0])


def _simple_parts(text: str, language: str) -> list[str] | None:
    """What is outside and inside of blocks of code, in turns; None: it has to be parsed to know."""
    if "~" in text and "~~~" in text:
        return None
    if "`" not in text or "```" not in text:
        return None if _needs_care(text) else [text]
    parts = text.split("```")
    if len(parts) % 2 == 0 or not _are_fenced(parts) or _needs_care("\n".join(parts[::2])):
        return None
    return None if language and any(part[0] == "\n" for part in parts[1::2]) else parts


def _are_fenced(parts: list[str]) -> bool:
    """Whether each piece of code stands in lines of its own, and has no signs that could be a fence."""
    for code in parts[1::2]:
        info, newline, _rest = code.partition("\n")
        if not newline or code[-1] != "\n" or "`" in info:
            return False
    first, *others = parts[::2]
    if first and first[-1] != "\n":
        return False
    return all(part[:1] == "\n" and part[-1] == "\n" for part in others[:-1]) and others[-1][:1] in ("", "\n")


def _needs_care(text: str) -> bool:
    """Whether there may be something in it, outside of blocks of code, that means more than itself.

    One character is found ten times as quickly as two, so that is looked for first.
    """
    if "[" in text and (_BRACKET.search(text) or ("\\" in text and "\\[" in text)):
        return True
    if "$" in text and "$$" in text:
        return True
    if "<" in text and _TAG.search(text):
        return True
    if "-" not in text and "=" not in text:
        return False
    return any(
        text[found.start() - 1 : found.start()] not in ("", "\n") for found in _UNDERLINE.finditer(text)
    )


def _with_headings(parts: list[str], outline: Outline) -> list[str] | None:
    """With the signs of the document; None where signs are within something."""
    for place, part in enumerate(parts[::2]):
        pieces, done = [], 0
        for found in _SIGNS.finditer(part):
            start, end = found.span()
            before = part[start - 1] if start else "\n"
            if before == "\n":
                pieces += [part[done:start], outline.mark(end - start)]
                done = end
            elif before in " \t>:":
                return None
        if done:
            parts[2 * place] = "".join([*pieces, part[done:]])
    return parts
