"""The file that a document is: a zip of parts, the long ones written piece by piece."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO, Self
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from exports.content.pictures import Picture
from exports.content.transcript import GoOn
from exports.formats.docx.pictures import drawing
from exports.formats.docx.relations import Relations

PIECE = 1 << 18
"""What is read and written of a spooled part at once."""
# Twice as quick as the usual level, for a file that is a tenth larger.
_LEVEL = 3
# From which on the file has to be told beforehand that a part of it may be larger than a zip used to hold.
_LARGE = 1 << 30


class Package:
    """Writes parts into `out`; those that come in pieces are the last, and `go_on` is asked between these."""

    def __init__(self, out: IO[bytes], go_on: GoOn) -> None:
        self._archive = ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_LEVEL)
        self._go_on = go_on

    def part(self, name: str, pieces: Iterable[str | bytes], size: int = 0) -> None:
        """`size`: how long it is about, where that is much."""
        # By its name alone: an entry of our own would have the usual level, and the time of neither is told.
        with self._archive.open(name, "w", force_zip64=size > _LARGE) as opened:
            for piece in pieces:
                self._go_on(1.0)
                opened.write(piece.encode() if isinstance(piece, str) else piece)

    def small_part(self, name: str, content: bytes) -> None:
        self._archive.writestr(ZipInfo(name), content, ZIP_DEFLATED, _LEVEL)

    def picture(self, name: str, content: bytes) -> None:
        """It is packed already."""
        self._archive.writestr(ZipInfo(name), content, ZIP_STORED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self._archive.close()


class Media:
    """The pictures of a document, written into its file as they come."""

    def __init__(self, package: Package, relations: Relations) -> None:
        self._package = package
        self._relations = relations
        self._count = 0

    def show(self, picture: Picture, words: str) -> str:
        """The run that shows a picture; `words` stand for it."""
        self._count += 1
        name = f"media/image{self._count}.{picture.mime_type.removeprefix('image/')}"
        self._package.picture(f"word/{name}", picture.content)
        return drawing(picture, self._relations.add("image", name), self._count, words)


def pieces_of(kept: IO[bytes]) -> Iterable[bytes]:
    """What was kept aside, from its start."""
    kept.seek(0)
    while piece := kept.read(PIECE):
        yield piece
