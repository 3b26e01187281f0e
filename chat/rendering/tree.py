"""Blocks to Python-Markdown's element tree. Text goes in as source, finished HTML through its stash."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.util import AtomicString

from chat.rendering.code import render_code, render_open_code
from chat.rendering.maths import render_maths
from chat.rendering.nodes import Align, Node, is_loose
from chat.rendering.tables import split_row

TASK = re.compile(r"\[[ xX]\][ \t]")


class TreeBuilder:
    """Builds the elements of one block after another, into a parent."""

    def __init__(self, md: Markdown) -> None:
        self.md = md
        self.outline: list[int] = []
        """Of the document that is being built."""
        self._builders: dict[str, Callable[[Element, Node], None]] = {
            "quote": self._quote,
            "list": self._list,
            "definitions": self._definitions,
            "paragraph": self._paragraph,
            "heading": self._heading,
            "rule": lambda parent, node: parent.append(Element("hr")),
            "fence": self._code,
            "indented": self._code,
            "math": self._math,
            "table": self._table,
        }

    def build(self, parent: Element, node: Node) -> None:
        """Footnotes and definitions of references show elsewhere, so they build nothing."""
        if builder := self._builders.get(node.kind):
            builder(parent, node)

    def build_all(self, parent: Element, nodes: list[Node]) -> None:
        for node in nodes:
            self.build(parent, node)

    def _stash(self, parent: Element, html: str) -> None:
        holder = Element("p")  # Python-Markdown unwraps the placeholder of a block
        holder.text = AtomicString(self.md.htmlStash.store(html))
        parent.append(holder)

    def _paragraph(self, parent: Element, node: Node) -> None:
        SubElement(parent, "p").text = _text(node)

    def _heading(self, parent: Element, node: Node) -> None:
        """The page has its own h1 and h2; from there on no level is skipped, as models love to do."""
        while self.outline and self.outline[-1] >= node.number:
            self.outline.pop()
        self.outline.append(node.number)
        SubElement(parent, f"h{min(6, len(self.outline) + 2)}").text = _text(node)

    def _quote(self, parent: Element, node: Node) -> None:
        self.build_all(SubElement(parent, "blockquote"), node.children)

    def _list(self, parent: Element, node: Node) -> None:
        is_ordered = node.marker in ".)"
        element = SubElement(parent, "ol" if is_ordered else "ul")
        if is_ordered and node.number != 1:
            element.set("start", str(node.number))
        loose = is_loose(node)
        for item in node.children:
            self._item(SubElement(element, "li"), item.children, loose=loose)

    def _item(self, parent: Element, blocks: list[Node], *, loose: bool) -> None:
        is_task = bool(blocks) and blocks[0].kind == "paragraph" and bool(TASK.match(blocks[0].lines[0]))
        if is_task:
            _add_checkbox(parent, is_done=blocks[0].lines[0][1] != " ")
        for index, block in enumerate(blocks):
            if block.kind != "paragraph":
                self.build(parent, block)
                continue
            piece = SubElement(parent, "p")
            if not loose:
                piece.tag = None  # type: ignore[assignment]  # Python-Markdown's way to write text without a tag
            piece.text = _text(block)[3:].lstrip(" \t") if is_task and index == 0 else _text(block)

    def _definitions(self, parent: Element, node: Node) -> None:
        element = SubElement(parent, "dl")
        for child in node.children:
            if child.kind == "term":
                SubElement(element, "dt").text = _text(child)
            else:
                self._item(
                    SubElement(element, "dd"), child.children, loose=is_loose(Node("list", children=[child]))
                )

    def _code(self, parent: Element, node: Node) -> None:
        show = render_open_code if node.is_open else render_code
        self._stash(parent, show(code_of(node), node.info))

    def _math(self, parent: Element, node: Node) -> None:
        source = "\n".join(node.lines)[2:-2].strip()
        self._stash(parent, f'<div class="maths">{render_maths(source, display=True)}</div>')

    def _table(self, parent: Element, node: Node) -> None:
        frame = SubElement(
            parent,
            "div",
            {"class": "table", "tabindex": "0", "role": "region", "aria-labelledby": "say-table"},
        )
        table = SubElement(frame, "table")
        header, *rows = node.lines
        _row(SubElement(table, "thead"), "th", split_row(header), node.aligns)
        if rows:
            body = SubElement(table, "tbody")
            for row in rows:
                _row(body, "td", split_row(row), node.aligns)


def _add_checkbox(item: Element, *, is_done: bool) -> None:
    item.set("class", "task-item")
    label = "say-done" if is_done else "say-open"
    box = SubElement(
        item, "input", {"type": "checkbox", "class": "task", "disabled": "", "aria-labelledby": label}
    )
    if is_done:
        box.set("checked", "")


def _row(parent: Element, tag: str, cells: list[str], aligns: list[Align]) -> None:
    """A short row gets one wide empty cell: padding each row would let a wide header multiply the work."""
    row = SubElement(parent, "tr")
    for cell, align in zip(cells, aligns, strict=False):
        element = SubElement(row, tag, {"scope": "col"} if tag == "th" else {})
        if align:
            element.set("align", align)
        element.text = cell
    if missing := max(0, len(aligns) - len(cells)):
        SubElement(row, tag, {"colspan": str(missing)} if missing > 1 else {})


def _text(node: Node) -> str:
    return "\n".join(node.lines).rstrip(" \t")


def code_of(node: Node) -> str:
    return "".join(f"{line}\n" for line in node.lines)
