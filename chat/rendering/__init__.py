"""Markdown → safe HTML, whole (`render`) or as it arrives (`MarkdownStream`). Knows no models."""

from __future__ import annotations

from chat.rendering.document import RENDERER_VERSION, render
from chat.rendering.patch import tail_patch
from chat.rendering.stream import MarkdownStream, Update

__all__ = ["RENDERER_VERSION", "MarkdownStream", "Update", "render", "tail_patch"]
