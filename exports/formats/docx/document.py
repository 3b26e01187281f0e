"""The document: its text is kept aside while it is made, since what stands before it is known only then."""

from __future__ import annotations

from contextlib import closing
from itertools import chain
from tempfile import SpooledTemporaryFile
from typing import BinaryIO

from exports.content.blocks import Line
from exports.content.transcript import Entry, GoOn, Transcript
from exports.formats.docx.footnotes import Footnotes, NoMarks
from exports.formats.docx.head import head
from exports.formats.docx.inlines import Inlines
from exports.formats.docx.markup import paragraph
from exports.formats.docx.messages import Messages
from exports.formats.docx.numbering import Numbering
from exports.formats.docx.package import PIECE, Media, Package, pieces_of
from exports.formats.docx.places import Place
from exports.formats.docx.relations import Relations
from exports.formats.docx.story import Story
from exports.formats.docx.template import Template, template_of

# Of text that stays in memory.
_HELD = 4 << 20
_NOTE = Place(style="FootnoteText")


def write(transcript: Transcript, out: BinaryIO, go_on: GoOn) -> None:
    """The whole conversation as one document."""
    with Package(out, go_on) as package:
        template = template_of(transcript)
        for name, content in template.parts.items():
            package.small_part(name, content)
        with closing(Document(transcript, package, template)) as document:
            for entry in transcript.entries(go_on):
                document.tell(entry)
            document.finish()


class Document:
    """What is made of a conversation message by message, until its parts can be written."""

    def __init__(self, transcript: Transcript, package: Package, template: Template) -> None:
        self._transcript = transcript
        self._package = package
        self._template = template
        self._relations, self._numbering = Relations(template.relations), Numbering()
        self._footnotes = Footnotes()
        self._messages = Messages(transcript.options, self._footnotes, Media(package, self._relations))
        inlines = Inlines(self._relations, self._footnotes)
        self._story = Story(inlines, self._numbering, self._messages.inner_heading)
        notes = Story(Inlines(self._footnotes.relations, NoMarks()), self._numbering, _note_heading)
        self._footnotes.told_by(lambda blocks, sign: notes.of(blocks, _NOTE, sign))
        self._kept = SpooledTemporaryFile(max_size=_HELD, buffering=PIECE)  # noqa: SIM115  `close` closes it

    def tell(self, entry: Entry) -> None:
        self._kept.write(self._messages.of(entry, self._story).encode())

    def finish(self) -> None:
        """Writes the parts that grow with the conversation."""
        before, after = self._template.opening, self._template.closing
        before += f"{head(self._transcript)}{self._messages.contents.xml()}".encode()
        size = len(before) + self._kept.tell() + len(after)
        pieces = chain([before], pieces_of(self._kept), [after])
        self._package.part("word/document.xml", pieces, size)
        self._package.part("word/footnotes.xml", self._footnotes.xml())
        self._package.part("word/numbering.xml", self._numbering.xml())
        self._package.part("word/_rels/document.xml.rels", self._relations.xml())
        if self._footnotes.relations:
            self._package.part("word/_rels/footnotes.xml.rels", self._footnotes.relations.xml())

    def close(self) -> None:
        self._kept.close()
        self._footnotes.close()


def _note_heading(_level: int, _line: Line, content: str, indent: str) -> str:
    """Within a footnote it is no heading of the document."""
    return paragraph(content, _NOTE.style, indent=indent)
