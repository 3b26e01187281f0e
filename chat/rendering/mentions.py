"""Where in its source a text names its definitions, and where it looks like HTML without being any.

For whoever puts several texts into one document of Markdown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from markdown import Markdown
from markdown.util import Registry

from chat.rendering.blocks import BlockParser
from chat.rendering.inline import TEXT_LIMIT, Bracket, InlineText, Item
from chat.rendering.links import find_target
from chat.rendering.nodes import Node
from chat.rendering.references import labels_in, normalize

Kind = Literal["footnote", "full", "collapsed", "shortcut", "address", "tag", "glued", "script"]
# What ends an address.
_GAP = re.compile(r"[\s<`\u3000-\u303f\uff00-\uff65]")
_TAG = re.compile(r"[A-Za-z/!?]")
_TAGS = re.compile(r"<(?=[A-Za-z/!?])")
# An address that other readers may follow, and we never do.
_SCRIPT = re.compile(r"\([ \t\n]*<?[ \t\n]*(?:javascript|vbscript|data|file):", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Mention:
    """Of a reference `[words][label]`, `start` is where its label's bracket is; of a shortcut, its own.

    `tag`: a `<` that HTML could begin with; `glued` is one right behind an address, of which what is put
    between would be a part. `address`: one without marks that ends at a tag. `script`: the parenthesis of a
    link that is none here, and runs something elsewhere.
    """

    kind: Kind
    start: int
    end: int
    # Of a reference that has no label of its own: its words.
    label: str = ""


class Mentions(InlineText):
    """Not for use by two threads at once."""

    def __init__(self) -> None:
        md = Markdown()
        md.inlinePatterns, md.treeprocessors = Registry(), Registry()
        super().__init__(md)
        md.treeprocessors.register(self, "inline", 20)
        self._found: list[Mention] = []
        # Where the last one without marks begins and ends.
        self._address = (0, 0)

    def of(self, text: str) -> list[Mention]:
        """In their order, of the text of one block; `use` says what its document defines."""
        self._found, self._address = [], (0, 0)
        if len(text) > TEXT_LIMIT:  # nothing in it is read, by us
            return [Mention("tag", found.start(), found.end()) for found in _TAGS.finditer(text)]
        self._scan(text)
        self.md.htmlStash.reset()
        return sorted(self._found, key=lambda mention: mention.start)

    def _take(self, text: str, start: int, items: list[Item], brackets: list[Bracket]) -> int:
        bracket = brackets[-1] if brackets else None
        end = super()._take(text, start, items, brackets)
        char = text[start]
        if char == "[" and end > start + 1:
            self._found.append(Mention("footnote", start, end))
        elif char in "hHwW" and isinstance(items[-1], Element):
            self._address = (start, end)
        elif char == "<" and end == start + 1 and _TAG.match(text, end):
            self._note_tag(text, start)
        elif char == "]" and bracket and isinstance(items[-1], Element):
            self._note(text, bracket.after, start, end)
        elif char == "]" and bracket:
            self._note_script(text, text[bracket.after : start], end)
        return end

    def _note_tag(self, text: str, start: int) -> None:
        begun, end = self._address
        if end and not _GAP.search(text, end, start):
            has_room = begun == 0 or text[begun - 1] in " \t\n("
            if end < start or not has_room or text[begun] in "wW" or ">" in text[begun:end]:
                self._found.append(Mention("glued", start, start + 1))
                return
            self._found.append(Mention("address", begun, end))
        self._found.append(Mention("tag", start, start + 1))

    def _note_script(self, text: str, words: str, end: int) -> None:
        if _SCRIPT.match(text, end) and normalize(words) not in self.context.references:
            self._found.append(Mention("script", end, end + 1))

    def _note(self, text: str, after: int, closed: int, end: int) -> None:
        """A link, of which the words are `text[after:closed]`."""
        if find_target(text, closed + 1, "", {}):
            return  # it has its address with it
        label = text[after:closed]
        if end == closed + 1:
            self._found.append(Mention("shortcut", after - 1, end, label))
        elif end == closed + 3:
            self._found.append(Mention("collapsed", closed + 1, end, label))
        else:
            self._found.append(Mention("full", closed + 1, end))


class SourceParser(BlockParser):
    """Notes also what the blocks forget: where references are defined, and which fence was never closed."""

    def __init__(self) -> None:
        super().__init__()
        # Of each line with definitions: its number, its text, and where in that a label begins.
        self.definitions: list[tuple[int, str, int]] = []
        # The line that would close the fence that the text ends within.
        self.closing = ""

    def finish(self) -> None:
        if self.leaf and self.leaf.kind == "fence":
            self.closing = "".join(map(_continued, self.stack)) + self.leaf.marker
        super().finish()

    def _close_leaf(self) -> None:
        leaf = self.leaf
        lines = leaf.lines if leaf else []
        super()._close_leaf()
        if leaf and len(leaf.lines) < len(lines) and leaf.kind in ("paragraph", "void"):
            for line, column in labels_in(lines):
                self.definitions.append((leaf.start + line, lines[line], column))


def _continued(node: Node) -> str:
    """How a line begins that goes on with this container."""
    return "> " if node.kind == "quote" else " " * node.offset
