"""A CommonMark block parser that takes one line at a time, so that a stream knows which blocks are closed.

Python-Markdown's own needs the whole text, and reads lists, fences and quotes in ways of its own."""

from __future__ import annotations

from chat.rendering.containers import continues
from chat.rendering.leaves import continue_verbatim
from chat.rendering.lines import Cursor, to_lines
from chat.rendering.nodes import Node, Reference
from chat.rendering.openings import openings
from chat.rendering.references import take_definitions


class BlockParser:
    """Feed it lines; `root` holds the blocks, `settled` says how many of them can no longer change."""

    def __init__(self) -> None:
        self.root = Node("document")
        self.stack = [self.root]
        self.leaf: Node | None = None
        self.line_number = 0
        self.references: dict[str, Reference] = {}
        self.footnotes: dict[str, Node] = {}

    @property
    def settled(self) -> int:
        """How many top-level blocks are closed for good."""
        blocks = self.root.children
        if len(self.stack) == 1 and self.leaf is None:
            return len(blocks)
        count = len(blocks) - 1
        # A paragraph right after definitions may turn out to be the next term of the same list.
        if count and self.leaf is blocks[-1] and blocks[-2].kind == "definitions":
            count -= 1
        return max(0, count)

    def feed(self, line: str) -> None:
        """Takes the next whole line, without its line end."""
        self.line_number += 1
        cursor = Cursor(line)
        matched = self._match(cursor)
        if self.leaf is not None and matched == len(self.stack) and self.leaf.kind in ("fence", "math"):
            continue_verbatim(self, self.leaf, cursor)
        elif cursor.is_blank:
            self._blank(cursor, matched)
        else:
            self._text(cursor, self._open(cursor, matched))

    def finish(self) -> None:
        self.close_to(1)

    # What the openings use.

    def in_paragraph(self, matched: int) -> Node | None:
        """The open paragraph, when this line stands in the same containers as it."""
        return (
            self.leaf if self.leaf and self.leaf.kind == "paragraph" and matched == len(self.stack) else None
        )

    def close_to(self, depth: int) -> None:
        """Closes the open leaf, and the containers beyond `depth`."""
        self._close_leaf()
        del self.stack[depth:]

    def add(self, node: Node) -> Node:
        """Puts the block into the innermost container that may hold it."""
        node.start = node.start or self.line_number
        node.end = node.end or node.start
        allowed = {"list": "item", "definitions": "definition"}
        while (parent := self.stack[-1]).kind in allowed and node.kind not in (allowed[parent.kind], "term"):
            self.stack.pop()
        parent.children.append(node)
        return node

    def add_leaf(self, node: Node) -> None:
        self.leaf = self.add(node)

    def add_container(self, node: Node) -> None:
        self.stack.append(self.add(node))

    # The three phases of a line.

    def _match(self, cursor: Cursor) -> int:
        """How many of the open containers this line goes on with; takes their markers off."""
        for depth, node in enumerate(self.stack):
            if not continues(node, cursor):
                return depth
        return len(self.stack)

    def _open(self, cursor: Cursor, matched: int) -> int:
        """Opens the blocks that begin on this line; returns -1 when one of them took the whole line."""
        while not cursor.is_blank:
            for start in openings(cursor):
                opened = start(self, cursor, matched)
                if opened == "leaf":
                    return -1
                if opened == "container":
                    matched = len(self.stack)
                    break
            else:
                break
        return matched

    def _text(self, cursor: Cursor, matched: int) -> None:
        if matched < 0 or cursor.is_blank:
            return
        text = cursor.rest.lstrip(" \t")
        if self._takes_text(matched):
            self._append(text)
        else:
            self.close_to(matched)
            self.add_leaf(Node("paragraph", lines=[text]))

    def _takes_text(self, matched: int) -> bool:
        """A paragraph goes on lazily, also outside its containers; a table does not."""
        leaf = self.leaf
        return leaf is not None and (
            leaf.kind == "paragraph" or (leaf.kind == "table" and matched == len(self.stack))
        )

    def _append(self, text: str) -> None:
        assert self.leaf is not None
        self.leaf.lines.append(text)
        self.leaf.end = self.line_number

    def _blank(self, cursor: Cursor, matched: int) -> None:
        if self.leaf is not None and self.leaf.kind == "indented" and matched == len(self.stack):
            cursor.drop(4)
            self.leaf.lines.append(cursor.rest)
        else:
            self.close_to(matched)

    def _close_leaf(self) -> None:
        leaf, self.leaf = self.leaf, None
        if leaf is None:
            return
        if leaf.kind == "math" and not leaf.info:  # never closed, so never a formula
            leaf.kind = "paragraph"
        if leaf.kind == "paragraph":
            leaf.lines = take_definitions(leaf.lines, self.references)
            leaf.kind = "paragraph" if leaf.lines else "void"
        elif leaf.kind == "indented":
            while not leaf.lines[-1].strip():
                leaf.lines.pop()


def parse(text: str) -> BlockParser:
    parser = BlockParser()
    for line in to_lines(text):
        parser.feed(line)
    parser.finish()
    return parser
