"""The typed blocks of a document, as the block parser leaves them. Inline text in them is still source."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal[
    "document", "quote", "list", "item", "definitions", "definition", "footnote",
    "paragraph", "term", "heading", "rule", "fence", "indented", "math", "table", "void",
]  # fmt: skip
Opened = Literal["no", "leaf", "container"]
"""What a line has opened: a leaf takes all of it, a container leaves the rest to be looked at."""
Align = Literal["left", "right", "center", ""]


@dataclass(slots=True, eq=False)
class Node:
    """One block. A container has children, a leaf has lines."""

    kind: Kind
    start: int = 0
    """Number of its first line."""
    end: int = 0
    """Number of its last line that is not blank (leaves only)."""
    children: list[Node] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    marker: str = ""
    """The list's bullet or delimiter, the fence's characters, the opening sign of a formula."""
    number: int = 0
    """A heading's level, an ordered list's first number."""
    offset: int = 0
    """Columns that belong to a container or a fence rather than to what is in it."""
    info: str = ""
    """A fence's first word, a footnote's label."""
    aligns: list[Align] = field(default_factory=list)
    is_loose: bool | None = None
    """A list whose looseness was decided elsewhere, because only a part of it is here."""
    is_open: bool = False
    """A fence that is still being written."""

    def last_line(self) -> int:
        return max([self.end, self.start, *(child.last_line() for child in self.children[-1:])])


@dataclass(frozen=True, slots=True)
class Reference:
    """What `[label]: url "title"` defines."""

    url: str
    title: str = ""


def has_gap(nodes: list[Node]) -> bool:
    """Whether a blank line stands between two of these neighbours."""
    return any(after.start > before.last_line() + 1 for before, after in zip(nodes, nodes[1:], strict=False))


def is_loose(node: Node) -> bool:
    """Whether a list shows its items' paragraphs as paragraphs."""
    if node.is_loose is not None:
        return node.is_loose
    return has_gap(node.children) or any(has_gap(item.children) for item in node.children)
