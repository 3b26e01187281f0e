"""Markdown as the words that a person reads, without what only dresses them: quick, for a piece of a text.

It is not the renderer: where a piece begins or ends within something, or in rare constructs, a sign stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape
from itertools import groupby

_FENCE = re.compile(r"[ \t>]*(?:[-*+][ \t]+|\d+[.)][ \t]+)?(?:`{3,}|~{3,})[^`]*$")
_FENCES = re.compile(_FENCE.pattern, re.MULTILINE)
_RULE = re.compile(r" {0,3}(?:([-*_])(?:[ \t]*\1){2,}|=+)[ \t]*$")
_DELIMITERS = re.compile(r"[ \t>]*\|?(?:[ \t]*:?-+:?[ \t]*\|)+(?:[ \t]*:?-+:?[ \t]*)?$")
_QUOTE = re.compile(r"^ {0,3}(?:>[ \t]?)+")
_HEADING = re.compile(r" {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_BULLET = re.compile(r"[ \t]*[-*+][ \t]+")
_TASK = re.compile(r"[ \t]*[-*+][ \t]+\[([ xX])\][ \t]+")
_FOOTNOTE = re.compile(r"^ {0,3}\[\^[^\]\s]+\]:[ \t]*")
_BAR = re.compile(r"(?<!\\)\|")
# Code is shown without its signs; a formula as it is, since what its signs mean is what it says.
_LITERAL = re.compile(
    r"(?<!`)(?P<ticks>`+)(?!`)(?P<code>.+?)(?<!`)(?P=ticks)(?!`)"
    r"|(?P<formula>\$\$[^$]+\$\$|(?<![\w$])\$(?=[^\s$])[^$\n]*?[^\s$]\$(?![\w$]))",
    re.DOTALL,
)
# A sign behind a backslash is that sign: it waits among characters that nobody uses.
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_HIDDEN = 0xF8000
_FREED = re.compile(f"[{chr(_HIDDEN)}-{chr(_HIDDEN + 0x7F)}]")
_TARGET = r"\([ \t]*<?([^\s()<>]*(?:\([^\s()]*\)[^\s()<>]*)*)>?(?:[ \t]+(?:\"[^\"]*\"|'[^']*'))?[ \t]*\)"
_LINK = re.compile(rf"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]{_TARGET}")
_NOTE = re.compile(r"(?<=\S)\[\^[^\[\]\s]+\]")
_ADDRESS = re.compile(r"<((?:https?|mailto):[^\s<>]+|[^\s<>@]+@[^\s<>@]+)>")
# No more than a paragraph, and never over a sign of its own kind: so that it is looked at once.
_EMPHASIS = tuple(
    re.compile(pattern.replace("LINE", r"\n(?![ \t]*\n)"))
    for pattern in (
        r"\*\*\*(?=\S)((?:[^*\n]|LINE)+?)(?<=\S)\*\*\*",
        r"(?<!\*)\*\*(?=[^\s*])((?:[^*\n]|LINE|(?<!\*)\*(?!\*))+?)(?<=[^\s*])\*\*(?!\*)",
        r"~~(?=\S)((?:[^~\n]|LINE)+?)(?<=\S)~~",
        r"(?<!\*)\*(?=[^\s*])((?:[^*\n]|LINE)+?)(?<=[^\s*])\*(?!\*)",
        *(
            rf"(?<!\w){signs}(?=[^\s_])((?:[^_\n]|LINE|(?<=[^\W_])_+(?=[^\W_]))+?)(?<=[^\s_]){signs}(?!\w)"
            for signs in ("___", "__", "_")
        ),
    )
)
_BREAK = re.compile(r"<br[ \t]*/?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|\w{2,31});")


def is_in_code(before: str) -> bool:
    """Whether what follows `before` is within a block of code."""
    return len(_FENCES.findall(before)) % 2 == 1


def plain_text(
    source: str, *, in_code: bool = False, keeps: Callable[[str], bool] = lambda _url: False
) -> str:
    """The words of Markdown, in lines; `in_code`: it begins within a block of code.

    Of a link its words stay, and of those whose address is to be kept also that.
    """
    lines = _marked_lines(source.split("\n"), in_code=in_code)
    pieces = []
    for is_code, group in groupby(lines, key=lambda line: line[0]):
        text = "\n".join(text for _is_code, text in group)
        pieces.append(text if is_code else _inline(text, keeps))
    return "\n".join(pieces)


def _marked_lines(lines: list[str], *, in_code: bool) -> Iterator[tuple[bool, str]]:
    """The lines with what they are known by taken off, and of each whether it is code."""
    in_table = False
    for number, line in enumerate(lines):
        if _FENCE.match(line):
            in_code, in_table = not in_code, False
        elif in_code:
            yield True, line
        elif _DELIMITERS.match(line):
            in_table = True
        elif not _RULE.match(line):
            follows = number + 1 < len(lines) and _DELIMITERS.match(lines[number + 1])
            in_table = in_table and "|" in line
            yield False, _cells(line) if in_table or follows or _is_row(line) else _bare(line)


def _is_row(line: str) -> bool:
    """Of a table of which the head may be out of sight."""
    line = line.strip()
    return len(line) > 2 and line.startswith("|") and line.endswith("|")


def _cells(line: str) -> str:
    cells = (cell.strip().replace(r"\|", "|") for cell in _BAR.split(line.strip().strip("|")))
    return " · ".join(cell for cell in cells if cell)


def _bare(line: str) -> str:
    line = _FOOTNOTE.sub("", _QUOTE.sub("", line))
    if heading := _HEADING.match(line):
        return heading[1]
    if task := _TASK.match(line):
        return f"{'☐' if task[1] == ' ' else '☑'} {line[task.end() :]}"
    return _BULLET.sub("• ", line, count=1) if _BULLET.match(line) else line


def _inline(text: str, keeps: Callable[[str], bool]) -> str:
    # What is literal is hidden from what follows, so that links and emphasis reach over it.
    hidden = _LITERAL.sub(lambda one: _hide(one["code"] or one["formula"]), text)
    return _FREED.sub(lambda one: chr(ord(one[0]) - _HIDDEN), _undressed(hidden, keeps))


def _hide(literal: str) -> str:
    return "".join(chr(ord(char) + _HIDDEN) if char in "!&*<>[]\\_`~|()" else char for char in literal)


def _undressed(text: str, keeps: Callable[[str], bool]) -> str:
    text = _ESCAPED.sub(lambda one: chr(ord(one[1]) + _HIDDEN), text)
    text = _ADDRESS.sub(r"\1", _NOTE.sub("", _BREAK.sub(" ", text)))
    for _depth in range(2):  # a picture may be a link
        text = _LINK.sub(lambda link: f"{link[1]} ({link[2]})" if keeps(link[2]) else link[1], text)
    for pattern in (*_EMPHASIS, *_EMPHASIS):  # one may be within another
        text = pattern.sub(r"\1", text)
    return _ENTITY.sub(lambda entity: unescape(entity[0]), text)
