"""Markdown → safe HTML, whole. The libraries are loaded by the first text that is shown, not by an import."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

from chat.rendering.blocks import parse
from chat.rendering.context import Context
from chat.rendering.lines import clean

if TYPE_CHECKING:
    from chat.rendering.pipeline import Pipeline

RENDERER_VERSION = 4
"""Raise when the output changes: HTML that was kept is then made anew."""

SEAM = "<!-- -->"
"""Between passages of one message; no text can hold it, since comments do not pass the sanitizer."""

logger = logging.getLogger(__name__)
_thread = threading.local()


def pipeline() -> Pipeline:
    """This thread's Python-Markdown; an instance keeps state between calls and costs 2 ms to make."""
    try:
        found: Pipeline = _thread.pipeline
    except AttributeError:
        # Imported here because commands and web workers that show no message should not pay 40 MB and 0.3 s.
        from chat.rendering.pipeline import Pipeline

        found = _thread.pipeline = Pipeline()
    return found


def render(text: str, *, prefix: str = "") -> str:
    """Safe HTML of any text. `prefix` keeps the ids of its footnotes apart from other texts'."""
    renderer = pipeline()
    try:
        parsed = parse(text)
    except Exception:
        logger.exception("A text of %d characters could not be parsed", len(text))
        return renderer.render_plain(clean(text))
    context = Context(prefix, parsed.references, parsed.footnotes)
    blocks = [renderer.render_block(block, context) for block in parsed.root.children]
    return "".join(blocks) + renderer.render_footnotes(context)


def render_passages(texts: Sequence[str], *, prefix: str) -> str:
    """Safe HTML of texts with something else between them, each by itself, with a SEAM where that stands."""
    return SEAM.join(render(text, prefix=prefix_of(prefix, number)) for number, text in enumerate(texts))


def prefix_of(prefix: str, number: int) -> str:
    """The prefix of one passage of a message."""
    return f"{prefix}p{number}" if number else prefix
