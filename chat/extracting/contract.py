"""What comes out of a file, and how reading one fails."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, Protocol

Unit = Literal["", "page", "sheet", "slide", "chapter"]
Problem = Literal[
    "protected",
    "scanned",
    "empty",
    "damaged",
    "packed",
    "too_large",
    "too_long",
    "too_wide",
    "lost",
    "failed",
]


class Unreadable(Exception):
    """Nothing can be given of it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem)
        self.problem: Problem = problem


@dataclass(slots=True)
class Told:
    """What a reader tells of a document while it reads: how many pages, sheets or slides it has."""

    unit: Unit = ""
    count: int | None = None


class Reader(Protocol):
    """Reads a document, a piece of Markdown at a time; whoever asks may stop at any of them.

    Raises Unreadable; whatever else is raised counts as damage.
    """

    def __call__(self, file: BinaryIO, told: Told) -> Iterator[str]: ...


@dataclass(frozen=True, slots=True)
class Extracted:
    """`body` is UTF-8 of a document, or a picture, which then has a type and a size in pixels."""

    body: bytes = b""
    unit: Unit = ""
    count: int | None = None
    is_cut: bool = False
    problem: Problem | Literal[""] = ""
    mime_type: str = ""
    width: int = 0
    height: int = 0
