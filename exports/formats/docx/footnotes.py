"""Word's own footnotes: their part of the document, kept aside while the text is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from tempfile import SpooledTemporaryFile

from exports.content.blocks import Block, Notes
from exports.formats.docx.relations import Relations

_HEAD = """<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<w:footnotes xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" \
xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships" \
xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math">\
<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>\
<w:footnote w:type="continuationSeparator" w:id="0">\
<w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>"""
_SIGN = '<w:r><w:rPr><w:rStyle w:val="FootnoteReference"/></w:rPr>{}</w:r>'
_OWN = _SIGN.format("<w:footnoteRef/>") + '<w:r><w:t xml:space="preserve"> </w:t></w:r>'
# Of text that stays in memory.
_HELD = 1 << 20


class Footnotes:
    """The notes of a document, counted through it as Word counts them.

    `tell` writes the blocks of a note; its first paragraph begins with what is given.
    """

    def __init__(self) -> None:
        self.relations = Relations()
        self._tell: Callable[[tuple[Block, ...], str], str] = lambda _blocks, _sign: ""
        self._open: dict[int, tuple[Block, ...]] = {}
        self._told: dict[int, int] = {}
        self._count = 0
        self._kept = SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115  closed with what writes the document

    def told_by(self, tell: Callable[[tuple[Block, ...], str], str]) -> None:
        self._tell = tell

    def open(self, blocks: tuple[Block, ...]) -> None:
        """The notes of a message: its marks refer to them until the next one."""
        notes = [note for block in blocks if isinstance(block, Notes) for note in block.notes]
        self._open, self._told = dict(enumerate(notes, 1)), {}

    def mark(self, number: int) -> str:
        """Refers to a note; told again, and of one that is missing, it is only a number."""
        if number in self._told or number not in self._open:
            return _SIGN.format(f"<w:t>{self._told.get(number, number)}</w:t>")
        self._count += 1
        self._told[number] = self._count
        told = self._tell(self._open[number], _OWN)
        self._kept.write(f'<w:footnote w:id="{self._count}">{told}</w:footnote>'.encode())
        return _SIGN.format(f'<w:footnoteReference w:id="{self._count}"/>')

    def unmarked(self) -> tuple[Block, ...]:
        """What the notes say that nothing has referred to."""
        return tuple(
            block for number, note in self._open.items() if number not in self._told for block in note
        )

    def xml(self) -> Iterator[bytes]:
        yield _HEAD.encode()
        self._kept.seek(0)
        while piece := self._kept.read(_HELD):
            yield piece
        yield b"</w:footnotes>"

    def close(self) -> None:
        self._kept.close()


class NoMarks:
    """Within a footnote there is no other."""

    def mark(self, number: int) -> str:
        return _SIGN.format(f"<w:t>{number}</w:t>")
