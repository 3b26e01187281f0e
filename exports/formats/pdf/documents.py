"""The HTML that is laid out: the first page, the contents, and the messages part by part."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_bidi
from django.utils.translation import gettext as _

from exports.content.bodies import escaped
from exports.content.facts import facts_of
from exports.content.transcript import Transcript
from exports.printing.describing import Facts

LINES = 36
"""Of the contents on a page: what fits on either paper."""
SHORT = 20
"""Messages up to which a document has no cover and no contents."""
CREATOR = "Parley"
_SIGN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 11 14" width="11" height="14">'
    '<path d="M3 4v3.5h5M6 5.4 8.2 7.5 6 9.6" fill="none" stroke="#0b726c"/></svg>'
)


@dataclass(frozen=True, slots=True)
class Line:
    """Of the contents."""

    number: int
    label: str
    anchor: str


@lru_cache(maxsize=2)
def style(paper: str) -> str:
    sign = b64encode(_SIGN.encode()).decode()
    css = (Path(__file__).parent / "style.css").read_text(encoding="utf-8")
    return css.replace("size: A4;", f"size: {paper};").replace("SIGN", sign)


def language() -> str:
    return get_language() or "en"


def document(title: str, body: str) -> str:
    """One to be laid out, with `title` in its running head."""
    way = "rtl" if get_language_bidi() else "ltr"
    return (
        f'<!doctype html><html lang="{escaped(language())}" dir="{way}"><head><meta charset="utf-8">'
        f'<title>{escaped(title)}</title></head><body data-title="{escaped(title)}">{body}</body></html>'
    )


def head(transcript: Transcript, *, is_cover: bool) -> str:
    """The title, and what is known of the conversation: on a page of its own, or above the first message."""
    level = f"h{transcript.options.heading_level}"
    facts = (
        [(name, mark_safe(escaped(value))) for name, value in facts_of(transcript)]
        if transcript.options.metadata
        else []
    )
    rows = format_html_join("", '<tr><th scope="row">{}</th><td><bdi>{}</bdi></td></tr>', facts)
    table = format_html('<table class="sum"><tbody>{}</tbody></table>', rows)
    return (
        # Above the first message the running head would say the same again.
        f"<style>@page :first {{ @top-left {{ content: none; border: none }} }}</style>"
        f'<div class="{"cover" if is_cover else "head"}">'
        f'<{level} class="title">{escaped(transcript.title)}</{level}>'
        f"{table if facts else ''}</div>\n"
    )


def described(transcript: Transcript) -> Facts:
    """What the document says of itself without being opened."""
    session, title = transcript.session, transcript.title
    if not transcript.options.metadata:
        return Facts(title, language(), CREATOR)
    tags = tuple(sorted(tag.name for tag in session.tags.all()))
    return Facts(title, language(), CREATOR, str(session.owner), tags, session.created_at)


def folio() -> str:
    """What stands below each page, with the places for the numbers as `str.format` has them."""
    said = _("Page %(page)s of %(pages)s").replace("{", "").replace("}", "")
    return said % {"page": "{page}", "pages": "{pages}"}


def contents(lines: Sequence[tuple[Line, int]], *, is_first: bool) -> SafeString:
    """A page of the contents: each line with the page that it leads to."""
    name = format_html('<h2 class="name">{}</h2>', _("Contents")) if is_first else ""
    said = format_html_join(
        "",
        '<div class="line"><span class="page">{}</span><span class="count">{}</span>'
        '<a href="message:{}">{}</a></div>',
        ((page, line.number, line.anchor, mark_safe(line.label)) for line, page in lines),
    )
    return format_html('<section class="contents">{}{}</section>', name, said)
