"""Word files of conversations, what is in them, and whether they are sound."""

from __future__ import annotations

from lxml import etree

from chat.models import Session, User
from exports.options import Options
from tests.exports.goldens import EVERYTHING, written
from tests.exports.ooxml import R, W, disorders, parts_of, read
from tests.factories import add_message, make_session


def document_of(session: Session, options: Options = EVERYTHING) -> dict[str, bytes]:
    return parts_of(written(session, "docx", options))


def of_text(owner: User, text: str) -> dict[str, bytes]:
    session = make_session(owner)
    add_message(session, None, text, role="assistant", author=None)
    return document_of(session)


def body_of(parts: dict[str, bytes]) -> etree._Element:
    return read(parts["word/document.xml"])


def words(element: etree._Element) -> str:
    return "".join(str(one.text or "") for one in element.iter(f"{W}t"))


def lines_of(parts: dict[str, bytes], style: str) -> list[str]:
    """The paragraphs of a style."""
    found = body_of(parts).iter(f"{W}p")
    return [words(one) for one in found if one.find(f"{W}pPr/{W}pStyle[@{W}val='{style}']") is not None]


def relations_of(parts: dict[str, bytes], name: str = "document") -> dict[str, str]:
    root = read(parts[f"word/_rels/{name}.xml.rels"])
    found = {str(one.get("Id")): str(one.get("Target")) for one in root}
    assert len(found) == len(root)
    return found


def assert_sound(parts: dict[str, bytes]) -> None:
    """Well formed, in order, and nothing in it that is named twice or is not there."""
    roots = {name: read(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    assert [f"{name}: {one}" for name, root in roots.items() for one in disorders(root)] == []
    types = roots["[Content_Types].xml"]
    assert {f"/{name}" for name in parts} >= {one.get("PartName") for one in types.iter("{*}Override")}
    assert {name.rpartition(".")[2] for name in parts} <= {
        one.get("Extension") for one in types.iter("{*}Default")
    }
    for name in ("document", "footnotes"):
        _assert_known(parts, roots, name)
    _assert_counted(roots["word/document.xml"], roots["word/footnotes.xml"])


def _assert_known(parts: dict[str, bytes], roots: dict[str, etree._Element], name: str) -> None:
    """Every style, list and relation that the part speaks of is there, and leads to nowhere but the web."""
    root = roots[f"word/{name}.xml"]
    styles = {one.get(f"{W}styleId") for one in roots["word/styles.xml"].iter(f"{W}style")}
    for kind in ("pStyle", "rStyle", "tblStyle"):
        assert {one.get(f"{W}val") for one in root.iter(f"{W}{kind}")} <= styles
    instances = {one.get(f"{W}numId") for one in roots["word/numbering.xml"].iter(f"{W}num")} | {"0"}
    assert {one.get(f"{W}val") for one in root.iter(f"{W}numId")} <= instances
    known = relations_of(parts, name) if f"word/_rels/{name}.xml.rels" in parts else {}
    asked = {str(one.get(key)) for one in root.iter() for key in one.attrib if str(key).startswith(R)}
    assert asked <= known.keys()
    outside = {target for target in known.values() if ":" in target}
    assert all(target.startswith(("http://", "https://", "mailto:")) for target in outside)
    assert {f"word/{target}" for target in known.values() if target not in outside} <= parts.keys()


def _assert_counted(body: etree._Element, footnotes: etree._Element) -> None:
    """What has to be like no other, in order, or no more than so many."""
    for tag, name in ((f"{W}bookmarkStart", f"{W}id"), (f"{W}bookmarkStart", f"{W}name"), ("{*}docPr", "id")):
        found = [one.get(name) for one in body.iter(tag)]
        assert len(found) == len(set(found))
    marks = [one.get(f"{W}id") for one in body.iter(f"{W}footnoteReference")]
    assert marks == [str(number) for number in range(1, len(marks) + 1)]
    assert len(marks) == len(footnotes) - 2
    assert all(cell[-1].tag == f"{W}p" for cell in body.iter(f"{W}tc"))
    assert all(len(row.findall(f"{W}tc")) <= 63 for row in body.iter(f"{W}tr"))
