"""Runs and paragraphs as WordprocessingML, as text: no tree is built, at any length of a document.

The schema wants the children of each element in one order; who adds a property puts it in its place.
"""

from __future__ import annotations

from functools import lru_cache

from exports.content.blocks import PLAIN, Mark
from exports.formats.docx.text import Script, escaped, is_simple, quoted, safe, scripts_of

# Word and its readers take text of any length, but not each in one piece.
_LONGEST = 30_000
_EVERYWHERE = "".join(f' w:{slot}="Segoe UI Emoji"' for slot in ("ascii", "eastAsia", "hAnsi", "cs"))
_FONTS: dict[Script, str] = {
    "emoji": f"<w:rFonts{_EVERYWHERE}/>",
    "japanese": '<w:rFonts w:hint="eastAsia" w:eastAsia="Yu Gothic"/>',
    "korean": '<w:rFonts w:hint="eastAsia" w:eastAsia="Malgun Gothic"/>',
    "chinese": '<w:rFonts w:hint="eastAsia"/>',
    "complex": '<w:rFonts w:cs="Nirmala UI"/>',
}
_MONO = '<w:rFonts w:ascii="Consolas" w:hAnsi="Consolas" w:cs="Courier New"/>'
_TONGUES: dict[Script, str] = {
    "rtl": "<w:rtl/>",
    "arabic": '<w:rtl/><w:lang w:bidi="ar-SA"/>',
    "hebrew": '<w:rtl/><w:lang w:bidi="he-IL"/>',
    "japanese": '<w:lang w:eastAsia="ja-JP"/>',
    "korean": '<w:lang w:eastAsia="ko-KR"/>',
    "chinese": '<w:lang w:eastAsia="zh-CN"/>',
    "complex": "<w:cs/>",
}
BREAK = "<w:r><w:br/></w:r>"
TEXT, CLOSING = '<w:t xml:space="preserve">', "</w:t></w:r>"


def run(text: str, style: str = "", marks: frozenset[Mark] = PLAIN, *, is_rtl: bool = False) -> str:
    """Words of one look, in as many runs as they have scripts; line ends and tabs are blanks."""
    if not text.isprintable():
        text = text.translate(_FLAT)
    elif text.isascii() and not is_rtl and len(text) <= _LONGEST:
        return f"{_opening(style, marks, '')}{escaped(text)}{CLOSING}"
    if is_rtl or len(text) > _LONGEST or not is_simple(text):
        return "".join(
            f"{_opening(style, marks, script)}{safe(piece[at : at + _LONGEST])}{CLOSING}"
            for script, piece in scripts_of(text, is_rtl=is_rtl)
            for at in range(0, len(piece), _LONGEST)
        )
    return f"{_opening(style, marks, '')}{safe(text)}{CLOSING}"


_FLAT = {ord(sign): " " for sign in "\t\n\r\x0b\x0c\x85\u2028\u2029"}


@lru_cache(maxsize=2048)
def _opening(style: str, marks: frozenset[Mark], script: Script) -> str:
    """All of a run that stands before its words."""
    is_code = "code" in marks
    named = style or ("InlineCode" if is_code else "")
    fonts = _FONTS.get(script, "")
    made = (
        f'<w:rStyle w:val="{named}"/>' * bool(named)
        + (fonts or _MONO * (is_code and bool(style)))
        + "<w:b/><w:bCs/>" * ("strong" in marks)
        + "<w:i/><w:iCs/>" * ("em" in marks)
        + "<w:strike/>" * ("del" in marks)
        + _TONGUES.get(script, "")
    )
    return f"<w:r>{f'<w:rPr>{made}</w:rPr>' if made else ''}{TEXT}"


def paragraph(
    content: str,
    style: str = "",
    *,
    is_rtl: bool = False,
    is_kept: bool = False,
    is_whole: bool = False,
    number: str = "",
    frame: str = "",
    indent: str = "",
    align: str = "",
    level: int | None = None,
) -> str:
    """A paragraph of runs.

    `is_kept`: on the page of the next one; `is_whole`: on one page; `number`, `frame`, `indent`: elements;
    `level`: of an outline, from 1.
    """
    properties = (
        (f'<w:pStyle w:val="{style}"/>' if style else "")
        + "<w:keepNext/>" * is_kept
        + "<w:keepLines/>" * is_whole
        + number
        + frame
        + "<w:bidi/>" * is_rtl
        + indent
        + (f'<w:jc w:val="{align}"/>' if align else "")
        + (f'<w:outlineLvl w:val="{level - 1}"/>' if level else "")
    )
    return f"<w:p>{f'<w:pPr>{properties}</w:pPr>' if properties else ''}{content}</w:p>"


def field(instruction: str, result: str = "") -> str:
    """What Word works out; `result` is text that stands there until it does."""
    return f'<w:fldSimple w:instr=" {quoted(instruction)} "><w:r>{TEXT}{safe(result)}{CLOSING}</w:fldSimple>'


def bookmark(number: int, name: str, content: str) -> str:
    return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{content}<w:bookmarkEnd w:id="{number}"/>'


def inward(name: str, content: str) -> str:
    """A link to a bookmark."""
    return f'<w:hyperlink w:anchor="{name}" w:history="1">{content}</w:hyperlink>'
