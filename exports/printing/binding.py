"""Binds sheaves into one PDF: pages, links between them, outline, structure, page numbers, what it is about.

Sheaf after sheaf is opened, changed and copied, so that of a book of any length one sheaf is held at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import BinaryIO

import pikepdf

from exports.printing.copying import Copy, Shared
from exports.printing.describing import Facts, catalogue_of, info_of, metadata_of
from exports.printing.folios import Folios
from exports.printing.sheaves import Mark, Sheaf
from exports.printing.writer import Writer, reference, references, words


def bind(
    sheaves: Sequence[Sheaf], facts: Facts, out: BinaryIO, *, folio: str, tick: Callable[[], None]
) -> None:
    """Writes the book. `folio` is what stands below each page, with `{page}` and `{pages}` in it."""
    writer = Writer(out)
    binder = _Binder(writer, sheaves, Folios(writer, folio))
    for sheaf in sheaves:
        tick()
        binder.add(sheaf)
    binder.finish(facts)


class _Binder:
    def __init__(self, writer: Writer, sheaves: Sequence[Sheaf], folios: Folios) -> None:
        self._writer = writer
        self._marks: list[Mark] = []
        count = sum(sheaf.pages for sheaf in sheaves)
        self._shared = Shared(
            pages=writer.take(count),
            count=count,
            document=writer.take(),
            folios=folios,
            anchors=dict(_anchors(sheaves)),
        )
        self._tree = writer.take()
        # Of each sheaf: the number of the node that holds its pages, and how many these are.
        self._nodes: list[tuple[int, int]] = []
        self._elements: list[int] = []
        self._homes: list[int] = []

    def add(self, sheaf: Sheaf) -> None:
        before = sum(count for _node, count in self._nodes)
        node = self._writer.take()
        with pikepdf.open(sheaf.file) as source:
            copy = Copy(source, self._writer, self._shared, before=before, node=node)
            copy.write()
        pages = [self._shared.pages + before + place for place in range(sheaf.pages)]
        about = b"<< /Type /Pages /Parent %b /Kids %b /Count %d >>"
        self._writer.put(node, about % (reference(self._tree), references(pages), len(pages)))
        self._nodes.append((node, sheaf.pages))
        self._elements += copy.elements
        self._homes.append(copy.home)
        self._marks += (_moved(mark, before) for mark in sheaf.marks)

    def finish(self, facts: Facts) -> None:
        writer, root, info = self._writer, self._writer.take(), self._writer.take()
        kids = references([node for node, _count in self._nodes])
        writer.put(self._tree, b"<< /Type /Pages /Kids %b /Count %d >>" % (kids, self._shared.count))
        parts = {
            b"Pages": self._tree,
            b"Outlines": self._outline(),
            b"StructTreeRoot": self._structure(),
            b"Metadata": metadata_of(facts, writer),
        }
        writer.put(root, catalogue_of(facts, {name: number for name, number in parts.items() if number}))
        writer.put(info, info_of(facts))
        digest = sha256(f"{facts}{self._shared.count}{root}".encode("utf-8", "replace")).hexdigest()[:32]
        writer.finish(root, info, digest)

    def _structure(self) -> int:
        root, homes = self._writer.take(), self._writer.take()
        about = b"<< /Type /StructElem /S /Document /P %b /K %b >>"
        self._writer.put(self._shared.document, about % (reference(root), references(self._elements)))
        self._writer.put(homes, b"<< /Kids %b >>" % references(self._homes))
        about = b"<< /Type /StructTreeRoot /K [%b] /ParentTree %b /ParentTreeNextKey %d >>"
        self._writer.put(
            root, about % (reference(self._shared.document), reference(homes), self._shared.numbers)
        )
        return root

    def _outline(self) -> int:
        if not self._marks:
            return 0
        root = self._writer.take()
        first, last = self._outline_below(root, self._marks)
        about = b"<< /Type /Outlines /First %b /Last %b /Count %d >>"
        self._writer.put(root, about % (reference(first), reference(last), len(self._marks)))
        return root

    def _outline_below(self, parent: int, marks: Sequence[Mark]) -> tuple[int, int]:
        first = self._writer.take(len(marks))
        for number, mark in enumerate(marks, first):
            about = [b"/Title %b /Parent %b" % (words(mark.label), reference(parent))]
            page = reference(self._shared.pages + mark.page)
            about.append(b"/Dest [%b /XYZ null %d null]" % (page, round(mark.height)))
            if number > first:
                about.append(b"/Prev %b" % reference(number - 1))
            if number < first + len(marks) - 1:
                about.append(b"/Next %b" % reference(number + 1))
            if mark.marks:
                head, tail = map(reference, self._outline_below(number, mark.marks))
                # Closed: what is below it shows when it is asked for.
                about.append(b"/First %b /Last %b /Count %d" % (head, tail, -len(mark.marks)))
            self._writer.put(number, b"<< %b >>" % b" ".join(about))
        return first, first + len(marks) - 1


def _anchors(sheaves: Iterable[Sheaf]) -> Iterator[tuple[str, tuple[int, float]]]:
    before = 0
    for sheaf in sheaves:
        for name, (page, height) in sheaf.anchors.items():
            yield name, (before + page, height)
        before += sheaf.pages


def _moved(mark: Mark, by: int) -> Mark:
    return Mark(mark.label, mark.page + by, mark.height, tuple(_moved(one, by) for one in mark.marks))
