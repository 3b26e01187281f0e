"""A leaner structure for a tagged PDF: what has no meaning of its own is folded into what it stands in.

WeasyPrint writes an element for each piece of text, which for highlighted code is one for every few letters.
"""

from __future__ import annotations

from typing import Any

Element = dict[str, Any]
_MEANINGLESS = ("/Span", "/NonStruct", "/Div")


def fold(_document: object, pdf: Any) -> None:
    """To be called before `pdf` (of pydyf) is written. The book has an outline of its own."""
    for one in pdf.objects if pdf.catalog.pop("Outlines", None) else ():
        if (
            isinstance(one, dict)
            and "Type" not in one
            and ("Title" in one and "Dest" in one or "First" in one)
        ):
            one.free = "f"  # type: ignore[attr-defined]  # it is not written
    root = pdf.catalog.get("StructTreeRoot")
    if root is not None:
        _Tree(pdf).fold(_at(pdf, root))


def _at(pdf: Any, reference: bytes) -> Element:
    found: Element = pdf.objects[int(reference.split()[0])]
    return found


class _Tree:
    def __init__(self, pdf: Any) -> None:
        self._pdf = pdf
        # By the reference of what is gone the reference of what has taken it in.
        self._moved: dict[bytes, bytes] = {}

    def fold(self, root: Element) -> None:
        for reference in root["K"]:
            self._fold_below(reference)
        numbered = _at(self._pdf, root["ParentTree"])["Nums"]
        for place, entry in enumerate(numbered):
            if isinstance(entry, list):
                entry[:] = [self._home(reference) for reference in entry]
            elif isinstance(entry, bytes):
                numbered[place] = self._home(entry)

    def _fold_below(self, top: bytes) -> None:
        """The lowest first; not by recursion, since lists nest as deep as people like."""
        order, waiting = [], [top]
        while waiting:
            reference = waiting.pop()
            order.append(reference)
            waiting += [kid for kid in _at(self._pdf, reference)["K"] if self._is_element(kid)]
        for reference in reversed(order):
            self._take_in(reference)

    def _is_element(self, kid: object) -> bool:
        return isinstance(kid, bytes) and _at(self._pdf, kid).get("Type") == "/StructElem"

    def _take_in(self, reference: bytes) -> None:
        element = _at(self._pdf, reference)
        kids: list[object] = []
        for kid in element["K"]:
            inner = _at(self._pdf, kid) if isinstance(kid, bytes) and self._is_element(kid) else None
            if inner is None or inner["S"] not in _MEANINGLESS or inner["Pg"] != element.get("Pg"):
                kids.append(kid)
                continue
            assert isinstance(kid, bytes)
            self._moved[kid] = reference
            inner.free = "f"  # type: ignore[attr-defined]  # it is not written
            for one in inner["K"]:
                if isinstance(one, bytes) and self._is_element(one):
                    _at(self._pdf, one)["P"] = reference
                kids.append(one)
        element["K"][:] = kids

    def _home(self, reference: bytes) -> bytes:
        while reference in self._moved:
            reference = self._moved[reference]
        return reference
