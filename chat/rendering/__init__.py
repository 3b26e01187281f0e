"""Markdown → safe HTML, whole (`render`) or as it arrives (`MarkdownStream`). Knows no models."""

from __future__ import annotations

from chat.rendering.document import RENDERER_VERSION, SEAM, prefix_of, render, render_passages
from chat.rendering.patch import tail_patch
from chat.rendering.stream import MarkdownStream, Update

__all__ = [
    "RENDERER_VERSION",
    "SEAM",
    "MarkdownStream",
    "Update",
    "prefix_of",
    "render",
    "render_passages",
    "tail_patch",
]
