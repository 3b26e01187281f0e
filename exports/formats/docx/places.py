"""Where blocks stand within a document, which is how they are set in and which style they have."""

from __future__ import annotations

from dataclasses import dataclass

# Twentieths of a point: what is nested deeper stands no further in, or there would be no room for it.
_MOST_LEFT = 4800
# What is in a quotation or a note stays in it, however deep.
_INHERITED = frozenset(["Quote", "FootnoteText"])


@dataclass(frozen=True, slots=True)
class Place:
    """Where blocks stand: how far in, in which list, and in which style their paragraphs are."""

    left: int = 0
    # Lists that it is in.
    level: int = 0
    style: str = ""
    # Whether nothing of the outermost list follows, so that it ends as a paragraph does.
    is_end: bool = False

    def deeper(self, step: int, *, level: int = 0, style: str = "") -> Place:
        return Place(min(_MOST_LEFT, self.left + step), level or self.level, style)

    @property
    def inner_style(self) -> str:
        return self.style if self.style in _INHERITED else ""

    @property
    def indent(self) -> str:
        return f'<w:ind w:left="{self.left}"/>' if self.left else ""


TOP = Place()
