"""Markdown that is still arriving: closed blocks are rendered once, only the open tail again and again."""

from __future__ import annotations

import time
from dataclasses import dataclass

from chat.rendering.blocks import BlockParser
from chat.rendering.context import Context
from chat.rendering.document import pipeline
from chat.rendering.lines import clean
from chat.rendering.tail import Tail

SHARE = 0.05
"""Of a core that one reply's tail may take: after a render that cost 1 ms the next waits 20 ms."""


@dataclass(frozen=True, slots=True)
class Update:
    """HTML of the blocks that closed since the last update, to be appended once; and the whole open tail."""

    settled: str
    tail: str


class MarkdownStream:
    """One text as it arrives. Used by one thread at a time."""

    def __init__(self, *, prefix: str = "") -> None:
        self.prefix = prefix
        self.tail_html = ""
        self.ready_at = 0.0
        self._heard: list[str] = []
        self._taken = 0
        self._is_dirty = False
        self._parser = BlockParser()
        self._lines: list[str] = []
        """The whole lines from `_first` on: those of the blocks that are not settled."""
        self._first = 1
        self._line = ""
        self._tail = Tail(prefix)
        self._settled: list[str] = []
        self._settled_blocks = 0
        self._outline: list[int] = []

    @property
    def settled_html(self) -> str:
        """The beginning of the whole text's HTML, unless there are references or footnotes in it."""
        return "".join(self._settled)

    @property
    def has_waiting(self) -> bool:
        """Whether something has come that no render has shown."""
        return self._is_dirty

    def feed(self, text: str) -> None:
        if text:
            self._heard.append(text)
            self._is_dirty = True

    def render(self, now: float) -> Update | None:
        """What changed since the last time; None when nothing did, or it is too early for the tail alone."""
        if not self._is_dirty:
            return None
        self._take()
        settled = self._settle()
        if not settled and now < self.ready_at:
            return None
        started = time.thread_time()
        self.tail_html = self._tail.render(self._parser, self._lines, self._line.rstrip("\r"), self._outline)
        self.ready_at = now + (time.thread_time() - started) / SHARE
        self._is_dirty = False
        return Update(settled, self.tail_html)

    def _take(self) -> None:
        """Parses the lines that are whole by now."""
        text = self._line + "".join(self._heard[self._taken :])
        self._taken = len(self._heard)
        # A carriage return that comes last may be half of a line end.
        half = "\r" if text.endswith("\r") else ""
        *lines, self._line = clean(text.removesuffix(half)).split("\n")
        self._line += half
        for line in lines:
            self._parser.feed(line)
        self._lines += lines

    def _settle(self) -> str:
        """Renders the blocks that closed, and forgets their lines."""
        blocks = self._parser.root.children
        count = self._parser.settled
        if count == self._settled_blocks:
            return ""
        context = Context(self.prefix, self._parser.references, self._parser.footnotes, outline=self._outline)
        html = "".join(
            pipeline().render_block(block, context) for block in blocks[self._settled_blocks : count]
        )
        self._settled_blocks = count
        first = blocks[count].start if count < len(blocks) else self._parser.line_number + 1
        del self._lines[: first - self._first]
        self._first = first
        if html:
            self._settled.append(html)
        return html
