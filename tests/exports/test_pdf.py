"""The PDF of a conversation: pages to print, with all that was said, to be leafed through and read aloud.

Proves B13.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import pikepdf
import pytest

from chat.models import User
from exports.formats.pdf import parts
from tests.exports.printed import elements_of, outline_of, pages_of, written
from tests.exports.rich import make_rich_session
from tests.factories import make_session

pytestmark = pytest.mark.django_db(transaction=True)


_MADE: dict[str, bytes] = {}


@pytest.fixture
def rich(alice: User) -> bytes:
    """Made once, since it takes as long as all that is asked of it."""
    if "rich" not in _MADE:
        _MADE["rich"] = written(make_rich_session(alice))
    return _MADE["rich"]


@pytest.fixture
def book(alice: User, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """With a cover, contents, and its messages in three parts."""
    if "book" not in _MADE:
        monkeypatch.setattr(parts, "MESSAGES", 10)
        texts = [f"# Topic {number}\n\nWhat about *{number}*?\n\n## A part\n\nWell." for number in range(24)]
        _MADE["book"] = written(make_session(alice, texts, name="A book"))
    return _MADE["book"]


def test_all_that_was_said_is_found_in_it(rich: bytes) -> None:
    text = " ".join(" ".join(pages_of(rich)).split())
    for words in (
        "A rich conversation: “all” <of> it & more",
        "Show me a function, please.",
        "def greet(name: str) -> str:",
        "日本語",
        "你好，世界",
        "русский, 中文排版",
        "한국어",
        "עולם",
        "مرحبا بالعالم، هذا نص عربي مع كلمة Parley في وسطه",
        "They want lists.",
        "A first try that was not kept.",
        "Check this,",
        "It costs $5 or $10.",
        "research, to print",
    ):
        assert words in text, words


def test_each_page_says_which_of_how_many_it_is(book: bytes) -> None:
    pages = pages_of(book)
    assert len(pages) > 6
    for number, text in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in text


def test_a_long_one_has_a_cover_and_contents_that_lead_to_the_questions(book: bytes) -> None:
    pages = pages_of(book)
    assert "A book" in pages[0]
    assert "Topic" not in pages[0]
    assert "Contents" in pages[1]
    with pikepdf.open(io.BytesIO(book)) as document:
        numbers = {page.obj.objgen: number for number, page in enumerate(document.pages)}
        links = [link.Dest for link in document.pages[1].Annots]
    said = re.findall(r"Topic (\d+)\s+(\d+)", pages[1])
    assert len(said) == len(links) == 12
    for (topic, page), place in zip(said, links, strict=True):
        assert numbers[place[0].objgen] == int(page) - 1
        assert f"Topic {topic}" in pages[int(page) - 1]


def test_a_short_one_begins_with_its_first_message(rich: bytes) -> None:
    first = pages_of(rich)[0]
    assert "A rich conversation" in first
    assert "Show me a function" in first


def test_the_outline_has_every_message_and_the_headings_in_it(book: bytes) -> None:
    lines, pages = outline_of(book), pages_of(book)
    messages = [line for line in lines if re.match(r"\d+\. ", line[1])]
    assert [int(words.split(".")[0]) for _level, words, _page in messages] == list(range(1, 25))
    assert messages[3][1] == "4. Assistant: Topic 3"
    assert all(f"Topic {number}" in pages[line[2] - 1] for number, line in enumerate(messages))
    assert sum(words == "A part" for _level, words, _page in lines) == 24


def test_a_screen_reader_gets_headings_lists_tables_and_pictures_with_their_words(rich: bytes) -> None:
    with pikepdf.open(io.BytesIO(rich)) as document:
        root = document.Root
        assert str(root.Lang) == "en"
        assert bool(root.MarkInfo.Marked)
        assert bool(root.ViewerPreferences.DisplayDocTitle)
        assert str(document.docinfo.Title) == "A rich conversation: “all” <of> it & more"
        with document.open_metadata() as told:
            assert told["pdfuaid:part"] == "1"
    found = list(elements_of(rich))
    kinds = {kind for kind, _alt in found}
    assert {"/H1", "/H2", "/H3", "/L", "/LI", "/Table", "/TH", "/TD", "/P", "/Art", "/Link"} <= kinds
    alts = {alt for kind, alt in found if kind == "/Figure"}
    assert "slope.png" in alts
    assert r"e^{i\pi} + 1 = 0" in alts


def test_what_is_marked_on_a_page_has_its_place_in_the_structure(book: bytes) -> None:
    """Parts number what is on their pages each from 0, so that all numbers are others in the book."""
    with pikepdf.open(io.BytesIO(book)) as document:
        homes: dict[int, pikepdf.Object] = {}
        for kid in document.Root.StructTreeRoot.ParentTree.Kids:
            told = [*kid.Nums]
            homes |= {int(number): home for number, home in zip(told[::2], told[1::2], strict=True)}
        for page in document.pages:
            marked = {
                int(item.operands[1].MCID)
                for item in pikepdf.parse_content_stream(page)
                if str(item.operator) == "BDC" and "/MCID" in item.operands[1]
            }
            home = homes[int(page.obj.StructParents)]
            assert marked == set(range(len(home)))
            # What the head of a page says is no element of the document.
            assert any(one.get("/Pg", page.obj).objgen == page.obj.objgen for one in home)


def test_fonts_are_within_it(rich: bytes) -> None:
    with pikepdf.open(io.BytesIO(rich)) as document:
        found = [
            one for one in document.objects if isinstance(one, pikepdf.Dictionary) and "/FontName" in one
        ]
        assert len(found) > 5
        assert all("/FontFile2" in one or "/FontFile3" in one for one in found)
    assert len(rich) / len(pages_of(rich)) < 200_000


def test_another_program_finds_no_fault(book: bytes, tmp_path: Path) -> None:
    if shutil.which("qpdf") is None or shutil.which("pdfinfo") is None:
        pytest.skip("qpdf and poppler-utils are not installed")
    file = tmp_path / "book.pdf"
    file.write_bytes(book)
    subprocess.run(["qpdf", "--check", file], check=True, stdout=subprocess.DEVNULL)
    told = subprocess.run(["pdfinfo", file], check=True, capture_output=True, text=True).stdout
    assert re.search(r"Tagged: +yes", told)
    assert re.search(r"Title: +A book", told)
