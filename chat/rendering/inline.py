"""Inline Markdown in one pass from left to right, in time linear in the text.

Python-Markdown applies one pattern after another to the whole text, which is quadratic in the matches.
Here the patterns of its registry are tried only where one can begin."""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from chat.rendering.context import Context
from chat.rendering.emphasis import TAGS, Run, make_run, pair
from chat.rendering.hosts import host_of, mark_host
from chat.rendering.links import escape_ampersands, find_target, make_link
from chat.rendering.spans import SPANS, FootnoteMark, Span

TEXT_LIMIT = 100_000
"""Characters of one paragraph beyond which it is shown as it was written."""
MAX_NESTING = 16

_SPECIAL = re.compile(r"[\\`*_~!\[\]<&$\n]|(?<![A-Za-z0-9])(?:https?://|www\.)", re.IGNORECASE)
_RUN = re.compile(r"\*++|_++|~++")

Item = str | Element | Run


@dataclass(slots=True)
class Bracket:
    """A `[` or `![` that may yet begin a link; `index` is its place among the items."""

    index: int
    after: int
    is_image: bool


class InlineText(Treeprocessor):
    """Replaces the source text of each element by what it means."""

    def __init__(self, md: Markdown) -> None:
        super().__init__(md)
        self.context = Context()
        self.stashed_nodes: dict[
            str, Element
        ] = {}  # where Python-Markdown's patterns look; ours stash no nodes
        self._spans: dict[str, list[Span]] = {}
        for make in SPANS:
            span = make(md)
            md.inlinePatterns.register(span, make.__name__, 100)
            for char in make.CHARS:
                self._spans.setdefault(char, []).append(span)

    def run(self, root: Element) -> None:
        for element in list(root.iter()):
            if element.text and not isinstance(element.text, AtomicString):
                self.expand(element, element.text)

    def use(self, context: Context) -> None:
        self.context = context
        for spans in self._spans.values():
            for span in spans:
                if isinstance(span, FootnoteMark):
                    span.context = context

    def expand(self, element: Element, text: str) -> None:
        element.text = None
        if len(text) > TEXT_LIMIT:
            element.text = AtomicString(escape_ampersands(text))
            return
        _assemble(element, self._scan(text))

    def _scan(self, text: str) -> list[Item]:
        items: list[Item] = []
        brackets: list[Bracket] = []
        position = 0
        while match := _SPECIAL.search(text, position):
            start = match.start()
            if start > position:
                items.append(text[position:start])
            position = self._take(text, start, items, brackets)
        items.append(text[position:])
        return items

    def _take(self, text: str, start: int, items: list[Item], brackets: list[Bracket]) -> int:
        """Handles what begins at `start`; returns where it ends."""
        char = text[start]
        if char == "\n":
            _break_line(items)
        elif char in "*_~":
            end = _RUN.match(text, start).end()  # type: ignore[union-attr]
            items.append(make_run(text, start, end))
            return end
        elif char == "]":
            return self._close_bracket(text, start, items, brackets)
        elif found := self._try_spans(text, start):
            items.append(found[0])
            return found[1]
        elif char == "[" or text.startswith("![", start):
            end = start + 1 + (char == "!")
            brackets.append(Bracket(len(items), end, char == "!"))
            items.append(text[start:end])
            return end
        else:
            items.append(char)
        return start + 1

    def _try_spans(self, text: str, start: int) -> tuple[Element | str, int] | None:
        for span in self._spans.get(text[start], ()):
            if match := span.compiled_re.match(text, start):
                found, _, end = span.handleMatch(match, text)
                if found is not None and end is not None:
                    return found, end
        return None

    def _close_bracket(self, text: str, start: int, items: list[Item], brackets: list[Bracket]) -> int:
        bracket = brackets.pop() if brackets else None
        target = bracket and find_target(
            text, start + 1, text[bracket.after : start], self.context.references
        )
        if not bracket or not target:
            items.append("]")
            return start + 1
        link = make_link(target[0])
        _assemble(link, [_without_link(item) for item in items[bracket.index + 1 :]])
        if bracket.is_image:  # pictures are not loaded: fetching one could carry words of the chat away
            link.text = escape_ampersands(
                "".join(link.itertext()).replace("&amp;", "&").strip() or target[0].url
            )
            link[:] = []
            link.set("class", "remote")
            link.set("data-host", escape_ampersands(host_of(target[0].url)))
        else:
            mark_host(link, target[0].url)
            brackets.clear()  # no link within a link
        del items[bracket.index :]
        items.append(link)
        return target[1]


def _without_link(item: Item) -> Item:
    is_link = isinstance(item, Element) and item.tag == "a"
    return "".join(item.itertext()).replace("&amp;", "&") if is_link else item  # type: ignore[union-attr]


def _break_line(items: list[Item]) -> None:
    """Two spaces at a line's end break it; fewer are nothing."""
    if items and isinstance(last := items[-1], str):
        items[-1] = kept = last.rstrip(" ")
        if len(last) - len(kept) >= 2:
            items.append(Element("br"))
    items.append("\n")


def _assemble(parent: Element, items: list[Item]) -> None:
    """Builds the tree of the items, emphasis paired, text merged."""
    pair([item for item in items if isinstance(item, Run)])
    stack: list[tuple[Element, str]] = [(parent, "")]
    pending: list[str] = []
    for item in items:
        if isinstance(item, str):
            pending.append(item)
            continue
        if isinstance(item, Element):
            _flush(stack[-1][0], pending)
            stack[-1][0].append(item)
            continue
        for _ in item.closes:
            literal = stack[-1][1]
            if literal:
                pending.append(literal)
            else:
                _flush(stack[-1][0], pending)
            stack.pop()
        pending.append(item.char * item.left)
        for count in reversed(item.opens):
            if len(stack) > MAX_NESTING:
                pending.append(item.char * count)
                stack.append((stack[-1][0], item.char * count))
            else:
                _flush(stack[-1][0], pending)
                stack.append((SubElement(stack[-1][0], TAGS[item.char, count]), ""))
    _flush(parent, pending)


def _flush(element: Element, pending: list[str]) -> None:
    if not pending:
        return
    text = escape_ampersands("".join(pending))
    pending.clear()
    if len(element):
        element[-1].tail = (element[-1].tail or "") + text
    else:
        element.text = AtomicString((element.text or "") + text)
