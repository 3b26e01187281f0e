"""PDF: a document to print, to send and to file, with contents, outline, links and page numbers."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.formats.contract import Format, late

can_print = late("exports.printing.hands.can_print")


def obstacle() -> str | Promise:
    return (
        ""
        if can_print()
        else _(
            "PDF needs the program library Pango. On Debian and Ubuntu: "
            "apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"
        )
    )


FORMAT = Format(
    name="pdf",
    label="PDF",
    hint=_("For printing, sharing and filing"),
    suffix=".pdf",
    mime_type="application/pdf",
    write=late("exports.formats.pdf.book.write"),
    obstacle=obstacle,
    picture=late("exports.formats.pdf.preview.first_page"),
    lacks=late("exports.printing.fonts.missing_scripts"),
)
