"""Makes a message's Markdown fit to stand among others: what it means alone it means in the document too.

Most messages need nothing, so a few looks decide; what they leave in doubt is parsed. Nothing is known here
of what else the document holds, so the labels of a message get its number even if no other has the same.
"""

from __future__ import annotations

import re

from exports.formats.surgery import operated, trimmed

# A heading if they begin a line; behind a space, one within something else, or the end of one.
_SIGNS = re.compile(r"##{0,5}(?=[ \t\n]|\Z)")
# Below a line that is not blank; of lines there are many, so first is asked whether one ends as this does.
_UNDERLINE = re.compile(r"\n(?<=[^\n]\n)[ \t>]*+[-=]++[ \t]*+(?=\n|\Z)")
_ENDS = {sign: re.compile(rf"{sign}[ \t]*+(?:\n|\Z)") for sign in "-="}
# What may be a definition, or a link that runs something.
_BRACKET = re.compile(r"\](?::|\([ \t\n]*+<?[ \t\n]*+(?:javascript|vbscript|data|file):)", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z/!?]")
# Finds three alike in two thirds of the time that `in` takes.
_FENCE = re.compile("```")
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
        is_fenced = "`" in text and _FENCE.search(text)
        made = self._around_code(text) if is_fenced else self._without_code(text)
        if made is None:
            return operated(text, prefix, self._language, Outline(self._level).mark)
        return trimmed(made)

    def _without_code(self, text: str) -> str | None:
        """None: it has to be parsed to know."""
        if _needs_care(text):
            return None
        return _with_headings(text, Outline(self._level)) if "#" in text else text

    def _around_code(self, text: str) -> str | None:
        """The same of a text with fences: what is between them stays."""
        parts = _FENCE.split(text)
        if not _are_fenced(parts, has_bare=not self._language):
            return None
        outside = parts[::2]
        if _needs_care("\n".join(outside)):
            return None
        if "#" not in text:
            return text
        outline = Outline(self._level)
        for place, part in enumerate(outside):
            if "#" in part:
                made = _with_headings(part, outline)
                if made is None:
                    return None
                parts[2 * place] = made
        return "```".join(parts)


def _are_fenced(parts: list[str], *, has_bare: bool) -> bool:
    """Whether each second piece is code in lines of its own, without signs that could be a fence.

    `has_bare`: it may be in no language.
    """
    if len(parts) % 2 == 0 or parts[0][-1:] not in ("", "\n"):
        return False
    last = len(parts) - 1
    for place in range(1, last, 2):
        code, after = parts[place], parts[place + 1]
        if code[-1:] != "\n" or ("`" in code and "`" in code.partition("\n")[0]):
            return False
        if (after[:1] != "\n" or after[-1] != "\n") and (place + 1 < last or after[:1] not in ("", "\n")):
            return False
        if code[0] == "\n" and not has_bare:
            return False
    return True


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
    if "~" in text and "~~~" in text:
        return True
    has_end = ("-" in text and _ENDS["-"].search(text)) or ("=" in text and _ENDS["="].search(text))
    return bool(has_end and _UNDERLINE.search(text))


def _with_headings(text: str, outline: Outline) -> str | None:
    """With the signs of the document; None where signs are within something."""
    pieces: list[str] = []
    done = 0
    for found in _SIGNS.finditer(text):
        start, end = found.span()
        before = text[start - 1] if start else "\n"
        if before == "\n":
            pieces += (text[done:start], outline.mark(end - start))
            done = end
        elif before in " \t>:":
            return None
    return "".join([*pieces, text[done:]]) if done else text
