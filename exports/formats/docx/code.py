"""Blocks of code: one paragraph with its lines, each piece in the style of its kind."""

from __future__ import annotations

from collections.abc import Iterator

from chat.rendering.code import CODE_STYLES
from exports.content.blocks import Code
from exports.formats.docx.markup import CLOSING, TEXT, paragraph, run
from exports.formats.docx.text import safe

# Lines that are kept on one page, and lines of one paragraph: Word lays out a long one again at each key.
_SHORT, _LONG = 12, 100
_LARGEST = 30_000
# Of what is kept: how long, and how many.
_WORD, _WORDS = 40, 4096
# By which the letters stand within the frame, as the style has it.
_INSET = 140
_LINE_END = f"</w:t><w:br/>{TEXT}"
_TAB = f"</w:t><w:tab/>{TEXT}"
_PLAIN = f"<w:r>{TEXT}"
_STYLED = {style: f'<w:r><w:rPr><w:rStyle w:val="Code-{style}"/></w:rPr>{TEXT}' for style in CODE_STYLES}
_EMPTY = f"{TEXT}</w:t>"


def code(block: Code, *, left: int = 0) -> str:
    """The block, under the name of its language where it has one."""
    label = block.name if block.language not in ("", "text") else ""
    aside = f'<w:ind w:left="{left}"/>' if left else ""
    head = paragraph(run(label), "CodeLabel", indent=aside) if label else ""
    indent = f'<w:ind w:left="{left + _INSET}" w:right="{_INSET}"/>' if left else ""
    source = block.source
    length = source.count("\n")
    is_short = length <= _SHORT and len(source) < _SHORT * 100
    return head + "".join(
        paragraph(_runs(sheet), "CodeBlock", indent=indent, is_whole=is_short)
        for sheet in _sheets(block, length, len(source))
    )


def _runs(sheet: list[tuple[str, str]]) -> str:
    return "".join([_RUNS[piece] for piece in sheet])


def _run(style: str, text: str) -> str:
    if text.isprintable():
        return f"{_STYLED.get(style, _PLAIN)}{safe(text)}{CLOSING}"
    made = safe(text).replace("\r", "").replace("\n", _LINE_END).replace("\t", _TAB)
    return f"{_STYLED.get(style, _PLAIN)}{made}{CLOSING}".replace(_EMPTY, "")


class _Runs(dict[tuple[str, str], str]):
    """The run of each piece: most pieces of code are words that come again and again."""

    def __missing__(self, piece: tuple[str, str]) -> str:
        made = _run(*piece)
        if len(piece[1]) < _WORD:
            if len(self) >= _WORDS:
                self.clear()
            self[piece] = made
        return made


_RUNS = _Runs()


def _sheets(block: Code, length: int, size: int) -> Iterator[list[tuple[str, str]]]:
    """The pieces without the last line end, by the paragraphs that they make."""
    pieces = list(block.pieces)
    if pieces:
        style, text = pieces[-1]
        last = text.removesuffix("\n")
        pieces[-1:] = [(style, last)] if last else []
    if length <= _LONG and size < _LARGEST:
        yield pieces
        return
    sheet: list[tuple[str, str]] = []
    lines = 0
    for style, text in pieces:
        for line in text.splitlines(keepends=True):
            is_end = line.endswith("\n") and lines >= _LONG
            told = line.removesuffix("\n") if is_end else line
            sheet += [(style, told[at : at + _LARGEST]) for at in range(0, len(told), _LARGEST)]
            lines += line.endswith("\n")
            if is_end:
                yield sheet
                sheet, lines = [], 0
    if sheet:
        yield sheet
