"""How the document begins: its title, what the conversation is, and the contents."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext as _

from exports.content.blocks import Run
from exports.content.facts import facts_of
from exports.content.transcript import Transcript
from exports.formats.docx.inlines import is_rtl
from exports.formats.docx.markup import paragraph, run
from exports.formats.docx.tables import SPACER, WIDTH

_NAMES = 2000
"""Of the column with what each fact is, in twentieths of a point."""


def head(transcript: Transcript) -> str:
    title = transcript.title
    rtl = is_rtl((Run(title),))
    made = paragraph(run(title, is_rtl=rtl), "Title", is_rtl=rtl, level=transcript.options.heading_level)
    if transcript.options.metadata:
        owner = transcript.session.owner.get_username()
        made += paragraph(run(_("A conversation of %(name)s") % {"name": owner}), "Subtitle")
        made += _table(facts_of(transcript)) + SPACER
    return made


def _table(rows: Iterator[tuple[str, str]]) -> str:
    columns = (_NAMES, WIDTH - _NAMES)
    made = "".join(
        "<w:tr><w:trPr><w:cantSplit/></w:trPr>"
        f"{_cell(columns[0], name, 'FactName')}{_cell(columns[1], value)}</w:tr>"
        for name, value in rows
    )
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="FactsTable"/><w:tblW w:w="{WIDTH}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0480" w:firstRow="0" w:lastRow="0" w:firstColumn="1" '
        f'w:lastColumn="0" w:noHBand="0" w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{made}</w:tbl>'
    )


def _cell(width: int, words: str, style: str = "") -> str:
    rtl = is_rtl((Run(words),))
    content = paragraph(run(words, style=style, is_rtl=rtl), "FactsText", is_rtl=rtl)
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{content}</w:tc>'
