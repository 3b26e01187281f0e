"""One sheaf, changed so that it fits into its book, and copied into it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from hashlib import sha256

from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream, String

from exports.printing.folios import Folios
from exports.printing.writer import Writer

_OF_THE_FILE = (Name.ObjStm, Name.XRef)
ELSEWHERE = "message:"
"""How a document links to an anchor that may be in another one."""
# Strings are matched so that nothing within them is taken for a reference.
_REFERENCES = re.compile(rb"\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f]*>|(?<![\d.])(\d+) 0 R\b", re.DOTALL)


@dataclass(slots=True)
class Shared:
    """What the sheaves of a book have in common."""

    # The number of the first page's object; the others follow it.
    pages: int
    count: int
    document: int
    folios: Folios
    anchors: dict[str, tuple[int, float]]
    # Pages and links have a number each, by which their place in the structure is looked up.
    numbers: int = 0
    # Fonts and pictures that are there already.
    seen: dict[bytes, int] = field(default_factory=dict)


class Copy:
    """`before`: the pages before it in the book. `node`: the object that holds its pages there."""

    def __init__(self, source: Pdf, writer: Writer, shared: Shared, *, before: int, node: int) -> None:
        self._source = source
        self._writer = writer
        self._shared = shared
        self._before = before
        self._pages = [page.obj for page in source.pages]
        self._root = source.Root.StructTreeRoot
        # By the number of an object here its number in the book, where that is not the next that is free.
        self._homes = {_number(page): shared.pages + before + place for place, page in enumerate(self._pages)}
        self._dropped = {
            _number(one) for one in (source.Root, source.Root.Pages, self._root, *self._homeless())
        }
        self._homes[_number(source.Root.Pages)] = node
        self._homes[_number(self._root.K[0])] = shared.document
        self.elements: list[int] = []
        self.home = 0

    def write(self) -> None:
        self._link()
        self._number_structure()
        self._stamp()
        self._copy()

    def _homeless(self) -> list[Object]:
        """What the book has of its own."""
        root = self._source.Root
        found = [self._root.K[0], self._source.trailer.get(Name.Info), root.get(Name.Metadata)]
        return [one for one in found if one is not None and one.is_indirect]

    def _link(self) -> None:
        """Names that links lead to, and anchors that may be in other sheaves, become places."""
        named = self._named()
        for page in self._pages:
            for link in page.get(Name.Annots, ()):
                if Name.Dest in link:
                    link.Dest = named[str(link.Dest)]
                elif (url := str(link.A.URI)).startswith(ELSEWHERE):
                    del link[Name.A]
                    if found := self._shared.anchors.get(url.removeprefix(ELSEWHERE)):
                        page_number, height = found
                        target = self._stand_in(self._shared.pages + page_number)
                        link.Dest = Array([target, Name.XYZ, 0, round(height), 0])
                        link.Contents = String(str(page_number + 1))

    def _named(self) -> dict[str, Object]:
        names = self._source.Root.get(Name.Names)
        told = [] if names is None else [*names.Dests.Names]
        return {str(name): place for name, place in zip(told[::2], told[1::2], strict=True)}

    def _stand_in(self, number: int) -> Object:
        """An object here for one of the book."""
        made = self._source.make_indirect(Dictionary())
        self._homes[_number(made)] = number
        self._dropped.add(_number(made))
        return made

    def _number_structure(self) -> None:
        first = self._shared.numbers
        for page in self._pages:
            page.StructParents = int(page.StructParents) + first
            for link in page.get(Name.Annots, ()):
                if Name.StructParent in link:
                    link.StructParent = int(link.StructParent) + first
        numbered = self._root.ParentTree.Nums
        for place in range(0, len(numbered), 2):
            numbered[place] = int(numbered[place]) + first
        self._shared.numbers += len(numbered) // 2
        self._root.ParentTree.Limits = Array([first, self._shared.numbers - 1])

    def _stamp(self) -> None:
        font = self._stand_in(self._shared.folios.font)
        resources = self._pages[0].Resources
        if Name.Font not in resources:
            resources.Font = Dictionary()
        resources.Font.Folio = font
        for place, page in enumerate(self._pages, self._before + 1):
            drawn = self._shared.folios.drawn(place, self._shared.count, float(page.MediaBox[2]))
            page.Contents = Array([self._source.make_stream(drawn), page.Contents])

    def _copy(self) -> None:
        objects = self._objects()
        self._share([one for one in objects if isinstance(one, Stream)])
        objects = [one for one in objects if _number(one) not in self._dropped]
        for home, one in enumerate(objects, self._writer.take(len(objects))):
            self._homes.setdefault(_number(one), home)
        for one in objects:
            home = self._homes[_number(one)]
            if isinstance(one, Stream):
                about = self._renumbered(one.stream_dict.unparse(resolved=True))
                self._writer.put_stream(home, about, one.read_raw_bytes())
            else:
                self._writer.put(home, self._renumbered(one.unparse(resolved=True)))
        self.elements = [self._homes[_number(one)] for one in self._root.K[0].K]
        self.home = self._homes[_number(self._root.ParentTree)]

    def _objects(self) -> list[Object]:
        """All but what the book has of its own, and what is about the file and not about the document."""
        # What was folded into other elements is nothing any more.
        found: list[Object | None] = [*self._source.objects]
        return [
            one
            for one in found
            if one is not None
            and _number(one) not in self._dropped
            and not (isinstance(one, Stream) and one.stream_dict.get(Name.Type) in _OF_THE_FILE)
        ]

    def _share(self, streams: list[Stream]) -> None:
        """Fonts and pictures that are in the book already are not copied again."""
        for one in streams:
            about = one.stream_dict
            is_shared = Name.Length1 in about or about.get(Name.Subtype) in (Name.Image, Name.OpenType)
            if not is_shared or Name.SMask in about:
                continue
            digest = sha256(one.read_raw_bytes() + about.unparse()).digest()
            if digest in self._shared.seen:
                self._homes[_number(one)] = self._shared.seen[digest]
                self._dropped.add(_number(one))
            else:
                self._shared.seen[digest] = self._homes[_number(one)] = self._writer.take()

    def _renumbered(self, content: bytes) -> bytes:
        return _REFERENCES.sub(self._renumber, content)

    def _renumber(self, match: re.Match[bytes]) -> bytes:
        if match[1] is None:
            return match[0]
        return b"%d 0 R" % self._homes[int(match[1])]


def _number(one: Object) -> int:
    number: int = one.objgen[0]
    return number
