"""LaTeX to MathML; what cannot be read as LaTeX is shown as its source."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from html import escape

from latex2mathml.converter import convert

logger = logging.getLogger(__name__)

SOURCE_LIMIT = 2000
"""Characters of one formula; the converter is recursive and not made for books."""
_DEPTH_LIMIT = 40
_UNKNOWN_COMMAND = re.compile(r"<m[a-z]+>\\[A-Za-z]")
_OPENING = re.compile(r"<math[^>]*>")


@lru_cache(maxsize=1024)
def render_maths(source: str, *, display: bool) -> str:
    """The formula as MathML that carries its source, or the source as code."""
    mathml = _convert(source.strip(), "block" if display else "inline")
    if mathml is None:
        return f"<code>{escape(source)}</code>"
    opening = _OPENING.match(mathml)
    assert opening is not None
    inner = mathml[opening.end() : -len("</math>")]
    annotation = f'<annotation encoding="application/x-tex">{escape(source.strip())}</annotation>'
    return f"{opening[0]}<semantics>{inner}{annotation}</semantics></math>"


def _convert(source: str, display: str) -> str | None:
    if (
        not source
        or len(source) > SOURCE_LIMIT
        or source.count("{") + source.count(r"\left") > SOURCE_LIMIT // 4
    ):
        return None
    try:
        mathml: str = convert(source, display=display)
    except Exception as error:  # the converter raises errors of many kinds, some of them its own bugs
        logger.debug("A formula could not be converted: %r", error)
        return None
    return None if _UNKNOWN_COMMAND.search(mathml) else mathml
