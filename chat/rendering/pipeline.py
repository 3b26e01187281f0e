"""Python-Markdown from tree to HTML: our blocks come before it, the sanitizer after. One per thread."""

from __future__ import annotations

import logging
from html import escape
from typing import cast
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.util import AtomicString, Registry

from chat.rendering.code import render_open_code
from chat.rendering.context import Context
from chat.rendering.inline import InlineText
from chat.rendering.nodes import Node
from chat.rendering.sanitize import sanitize
from chat.rendering.tree import TreeBuilder, code_of

logger = logging.getLogger(__name__)


class _Parley(Extension):
    """Keeps of Python-Markdown the registries, the tree, the stash and the serializer."""

    def extendMarkdown(self, md: Markdown) -> None:
        md.inlinePatterns = Registry()
        md.treeprocessors = Registry()
        md.treeprocessors.register(InlineText(md), "inline", 20)


class Pipeline:
    """Not for use by two threads at once."""

    def __init__(self) -> None:
        self._md = Markdown(extensions=[_Parley()], output_format="html")
        self._inline = cast(InlineText, self._md.treeprocessors["inline"])
        self._builder = TreeBuilder(self._md)

    def render_block(self, node: Node, context: Context) -> str:
        """One top-level block. On any error its text is shown plain: nobody's words may be lost."""
        if node.kind in ("void", "footnote"):
            return ""
        try:
            root = _fragment()
            self._builder.outline = context.outline
            self._builder.build(root, node)
            return self._finish(root, context)
        except Exception:
            self._md.reset()
            logger.exception("A block of kind %s could not be rendered", node.kind)
            return plain("\n".join(_lines(node)))

    def render_open_fence(self, node: Node, unfinished: str) -> str:
        """A code block as it is being written: escaped, not highlighted."""
        return sanitize(render_open_code(code_of(node) + unfinished, node.info)) + "\n"

    def render_plain(self, text: str) -> str:
        return plain(text)

    def render_footnotes(self, context: Context) -> str:
        """The notes that were referred to, also by other notes, each with the ways back."""
        if not context.used:
            return ""
        try:
            root = _fragment()
            self._notes(root, context)
            return self._finish(root, context)
        except Exception:
            logger.exception("Footnotes could not be rendered")
            self._md.reset()
            return "".join(plain("\n".join(_lines(context.footnotes[label]))) for label in context.used)

    def _notes(self, root: Element, context: Context) -> None:
        attributes = {"class": "footnotes", "role": "doc-endnotes", "aria-labelledby": "say-notes"}
        notes = SubElement(SubElement(root, "section", attributes), "ol")
        self._builder.outline = context.outline
        self._inline.use(context)
        done = 0
        while done < len(context.used):  # a note may refer to further notes
            self._note(notes, list(context.used)[done], done + 1, context)
            done += 1
        for number, (note, uses) in enumerate(zip(notes, context.used.values(), strict=True), start=1):
            _add_ways_back(note, number, uses, context)

    def _note(self, notes: Element, label: str, number: int, context: Context) -> None:
        note = SubElement(notes, "li", {"id": context.element_id(f"fn-{number}")})
        self._builder.build_all(note, context.footnotes[label].children)
        self._inline.run(note)

    def _finish(self, root: Element, context: Context) -> str:
        self._inline.use(context)
        for processor in self._md.treeprocessors:
            processor.run(root)
        html = self._md.serializer(root)
        for postprocessor in self._md.postprocessors:
            html = postprocessor.run(html)
        self._md.reset()
        return sanitize(html) + "\n"


def plain(text: str) -> str:
    return sanitize(f'<pre class="plain">{escape(text)}</pre>') + "\n"


def _fragment() -> Element:
    root = Element("div")
    root.tag = None  # type: ignore[assignment]  # Python-Markdown writes the children alone
    return root


def _add_ways_back(note: Element, number: int, uses: int, context: Context) -> None:
    if not len(note) or note[-1].tag != "p":
        SubElement(note, "p")
    for use in range(1, uses + 1):
        href = "#" + context.element_id(f"fnref-{number}-{use}")
        link = Element("a", {"href": href, "role": "doc-backlink", "aria-labelledby": "say-back"})
        link.text = AtomicString("↩")
        _append_spaced(note[-1], link)


def _append_spaced(parent: Element, child: Element) -> None:
    if len(parent):
        parent[-1].tail = (parent[-1].tail or "") + " "
    elif parent.text:
        parent.text = AtomicString(parent.text + " ")
    parent.append(child)


def _lines(node: Node) -> list[str]:
    return node.lines + [line for child in node.children for line in _lines(child)]
