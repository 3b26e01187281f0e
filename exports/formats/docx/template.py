"""What is around the text: python-docx opens our blank document, sets what is its own here, and saves it."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from zipfile import ZipFile

import docx
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from docx.blkcntnr import BlockItemContainer
from docx.document import Document
from docx.opc.constants import CONTENT_TYPE, NAMESPACE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.section import Section
from docx.shared import Length, Mm, Twips
from lxml import etree

from exports.content.blocks import Run
from exports.content.transcript import Transcript
from exports.formats.docx.inlines import is_rtl
from exports.formats.docx.markup import field, run
from exports.formats.docx.tables import WIDTH
from exports.formats.docx.text import fit

# The files of a document that is empty, as they are in its zip: as text, people can edit and compare them.
_BLANK = Path(__file__).parent / "blank"
# What grows with the conversation is written as that goes on.
_GROWN = {f"word/{name}" for name in ("numbering.xml", "footnotes.xml", "_rels/document.xml.rels")}
_TYPES, _TEXT, _BODY = "[Content_Types].xml", "word/document.xml", b"<w:body>"
# Where a language is spoken, for the dictionaries of Word, which know no language without.
_COUNTRIES = {"en": "en-US", "de": "de-DE", "fr": "fr-FR", "es": "es-ES"}


@dataclass(frozen=True, slots=True)
class Template:
    """A document without its text, which goes between `opening` and `closing`."""

    # By their names in the zip.
    parts: Mapping[str, bytes]
    opening: bytes
    closing: bytes
    # Of the text's part: the id of each kind and target.
    relations: Mapping[tuple[str, str], str]


def template_of(transcript: Transcript) -> Template:
    document = docx.Document(str(_BLANK))
    _set_facts(document, transcript)
    _set_language(document)
    [section] = document.sections
    _set_page(section)
    _set_margins(section, transcript.title)
    return _saved(document)


def _set_facts(document: Document, transcript: Transcript) -> None:
    facts, session = document.core_properties, transcript.session
    facts.title, facts.author = fit(transcript.title), fit(session.owner.get_username())
    # It writes each time as if it were of UTC.
    facts.created, facts.modified = (
        moment.astimezone(UTC) for moment in (session.created_at, session.updated_at)
    )


def _set_language(document: Document) -> None:
    found = get_language() or "en"
    language = document.core_properties.language = _COUNTRIES.get(found, found)
    for root, path in (
        (document.styles.element, "w:docDefaults/w:rPrDefault/w:rPr/w:lang"),
        (document.settings.element, "w:themeFontLang"),
    ):
        [element] = root.xpath(path)
        element.set(qn("w:val"), language)


def _set_page(section: Section) -> None:
    """A4."""
    width, height = Mm(210), Mm(297)
    section.page_width, section.page_height = width, height
    section.left_margin = section.right_margin = Length((width - Twips(WIDTH)) // 2)
    section.top_margin, section.bottom_margin = Mm(24), Mm(22)
    section.header_distance, section.footer_distance = Mm(12), Mm(11)
    section.gutter = Mm(0)


def _set_margins(section: Section, title: str) -> None:
    """The title on each page but the first, which has it as a heading, and the numbers on all of them."""
    section.different_first_page_header_footer = True
    rtl = is_rtl((Run(title),))
    _fill(section.header, "Header", run(title, is_rtl=rtl), is_rtl=rtl)
    _fill(section.first_page_header, "Normal", "")
    for footer in (section.footer, section.first_page_footer):
        _fill(footer, "Footer", _pages())


def _fill(margin: BlockItemContainer, style: str, runs: str, *, is_rtl: bool = False) -> None:
    """The runs are ours: python-docx has no fields, no paragraphs from right to left, no fonts by script."""
    [paragraph] = margin.paragraphs
    paragraph.style = style
    element = paragraph._p
    if is_rtl:
        element.get_or_add_pPr().append(OxmlElement("w:bidi"))
    element.extend(parse_xml(f"<w:p {nsdecls('w')}>{runs}</w:p>"))


def _pages() -> str:
    """“Page 1 of 2”, in the order in which the language has it."""
    told = _("Page %(page)s of %(pages)s") % {"page": "\0PAGE\0", "pages": "\0NUMPAGES\0"}
    return "".join(
        field(piece, "1") if place % 2 else run(piece)
        for place, piece in enumerate(told.split("\0"))
        if piece
    )


def _saved(document: Document) -> Template:
    kept = io.BytesIO()
    document.save(kept)
    with ZipFile(kept) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name not in _GROWN}
    parts[_TYPES] = _with_pictures(parts[_TYPES])
    opening, body, closing = parts.pop(_TEXT).partition(_BODY)
    relations = {
        (one.reltype.rpartition("/")[2], one.target_ref): key for key, one in document.part.rels.items()
    }
    return Template(parts, opening + body, closing, relations)


def _with_pictures(types: bytes) -> bytes:
    """The content types, and those of the pictures that the text may have."""
    root = etree.fromstring(types)
    for kind, told in (("png", CONTENT_TYPE.PNG), ("jpeg", CONTENT_TYPE.JPEG)):
        default = f"{{{NAMESPACE.OPC_CONTENT_TYPES}}}Default"
        root.insert(0, etree.Element(default, Extension=kind, ContentType=told))
    return etree.tostring(root, encoding="UTF-8", standalone=True)
