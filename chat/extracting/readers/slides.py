"""PowerPoint: what stands on each slide, from top to bottom, and the notes to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

import pptx
from pptx.exc import PackageNotFoundError

from chat.extracting.contract import Told, Unreadable
from chat.extracting.markup import heading, item, line, table


def read(file: BinaryIO, told: Told) -> Iterator[str]:
    try:
        presentation = pptx.Presentation(file)
    except PackageNotFoundError:
        raise Unreadable("damaged") from None
    told.unit, told.count = "slide", len(presentation.slides)
    for number, slide in enumerate(presentation.slides, 1):
        title = slide.shapes.title
        words = f": {line(title.text_frame.text)}" if title is not None else ""
        said = "".join(
            _shape(one) for one in _flat(slide.shapes) if title is None or one.shape_id != title.shape_id
        )
        notes = slide.notes_slide.notes_text_frame if slide.has_notes_slide else None
        if notes is not None and notes.text.strip():
            said += f"\nNotes: {notes.text.strip()}\n"
        if words.strip(": ") or said:
            yield f"{heading(2, f'Slide {number}{words}')}{said}\n"


def _flat(shapes: Iterable[Any]) -> Iterator[Any]:
    """Those of groups too."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from _flat(shape.shapes)
        else:
            yield shape


def _shape(shape: Any) -> str:
    if shape.has_text_frame:
        spoken = [one for one in shape.text_frame.paragraphs if one.text.strip()]
        return "".join(item(one.level, one.text) for one in spoken)
    if shape.has_table:
        return "\n" + table([[cell.text for cell in one.cells] for one in shape.table.rows])
    return ""
