"""The small parts of a document: looks, settings, what is above and below each page, and who made it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from exports.blocks import Run
from exports.formats.docx.inlines import is_rtl
from exports.formats.docx.markup import field, paragraph, run
from exports.formats.docx.text import safe
from exports.transcript import Transcript

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
WORDS = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_PROPERTIES = "http://schemas.openxmlformats.org/package/2006/metadata/core-properties"
_FOLDER = Path(__file__).parent / "parts"
_KEPT = {
    "[Content_Types].xml": "content_types.xml",
    "_rels/.rels": "relations.xml",
    "docProps/app.xml": "app.xml",
    "word/styles.xml": "styles.xml",
    "word/theme.xml": "theme.xml",
    "word/settings.xml": "settings.xml",
    "word/fontTable.xml": "font_table.xml",
}
# Where a language is spoken, for the dictionaries of Word, which know no language without.
_COUNTRIES = {"en": "en-US", "de": "de-DE", "fr": "fr-FR", "es": "es-ES"}


def parts_of(transcript: Transcript) -> Iterator[tuple[str, str]]:
    """Names and contents."""
    language = get_language() or "en"
    yield from _same(_COUNTRIES.get(language, language))
    yield "docProps/core.xml", _properties(transcript)
    title = transcript.title
    rtl = is_rtl((Run(title),))
    yield "word/header.xml", _margin("hdr", paragraph(run(title, is_rtl=rtl), "Header", is_rtl=rtl))
    yield "word/header_first.xml", _margin("hdr", paragraph(""))
    for name in ("footer", "footer_first"):
        yield f"word/{name}.xml", _margin("ftr", paragraph(_pages(), "Footer"))


@cache
def _same(language: str) -> tuple[tuple[str, str], ...]:
    """What is in every document of that language."""
    return tuple(
        (name, (_FOLDER / file).read_text("utf-8").replace("LANGUAGE", safe(language)))
        for name, file in _KEPT.items()
    )


def _margin(kind: str, content: str) -> str:
    return f'{HEAD}<w:{kind} xmlns:w="{WORDS}">{content}</w:{kind}>'


def _pages() -> str:
    """“Page 1 of 2”, in the order in which the language has it."""
    told = _("Page %(page)s of %(pages)s") % {"page": "\0PAGE\0", "pages": "\0NUMPAGES\0"}
    return "".join(
        field(piece, "1") if place % 2 else run(piece)
        for place, piece in enumerate(told.split("\0"))
        if piece
    )


def _properties(transcript: Transcript) -> str:
    session = transcript.session
    created, changed = (_moment(one) for one in (session.created_at, session.updated_at))
    return (
        f'{HEAD}<cp:coreProperties xmlns:cp="{_PROPERTIES}" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
        f"<dc:title>{safe(transcript.title)}</dc:title><dc:creator>{safe(session.owner.get_username())}</dc:creator>"
        f'<dcterms:created xsi:type="dcterms:W3CDTF">{created}</dcterms:created>'
        f'<dcterms:modified xsi:type="dcterms:W3CDTF">{changed}</dcterms:modified></cp:coreProperties>'
    )


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
