"""The kept HTML of a message, as a document can have it that is no page of ours.

Whole tags are replaced, as the renderer and the sanitizer write them. These leave no bare `<` in a text or in
an attribute, so nobody's words can be taken for a tag, and nothing has to be parsed.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from html import escape

from django.utils.translation import get_language_bidi

from chat.rendering.code import BUTTONS

_TABLE = '<div aria-labelledby="say-table" class="table" role="region" tabindex="0">'
_NOTES = '<section aria-labelledby="say-notes" class="footnotes" role="doc-endnotes">'
_DONE = '<input aria-labelledby="say-done" checked="" class="task" disabled="" type="checkbox">'
_OPEN = '<input aria-labelledby="say-open" class="task" disabled="" type="checkbox">'
_LABEL = 'aria-labelledby="'
Tags = tuple[tuple[str, str], ...]

# A landmark a table would be too many: groups have a name too.
_ON_SCREEN: Tags = ((_TABLE, '<div aria-labelledby="say-table" class="table" role="group" tabindex="0">'),)
_NOTES_ON_SCREEN = '<section aria-labelledby="say-notes" class="footnotes" role="group">'
_IN_PRINT: Tags = (
    ('<pre tabindex="0">', "<pre>"),
    (_TABLE, '<div class="table">'),
    (_DONE, '<span class="task done">☑</span> '),
    (_OPEN, '<span class="task">☐</span> '),
    ('<a aria-labelledby="say-back" ', "<a "),
)
# The attribute is one of HTML 4.
_ALIGNS: Tags = tuple(
    pair
    for side in ("left", "center", "right")
    for pair in (
        (f'<td align="{side}">', f'<td class="{side}">'),
        (f'<th align="{side}" scope="col">', f'<th class="{side}" scope="col">'),
    )
)
_TOP = 3
"""The level of heading with which the text of a message begins."""

# Control characters, lone surrogates, and what Unicode says is no character: errors in HTML.
_ENDS = "".join(f"{chr(end)}{chr(end + 1)}" for end in range(0xFFFE, 0x110000, 0x10000))
_drop_unfit = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_ENDS}]").sub
# Of a text that has none of these, and nothing that is read from the right.
_is_common = re.compile(
    "[\t\n -~\u00a0-\u058f\u0900-\u200e\u2010-\ufb1c\ufe00-\ufe6f\uff00-\ufffd"
    "\U00010000-\U000107ff\U00011000-\U0001e7ff\U0001f000-\U0001fbff]*+"
).fullmatch
_BLOCK = re.compile(r"(?<=\n)<(p|ul|ol|dl|blockquote|section|h[2-6])(?=[ >])|(?<=\")><(table)(?=>)")
_TAG = re.compile("<[^>]*>")


@lru_cache(maxsize=1000)
def escaped(text: str) -> str:
    """Words that are no HTML, in an element or in an attribute."""
    return escape(text if text.isprintable() else _drop_unfit("\ufffd", text))


class Bodies:
    """`level` is that of the highest headings within a text."""

    def __init__(self, *, level: int, is_print: bool) -> None:
        self._is_print = is_print
        self._is_rtl = get_language_bidi()
        self._tags = _IN_PRINT if is_print else _ON_SCREEN
        self._notes = '<section class="footnotes">' if is_print else _NOTES_ON_SCREEN
        # From the lowest up, so that none is moved twice.
        self._headings = tuple(
            (f"{mark}h{old}>", f"{mark}h{new}>")
            for old in (6, 5, 4, 3)
            if (new := min(6, old + level - _TOP)) != old
            for mark in ("<", "</")
        )

    def of(self, html: str, source: str = "") -> str:
        """`source` is what it was made of: shorter, so that it is quicker to look through."""
        if _LABEL in html:
            html = html.replace(BUTTONS, "")
            # Most of what has labels is code, and no more.
            if self._is_print or _LABEL in html:
                html = self._labelled(html)
        for old, new in self._headings:
            html = html.replace(old, new)
        looked_at = html if not source or "&" in source else source
        if not self._is_rtl and (looked_at.isascii() or _is_common(looked_at)):
            return html
        return self._mended(html)

    def _labelled(self, html: str) -> str:
        for old, new in self._tags:
            html = html.replace(old, new)
        if html.endswith("</section>\n"):
            html = html.replace(_NOTES, self._notes)
        if ' align="' in html:
            for old, new in _ALIGNS:
                html = html.replace(old, new)
        return html

    def _mended(self, html: str) -> str:
        """With a direction for each block; most texts stay as they are."""
        html = _drop_unfit("\ufffd", html)
        return _BLOCK.sub(self._directed, f"\n{html}")

    def _directed(self, match: re.Match[str]) -> str:
        way = _direction(match.string, match.end()) if self._is_print else "auto"
        return f'{match[0]} dir="{way}"'


def _direction(html: str, start: int) -> str:
    """What `dir="auto"` comes to, which the printer does not know, of the block that `start` is in."""
    end = html.find("\n<", start)
    text = _TAG.sub("", "<" + html[start : None if end < 0 else end])
    strong = next((way for char in text if (way := unicodedata.bidirectional(char)) in ("L", "R", "AL")), "L")
    return "ltr" if strong == "L" else "rtl"
