"""An article of `exports.content.articles` made fit for paper."""

from __future__ import annotations

import re

from django.utils.html import escape

from exports.formats.pdf.code import wrapped
from exports.formats.pdf.tables import fitted

_NUMBER = re.compile(r'<a class="number"( id="n\d+")?[^>]*>(.*?)</a>')
_ELSEWHERE = re.compile(r'href="#(m-[0-9a-f]+|n\d+)"')
UNBROKEN = 1000
"""Letters of a word beyond which looking for its breaks takes time that grows with the square."""
_LONG = re.compile(rf"<[^>]*>|[^\s<>&]{{{UNBROKEN},}}")
_KANA = re.compile("[\u3040-\u30ff]")
_HANGUL = re.compile("[\uac00-\ud7af\u1100-\u11ff]")
_START = re.compile(r'<ol([^>]*?) start="(-?\d+)"')
_BLOCK = re.compile(r"<(p|li|td|th|dt|dd|h[2-6])(?=[ >])([^>]*)>([^<]*)")


def dressed(article: str, label: str) -> str:
    """The article; `label` is what the outline calls it."""
    html = _NUMBER.sub(r'<span class="number"\1>\2</span>', article)
    # What it refers to may be on pages that are laid out elsewhere.
    html = _ELSEWHERE.sub(r'href="message:\1"', html)
    html = html.replace("<article ", f'<article data-label="{escape(label)}" ', 1)
    html = _START.sub(_counted, html)
    html = fitted(wrapped(html))
    if len(html) > UNBROKEN:
        html = _LONG.sub(_broken, html)
    return html if html.isascii() else _tongued(html)


def _counted(match: re.Match[str]) -> str:
    """What the attribute means, which WeasyPrint does not know."""
    return f'<ol{match[1]} style="counter-reset:list-item {int(match[2]) - 1}"'


def _broken(match: re.Match[str]) -> str:
    """A word with places where it may break; a tag as it is."""
    word = match[0]
    if word[0] == "<":
        return word
    return "<wbr/>".join(word[at : at + UNBROKEN] for at in range(0, len(word), UNBROKEN))


def _tongued(html: str) -> str:
    """Han letters look different in Japanese and Korean texts; those that are Chinese need not be told."""
    if not (_KANA.search(html) or _HANGUL.search(html)):
        return html
    return _BLOCK.sub(_block, html)


def _block(match: re.Match[str]) -> str:
    tag, attributes, text = match.groups()
    language = "ja" if _KANA.search(text) else "ko" if _HANGUL.search(text) else ""
    return f'<{tag}{attributes} lang="{language}">{text}' if language else match[0]
