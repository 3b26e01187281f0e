"""The open end of a stream: parsed and rendered anew each time, but no more of it than can have changed."""

from __future__ import annotations

from chat.rendering.blocks import BlockParser
from chat.rendering.context import Context
from chat.rendering.document import pipeline
from chat.rendering.nodes import Node, is_loose


class Tail:
    """Renders what follows the settled blocks. Keeps the HTML of an open list's finished items."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._kept: tuple[Node | None, int, bool] = (None, 0, False)
        self._kept_html = ""
        self._kept_outline: list[int] = []

    def render(self, parser: BlockParser, lines: list[str], unfinished: str, outline: list[int]) -> str:
        """`lines` are the last that the parser has read, back to the first block that is not settled.

        `outline` is that of the settled blocks.
        """
        block = parser.root.children[-1] if parser.root.children else None
        leaf = parser.leaf
        if leaf is not None and leaf is block and leaf.kind == "fence":
            return pipeline().render_open_fence(leaf, "" if _may_close(leaf, unfinished) else unfinished)
        if block is not None and block.kind == "list" and len(parser.stack) > 1 and len(block.children) > 1:
            return self._render_list(parser, block, lines, unfinished, outline)
        return self._join(_read_on(parser, lines, unfinished), outline)

    def _join(self, parser: BlockParser, outline: list[int]) -> str:
        context = Context(self._prefix, parser.references, parser.footnotes, outline=[*outline])
        return "".join(pipeline().render_block(block, context) for block in parser.root.children)

    def _render_list(
        self, parser: BlockParser, block: Node, lines: list[str], unfinished: str, outline: list[int]
    ) -> str:
        *finished, last = block.children
        end = _read_on(parser, lines[last.start - parser.line_number - 1 :], unfinished)
        rest = end.root.children[0]
        rest.is_loose = is_loose(Node("list", children=finished + rest.children))
        head, reached = self._finished(parser, block, finished, loose=rest.is_loose, outline=outline)
        tag = head[1:3]
        tail = self._join(end, reached)
        if not tail.startswith(f"<{tag}"):
            return self._join(_read_on(parser, lines, unfinished), outline)
        return head.removesuffix(f"</{tag}>\n") + tail[tail.index(">") + 1 :]

    def _finished(
        self, parser: BlockParser, block: Node, items: list[Node], *, loose: bool, outline: list[int]
    ) -> tuple[str, list[int]]:
        """The HTML of the list's finished items, and the outline after them."""
        key = (block, len(items), loose)
        if self._kept != key:
            shown = Node("list", children=items, marker=block.marker, number=block.number, is_loose=loose)
            context = Context(self._prefix, parser.references, parser.footnotes, outline=[*outline])
            self._kept, self._kept_html = key, pipeline().render_block(shown, context)
            self._kept_outline = context.outline
        return self._kept_html, self._kept_outline


def _read_on(parser: BlockParser, lines: list[str], unfinished: str) -> BlockParser:
    """A parser of these last lines and of the unfinished one; the stream's own must not see half a line."""
    tail = BlockParser()
    tail.line_number = parser.line_number - len(lines)
    tail.references.update(parser.references)
    tail.footnotes.update(parser.footnotes)
    for line in lines:
        tail.feed(line)
    if unfinished:
        tail.feed(unfinished)
    if tail.leaf is not None:
        tail.leaf.is_open = True
    tail.finish()
    return tail


def _may_close(fence: Node, line: str) -> bool:
    """Whether this beginning of a line may become the fence's end; shown as code it would flash."""
    return not line.strip(" \t").strip(fence.marker[0])
