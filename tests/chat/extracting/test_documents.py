"""What a model reads of documents: their words with headings, lists, tables, pages and sheets.

Proves B3.
"""

from __future__ import annotations

import io
import time

import docx
import pytest

from chat.extracting.contract import Extracted
from chat.extracting.process import extract
from tests.chat.extracting import making


def read(reader: str, content: bytes | str) -> Extracted:
    return extract(reader, io.BytesIO(content if isinstance(content, bytes) else content.encode()))


def words(reader: str, content: bytes | str) -> str:
    found = read(reader, content)
    assert not found.problem
    return found.body.decode()


def test_a_pdf_has_its_pages() -> None:
    found = read("pdf", making.pdf("The sea rises", "and falls"))
    assert found.body.decode() == "## Page 1\n\nThe sea rises\n\n## Page 2\n\nand falls\n\n"
    assert (found.unit, found.count, found.is_cut) == ("page", 2, False)


def test_a_word_document_has_headings_lists_and_tables() -> None:
    assert words("word", making.word()) == (
        "# Tides\n\nThe sea | rises.\n\n- High\n1. Low\n\n"
        "| Port | Metres |\n| --- | --- |\n| Brest | 7\\|8 |\n\n"
    )


def test_a_workbook_has_its_sheets_with_values_as_people_see_them() -> None:
    found = read("sheets", making.workbook())
    assert found.body.decode() == (
        "## Sheet: Ports (4 rows)\n\n| Port | Metres | Day | Open |\n| --- | --- | --- | --- |\n"
        "| Brest | 7.5 | 2026-03-01 | TRUE |\n| Ostende | 4 |  | FALSE |\n\n"
    )
    assert (found.unit, found.count) == ("sheet", 2)


def test_a_presentation_has_its_slides_and_notes() -> None:
    found = read("slides", making.slides())
    assert found.body.decode() == (
        "## Slide 1: Tides\n\n- High\n- Low\n\n| Brest |  |\n| --- | --- |\n\n\nNotes: Speak slowly\n\n"
    )
    assert (found.unit, found.count) == ("slide", 2)


def test_a_page_has_its_words_and_none_of_its_scripts() -> None:
    assert words("page", making.PAGE) == (
        "# Tides\n\nHome\n\n## High & low\n\nThe sea rises\nand falls, they say (https://example.org/t).\n\n"
        "- One\n  - Two\n\n| Port | Metres |\n| --- | --- |\n| Brest | 7 |\n\n```\na\n  b\n```\n\n"
    )


def test_a_mail_has_its_head_its_words_and_what_was_with_it() -> None:
    said = words("mail", making.mail())
    assert "Subject: Tides — Gezeiten\n\nThe sea rises.\n" in said
    assert "[With it: ports.csv]" in said


def test_a_book_has_its_chapters_in_their_order() -> None:
    found = read("epub", making.book())
    assert found.body.decode() == "# First\n\nWords\n\n\n# Second\n\n\n"
    assert (found.unit, found.count) == ("chapter", 2)


def test_rich_text_has_its_words() -> None:
    assert words("rtf", r"{\rtf1\ansi Caf\'e9 {\b bold}\par next}").split() == ["Café", "bold", "next"]


def test_an_open_document_has_headings_lists_and_tables() -> None:
    body = (
        '<office:body><text:h text:outline-level="2">Tides</text:h>'
        "<text:p>The<text:s/>sea<text:tab/>rises</text:p>"
        "<text:list><text:list-item><text:p>High</text:p></text:list-item></text:list>"
        '<table:table><table:table-row><table:table-cell table:number-columns-repeated="2"><text:p>7</text:p>'
        "</table:table-cell></table:table-row></table:table></office:body>"
    )
    said = words("opendocument", making.open_text(body))
    assert said == "## Tides\n\nThe sea\trises\n\n- High\n\n| 7 | 7 |\n| --- | --- |\n\n"


def test_an_open_spreadsheet_has_its_sheets() -> None:
    cells = "".join(
        f'<table:table-cell office:value-type="{kind}" {value}><text:p>{words}</text:p></table:table-cell>'
        for kind, value, words in (("string", "", "Brest"), ("float", 'office:value="7.5"', "7,5"))
    )
    sheet = f'<table:table table:name="Ports"><table:table-row>{cells}</table:table-row></table:table>'
    body = f"<office:body><office:spreadsheet>{sheet}</office:spreadsheet></office:body>"
    said = words("sheets", making.open_text(body, kind="spreadsheet"))
    assert said == "## Sheet: Ports (1 rows)\n\n| Brest | 7.5 |\n| --- | --- |\n\n"


def test_an_open_presentation_has_its_slides() -> None:
    body = '<office:body><draw:page draw:name="1"><text:p>One</text:p></draw:page><draw:page/></office:body>'
    found = read("opendocument", making.open_text(body, kind="presentation"))
    assert found.body.decode() == "## Slide 1\n\nOne\n\n## Slide 2\n\n"
    assert (found.unit, found.count) == ("slide", 2)


def test_a_long_document_is_read_in_a_moment() -> None:
    """A look-up of each paragraph's style took twenty seconds."""
    document = docx.Document()
    for number in range(3000):
        document.add_paragraph(f"Paragraph {number}")
    begun = time.monotonic()
    assert "Paragraph 2999" in words("word", making.saved(document.save))
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize(
    ("reader", "content", "problem"),
    [
        ("pdf", making.protected_pdf(), "protected"),
        ("pdf", making.pdf("", ""), "scanned"),
        ("pdf", b"%PDF-1.7 nothing more", "damaged"),
        ("word", making.word()[:2000], "damaged"),
        ("word", making.packed({"[Content_Types].xml": "<x/>"}), "damaged"),
        ("sheets", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "damaged"),
        ("slides", making.packed({"ppt/x": ""}), "damaged"),
        ("opendocument", making.open_text("<office:body/>"), "empty"),
        ("epub", making.packed({"META-INF/rights.xml": "", "META-INF/container.xml": ""}), "protected"),
        ("page", "<script>only()</script>", "empty"),
        ("nobody", b"", "failed"),
    ],
)
def test_what_cannot_be_read_says_why(reader: str, content: bytes | str, problem: str) -> None:
    assert read(reader, content).problem == problem
