"""LaTeX to MathML; what cannot be read as LaTeX is shown as its source."""

from __future__ import annotations

import logging
import re
from functools import lru_cache
from html import escape
from xml.etree.ElementTree import Element, tostring

from latex2mathml.converter import Converter

from chat.rendering.latex import prepare
from chat.rendering.mathml import mend

logger = logging.getLogger(__name__)

SOURCE_LIMIT = 2000
"""Characters of one formula; the converter is recursive and not made for books."""
_UNKNOWN_COMMAND = re.compile(r"\\[A-Za-z]")
# A macro that names itself twice, and the next one too, fills the memory; and no formula needs one.
_DEFINITION = re.compile(r"\\(?:[egx]?def|let|(?:re)?new\w+|provide\w+|DeclareMathOperator)\b")


@lru_cache(maxsize=1024)
def render_maths(source: str, *, display: bool) -> str:
    """The formula as MathML that carries its source, or the source as code."""
    source = source.strip()
    found = _convert(source, "block" if display else "inline")
    if found is None:
        return f"<code>{escape(source)}</code>"
    inner = "".join(tostring(child, encoding="unicode") for child in found)
    opening = f'<math xmlns="{found.get("xmlns")}" display="{found.get("display")}">'
    annotation = f'<annotation encoding="application/x-tex">{escape(source)}</annotation>'
    return f"{opening}<semantics>{inner}{annotation}</semantics></math>"


def _convert(source: str, display: str) -> Element | None:
    if not source or len(source) > SOURCE_LIMIT or _DEFINITION.search(source):
        return None
    if source.count("{") + source.count(r"\left") > SOURCE_LIMIT // 4:
        return None
    try:
        found = Converter(display=display).convert_to_element(prepare(source))
        mend(found)
    except Exception as error:  # the converter raises errors of many kinds, some of them its own bugs
        logger.debug("A formula could not be converted: %r", error)
        return None
    return None if any(_is_unknown(element) for element in found.iter()) else found


def _is_unknown(element: Element) -> bool:
    """A command that the converter does not know stands there as it was written."""
    return element.tag != "mtext" and bool(element.text and _UNKNOWN_COMMAND.match(element.text))
