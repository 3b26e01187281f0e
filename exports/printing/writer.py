"""Writes a PDF object after object into a file: no more of it is held than where each object stands."""

from __future__ import annotations

import zlib
from array import array
from typing import BinaryIO

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
BATCH = 200
"""Objects that are compressed together."""
_FREE, _PLAIN, _PACKED = range(3)


class Writer:
    """Objects have numbers, which are taken before what refers to them is written."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._written = 0
        # Of each object by its number: how it is kept, where, and its place there.
        self._kinds = array("B", [_FREE])
        self._places = array("Q", [0])
        self._indices = array("H", [0])
        self._batch: list[tuple[int, bytes]] = []
        self._write(HEADER)

    def take(self, count: int = 1) -> int:
        """The first of `count` numbers that nobody has."""
        first = len(self._kinds)
        self._kinds.extend([_FREE] * count)
        self._places.extend([0] * count)
        self._indices.extend([0] * count)
        return first

    def put(self, number: int, content: bytes) -> None:
        self._batch.append((number, content))
        if len(self._batch) == BATCH:
            self._pack()

    def put_stream(self, number: int, about: bytes, content: bytes) -> None:
        """`about` is its dictionary, with its length."""
        self._kinds[number], self._places[number] = _PLAIN, self._written
        self._write(b"%d 0 obj\n%b\nstream\n%b\nendstream\nendobj\n" % (number, about, content))

    def finish(self, root: int, info: int, digest: str) -> None:
        """`digest` tells this document from others, in hexadecimal."""
        self._pack()
        number = self.take()
        start = self._written
        self._kinds[number], self._places[number] = _PLAIN, start
        rows = b"".join(
            b"%c%b%b" % (kind, place.to_bytes(5, "big"), index.to_bytes(2, "big"))
            for kind, place, index in zip(self._kinds, self._places, self._indices, strict=True)
        )
        packed = zlib.compress(rows)
        name = digest.encode()
        about = (
            b"<< /Type /XRef /Size %d /W [1 5 2] /Root %d 0 R /Info %d 0 R /ID [<%b> <%b>] "
            b"/Filter /FlateDecode /Length %d >>"
        ) % (len(self._kinds), root, info, name, name, len(packed))
        self.put_stream(number, about, packed)
        self._write(b"startxref\n%d\n%%%%EOF\n" % start)

    def _pack(self) -> None:
        if not self._batch:
            return
        holder = self.take()
        heads, bodies, offset = [], [], 0
        for index, (number, content) in enumerate(self._batch):
            self._kinds[number], self._places[number], self._indices[number] = _PACKED, holder, index
            heads.append(b"%d %d" % (number, offset))
            bodies.append(content)
            offset += len(content) + 1
        head = b" ".join(heads) + b"\n"
        packed = zlib.compress(head + b"\n".join(bodies))
        about = b"<< /Type /ObjStm /N %d /First %d /Filter /FlateDecode /Length %d >>"
        self.put_stream(holder, about % (len(bodies), len(head), len(packed)), packed)
        self._batch.clear()

    def _write(self, content: bytes) -> None:
        self._out.write(content)
        self._written += len(content)


def reference(number: int) -> bytes:
    return b"%d 0 R" % number


def references(numbers: list[int]) -> bytes:
    return b"[%b]" % b" ".join(map(reference, numbers))


def words(text: str) -> bytes:
    """A string that people read, in any language."""
    return b"<FEFF%b>" % text.encode("utf-16-be", "replace").hex().encode()
