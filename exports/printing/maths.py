"""Formulas as drawings: MathML into SVG, which prints as lines and not as dots."""

from __future__ import annotations

import logging
import re
from base64 import b64encode
from functools import lru_cache
from html import escape, unescape

from ziamath.zmath import Math

SIZE = 14.5
"""In pixels: a little larger than the text, whose letters are wider."""
LONGEST = 20_000
"""Characters of MathML beyond which nothing is drawn: it takes time that grows with them."""
_FORMULA = re.compile(r"<math\b[^>]*>.*?</math>", re.DOTALL)
_SOURCE = re.compile(r"<annotation\b[^>]*>(.*?)</annotation>", re.DOTALL)
_SEMANTICS = re.compile(r"</?semantics\b[^>]*>")
_SIZE_OF = re.compile(r'width="([\d.]+)" height="([\d.]+)" viewBox="[-\d.]+ ([-\d.]+)')

# It tells of each element that it does not know, and draws what is in it.
logging.getLogger("root.ziamath").setLevel(logging.CRITICAL)


def drawn(html: str) -> str:
    """With each formula as a picture of it; LaTeX where it cannot be drawn."""
    return _FORMULA.sub(lambda match: _picture(match[0]), html)


@lru_cache(maxsize=2000)
def _picture(mathml: str) -> str:
    source = "".join(_SOURCE.findall(mathml)).strip()
    bare = _SEMANTICS.sub("", _SOURCE.sub("", mathml))
    try:
        svg = Math(bare, size=SIZE).svg() if len(bare) <= LONGEST else ""
    except Exception:  # noqa: BLE001  whatever it stumbles over, the source can still be read
        svg = ""
    found = _SIZE_OF.search(svg)
    if found is None:
        return f'<code class="latex">{source}</code>'
    width, height, top = map(float, found.groups())
    below = height + top
    return (
        f'<img src="data:image/svg+xml;base64,{b64encode(svg.encode()).decode()}"'
        f' alt="{escape(unescape(source)) or "…"}"'
        f' style="width:{width:.2f}px;height:{height:.2f}px;vertical-align:{-below:.2f}px">'
    )
