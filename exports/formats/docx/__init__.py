"""Word: a document with styles, lists, notes and formulas as Word itself has them, to be worked on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from exports.formats.contract import Format, late

FORMAT = Format(
    name="docx",
    label="Word",
    hint=_("A document to edit, print and share"),
    suffix=".docx",
    mime_type="application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    write=late("exports.formats.docx.document.write"),
)
