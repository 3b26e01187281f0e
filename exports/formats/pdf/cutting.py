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
EMOJI = 20
"""Letters that one beyond Unicode's first plane counts for: each is a picture of its own."""
ITEMS = 200
"""Entries of one list: so does finding the next of them."""
_TOKEN = re.compile(r"<[^>]*>|[^<]+")
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
                yield from self._ended(token)
            else:
                self._begin(token)
        yield "".join(self._made)

    def _put(self, token: str) -> None:
        self._made.append(token)
        self._length += len(token)
        if not token.isascii():
            self._length += EMOJI * len(_BEYOND.findall(token))

    def _begin(self, token: str) -> None:
        name = _name(token)
        if name == "li" and self._open:
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
            self._open[-1].head = "".join(self._made[self._head :])

    def _ended(self, token: str) -> Iterator[str]:
        if not self._open or token[2:-1] in _INLINE or token == "</thead>":
            return
        if self._length > PIECE and self._may_part():
            yield self._part()
        elif token == "</li>" and not self._open[-1].entries % ITEMS:
            self._reopen(len(self._open) - 1)

    def _text(self, text: str) -> Iterator[str]:
        at = 0
        most = RUN // EMOJI if EMOJI * len(_BEYOND.findall(text)) > len(text) else RUN
        while self._run + len(text) - at > most:
            # Few letters stay together, and go on below.
            is_short = self._run and len(text) - at <= SHORT
            end = at if is_short else _end(text, at, at + max(1, most - self._run))
            self._put(text[at:end])
            at, self._run = end, 0
            if self._length > PIECE and self._may_part():
                yield self._part()
            else:
                self._break()
        self._put(text[at:])
        self._run += len(text) - at

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


def _end(text: str, at: int, end: int) -> int:
    """Where a text may be cut, from `at` and at `end` at the latest: after a word, within no entity."""
    found = max(text.rfind("\n", at, end), text.rfind(" ", at, end)) + 1
    if found > at:
        return found
    entity = text.rfind("&", max(at, end - 12), end)
    if entity > at and ";" not in text[entity:end]:
        return entity
    return end
