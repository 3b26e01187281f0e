"""A very long message in pieces that can be laid out: one of a megabyte would take minutes, or all memory.

A piece begins a page. Within it, a block that goes on and on becomes several, and a long list several that
count on. Nothing is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

LONG = 20_000
"""Characters of HTML up to which an article stays as it is."""
PIECE = 120_000
"""The same after which a piece ends where it may, pictures apart: some 50 pages."""
RUN = 5_000
"""Letters of one block after which it is cut: finding its lines takes time that grows with the square."""
SHORT = 100
"""Letters between two tags that are not cut."""
TAG = 15
"""Letters that a tag within a block counts for."""
MATHML = 20
"""Characters of a formula that count for a letter."""
EMOJI = 20
"""Letters that one beyond Unicode's first plane counts for: each is a picture of its own."""
ITEMS = 200
"""Entries of one list: so does finding the next of them."""
HEAD = 5_000
"""Characters of a table's head up to which each piece has it."""
ENTITY = 12
"""Characters of the longest entity."""
_TOKEN = re.compile(r"<math\b.*?</math>|<[^>]*>|[^<]+", re.DOTALL)
_NAME = re.compile(r"</?([a-z0-9]+)")
_ONCE = re.compile(r' (?:id|data-label)="[^"]*"| style="counter-reset:[^"]*"')
_BEFORE = re.compile(r' style="counter-reset:list-item (-?\d+)"')
_BEYOND = re.compile("[\U00010000-\U0010ffff]")
_EMPTY = frozenset(["br", "wbr", "img", "hr", "input", "meta"])
_INLINE = frozenset(
    ["span", "a", "b", "i", "em", "strong", "code", "del", "s", "sup", "sub", "bdi", "q", "time", "mark"]
)
# A second one of these would be another cell, heading or label.
_WHOLE = frozenset(
    ["h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "tr", "thead", "dt", "summary", "figcaption", "header"]
)


def cut(html: str) -> list[str]:
    """The article as it is where it is short enough."""
    return list(_Cutter().pieces(html)) if len(html) > LONG else [html]


@dataclass(slots=True)
class _Open:
    """An element that is open. `entries`: how many a list has so far; `before`: the number before these."""

    name: str
    tag: str
    entries: int = 0
    before: int = 0
    head: str = ""

    def again(self, *, is_within: bool) -> str:
        """What opens it again. `is_within`: an entry of it is open as well."""
        tag = _ONCE.sub("", self.tag)
        if self.name == "ol":
            before = self.before + self.entries - is_within
            tag = f'{tag[:-1]} style="counter-reset:list-item {before}">'
        if self.name not in _INLINE:
            tag = tag.replace('class="', 'class="on ', 1) if 'class="' in tag else f'{tag[:-1]} class="on">'
        return tag + self.head


class _Cutter:
    def __init__(self) -> None:
        self._open: list[_Open] = []
        self._made: list[str] = []
        self._length = 0
        # Letters since a block began or ended.
        self._run = 0
        # Where the head of the table began that is being read.
        self._head = 0

    def pieces(self, html: str) -> Iterator[str]:
        for match in _TOKEN.finditer(html):
            token = match[0]
            if token[0] != "<":
                yield from self._text(token)
            elif token[1] == "/":
                self._close(token)
            elif token.endswith("</math>"):
                self._put(token)
                self._run += max(TAG, len(token) // MATHML)
            else:
                yield from self._before(_name(token))
                self._begin(token, _name(token))
        yield "".join(self._made)

    def _put(self, token: str) -> None:
        self._made.append(token)
        self._length += len(token)
        if not token.isascii():
            self._length += EMOJI * len(_BEYOND.findall(token))

    def _before(self, name: str) -> Iterator[str]:
        """It is cut before what begins: after what has ended there may be nothing but tags."""
        if name in _INLINE or name == "img":
            if self._run > RUN:
                yield from self._cut_line() if self._is_code() else self._cut()
        elif name not in _EMPTY and self._length > PIECE and self._may_part():
            yield self._part()
        elif name == "li" and (entries := self._open[-1].entries) and not entries % ITEMS:
            self._reopen(len(self._open) - 1)

    def _begin(self, token: str, name: str) -> None:
        if name == "li":
            self._open[-1].entries += 1
        self._put(token)
        # What a picture is made of is not laid out.
        self._length -= len(token) if name == "img" else 0
        self._run = self._run + TAG if name in _INLINE or name in _EMPTY else 0
        if name not in _EMPTY and not token.endswith("/>"):
            before = _BEFORE.search(token)
            self._open.append(_Open(name, token, before=int(before[1]) if before else 0))
        if name == "thead":
            self._head = len(self._made) - 1

    def _close(self, token: str) -> None:
        self._put(token)
        ended = self._open.pop()
        if ended.name not in _INLINE:
            self._run = 0
        if ended.name == "thead":
            head = "".join(self._made[self._head :])
            self._open[-1].head = head if len(head) <= HEAD else ""

    def _text(self, text: str) -> Iterator[str]:
        at = 0
        most = RUN // EMOJI if EMOJI * len(_BEYOND.findall(text)) > len(text) else RUN
        while self._run + len(text) - at > most and _goes_on(text, at):
            end = self._until(text, at, at + max(1, most - self._run))
            self._put(text[at:end])
            self._run += end - at
            at = end
            if _goes_on(text, at):
                yield from self._cut()
        if at < len(text):
            self._put(text[at:])
            self._run += len(text) - at

    def _until(self, text: str, at: int, end: int) -> int:
        """To where it stays together: few letters do, and code to the end of a line unless that is far."""
        if self._is_code():
            if line := text.rfind("\n", at, end) + 1 or text.find("\n", at, at + RUN) + 1:
                return line
            if self._run + len(text) - at <= 2 * RUN:
                return len(text)
        return at if self._run and len(text) - at <= SHORT else _end(text, at, end)

    def _is_code(self) -> bool:
        return any(one.name == "pre" for one in self._open)

    def _cut_line(self) -> Iterator[str]:
        """In code: where a line begins, unless that is far."""
        line, newline, indent = self._made[-1].rpartition("\n")
        if newline and not indent.strip():
            self._made[-1] = line + newline
            yield from self._cut()
            self._put(indent)
        elif self._run > 2 * RUN:
            yield from self._cut()

    def _cut(self) -> Iterator[str]:
        """Within a block."""
        self._run = 0
        if self._length > PIECE and self._may_part():
            yield self._part()
        else:
            self._break()

    def _may_part(self) -> bool:
        return not any(one.name in _WHOLE for one in self._open)

    def _part(self) -> str:
        """What there is, as a piece of its own; the next one begins with what is open."""
        self._made += (f"</{one.name}>" for one in reversed(self._open))
        piece = "".join(self._made)
        self._made, self._length = [], 0
        self._again(0)
        return piece

    def _break(self) -> None:
        """The block that is open, in two."""
        block = next((at for at in range(len(self._open) - 1, -1, -1) if self._is_block(at)), None)
        if block is None or self._open[block].name in _WHOLE:
            self._put("<wbr/>")
        else:
            self._reopen(block)

    def _is_block(self, at: int) -> bool:
        return self._open[at].name not in _INLINE

    def _reopen(self, at: int) -> None:
        for one in reversed(self._open[at:]):
            self._put(f"</{one.name}>")
        self._again(at)

    def _again(self, at: int) -> None:
        names = [one.name for one in self._open]
        for place, one in enumerate(self._open[at:], at):
            self._put(one.again(is_within=names[place + 1 : place + 2] == ["li"]))


def _name(token: str) -> str:
    found = _NAME.match(token)
    return found[1] if found else ""


def _goes_on(text: str, at: int) -> bool:
    """Whether more than a few blanks follow: these would be a page, or a box, with nothing in it."""
    return len(text) - at > SHORT or bool(text[at:].strip())


def _end(text: str, at: int, end: int) -> int:
    """Where a text may be cut, after `at` and about `end` at the latest: after a word, within no entity."""
    found = max(text.rfind("\n", at, end), text.rfind(" ", at, end)) + 1
    if found > at:
        return found
    entity = text.rfind("&", max(at, end - ENTITY), end)
    if entity < 0 or ";" in text[entity:end]:
        return end
    # It begins the text: the cut is behind it, since before it nothing would be gained.
    return entity if entity > at else text.find(";", at, at + ENTITY) + 1 or end
