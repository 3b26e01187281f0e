"""What a press makes: documents that are laid out, and where in them things are."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the outline: where it leads is a page of its sheaf from 0, and how high above its bottom."""

    label: str
    page: int
    height: float
    marks: tuple[Mark, ...] = ()

    @classmethod
    def of(cls, told: Any) -> Self:
        label, page, height, inner = told
        return cls(label, page, height, tuple(map(cls.of, inner)))


@dataclass(frozen=True, slots=True)
class Sheaf:
    """Pages that were laid out together, in a PDF of their own. By its name where each anchor is."""

    file: Path
    pages: int
    anchors: dict[str, tuple[int, float]]
    marks: tuple[Mark, ...]


@dataclass(slots=True)
class Job:
    """One document: laid out once `sheaf` is there, or `trouble` says why it cannot be."""

    name: str
    # What the caller knows it by.
    about: Any = None
    sheaf: Sheaf | None = None
    trouble: str = ""
    # A hand had it before, and ended.
    is_again: bool = False

    def take(self, told: Any, folder: Path) -> None:
        """What a hand says of it."""
        if trouble := told.get("error"):
            self.trouble = trouble
            return
        anchors = {name: (page, height) for name, (page, height) in told["anchors"].items()}
        marks = tuple(map(Mark.of, told["marks"]))
        self.sheaf = Sheaf(folder / f"{self.name}.pdf", told["pages"], anchors, marks)
