"""The table of contents: a field that Word fills anew when asked, and holds what there is until then."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from django.utils.translation import gettext as _

from exports.content.blocks import Run
from exports.formats.docx.inlines import is_rtl
from exports.formats.docx.markup import inward, paragraph, run
from exports.formats.docx.text import safe

MOST = 500
"""Entries beyond which it holds the questions alone, or none: long ones before the first word help nobody."""
# Headings from which there is something to find.
_LEAST = 4
_BEGIN, _SEPARATE, _END = (
    f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end")
)


# Of the entries that are questions.
_KIND = "q"


class Contents:
    """What people asked, on the level `top`, and below it the first headings of what was answered.

    A heading that says who spoke would say nothing here: a question has an entry of its own, a hidden field.
    """

    def __init__(self, top: int) -> None:
        self.top = top
        # By their level, as far as they may be told.
        self._entries: list[tuple[int, str, str]] = []
        self._counts = Counter[int]()

    def add(self, level: int, words: str) -> str:
        """The name of the bookmark that the heading is to have; empty for one that is in no table."""
        if level > self.top + 1 or self._counts[level] > MOST:
            return ""
        self._counts[level] += 1
        name = f"_Toc{level}{self._counts[level]:07}"
        self._entries.append((level, words, name))
        return name

    def question(self, words: str) -> str:
        """The hidden field by which Word finds a question for the contents."""
        told = words.replace("\\", "\\\\").replace('"', "”")
        instruction = f'TC "{told}" \\f {_KIND} \\l {self.top}'
        return f"{_BEGIN}{_instruction(instruction)}{_END}"

    def xml(self) -> str:
        if len(self._entries) < _LEAST:
            return ""
        head = paragraph(run(_("Contents")), "TOCHeading")
        below = self.top + 1
        instruction = f'TOC \\o "{below}-{below}" \\f {_KIND} \\h \\z'
        begin = f"{_BEGIN}{_instruction(instruction)}{_SEPARATE}"
        lines = list(self._lines())
        lines[0] = lines[0].replace("</w:pPr>", f"</w:pPr>{begin}", 1)
        lines[-1] = f"{lines[-1].removesuffix('</w:p>')}{_END}</w:p>"
        kind = '<w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/></w:docPartObj>'
        return f"<w:sdt><w:sdtPr>{kind}</w:sdtPr><w:sdtContent>{head}{''.join(lines)}</w:sdtContent></w:sdt>"

    def _lines(self) -> Iterator[str]:
        entries = self._entries
        if len(entries) > MOST:
            entries = [entry for entry in entries if entry[0] == self.top]
        if not 0 < len(entries) <= MOST:
            hint = _("To see the contents, click here and press F9.")
            yield paragraph(run(hint), f"TOC{self.top}")
            return
        for level, words, name in entries:
            rtl = is_rtl((Run(words),))
            yield paragraph(inward(name, run(words, is_rtl=rtl)), f"TOC{level}", is_rtl=rtl)


def _instruction(words: str) -> str:
    return (
        "<w:r><w:rPr><w:vanish/></w:rPr>"
        f'<w:instrText xml:space="preserve"> {safe(words)} </w:instrText></w:r>'
    )
