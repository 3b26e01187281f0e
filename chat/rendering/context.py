"""What a block needs to know of its document: references, footnotes, headings, the prefix of ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from chat.rendering.nodes import Node, Reference


@dataclass(slots=True)
class Context:
    """One rendering of one document. Footnotes are numbered in the order of their first mention."""

    prefix: str = ""
    references: Mapping[str, Reference] = field(default_factory=dict)
    footnotes: Mapping[str, Node] = field(default_factory=dict)
    used: dict[str, int] = field(default_factory=dict)
    """Footnotes referred to, with how often."""

    outline: list[int] = field(default_factory=list)
    """Levels, as they were written, of the headings that the next one may stand under."""

    def element_id(self, name: str) -> str:
        return f"{self.prefix}-{name}" if self.prefix else name
