"""The Word file of a conversation, as a whole: opened by other programs, and each time the same.

Proves B13.
"""

from __future__ import annotations

import io
import re
import shutil
import subprocess
from pathlib import Path

import docx
import pytest
from django.utils import translation

from chat.models import User
from exports.content.transcript import Transcript
from exports.formats import FORMATS
from exports.options import Options
from tests.exports.comparing import compare
from tests.exports.goldens import EVERYTHING, LITTLE, made_of_the_rich_one, written
from tests.exports.ooxml import W, parts_of
from tests.exports.rich import BEGUN
from tests.exports.wordfiles import assert_sound, body_of, document_of, words
from tests.factories import make_session


@pytest.mark.parametrize(("options", "name"), [(EVERYTHING, "everything"), (LITTLE, "little")])
def test_the_rich_conversation_is_the_golden_document(alice: User, options: Options, name: str) -> None:
    parts = parts_of(made_of_the_rich_one(alice, "docx", options))
    assert_sound(parts)
    told = parts["word/document.xml"] + b"\n" + parts["word/footnotes.xml"]
    lines = re.sub(rb"(?=<w:(?:p|tbl|tr|sdt|sectPr|footnote)>)", b"\n", told)
    compare(f"{name}.docx.xml", lines.decode())


def test_another_program_opens_it_and_finds_headings_tables_and_facts(alice: User) -> None:
    content = made_of_the_rich_one(alice, "docx", EVERYTHING)
    opened = docx.Document(io.BytesIO(content))
    names = [paragraph.style.name for paragraph in opened.paragraphs if paragraph.style]
    assert names[0] == "Title"
    assert names.count("Heading 2") == 11
    assert {"Heading 3", "Heading 4", "Quote", "Code Block", "List Bullet", "List Number"} <= set(names)
    facts, prices = opened.tables
    assert [cell.text for cell in facts.columns[0].cells][-1] == "Cost"
    assert [cell.text for cell in prices.rows[0].cells] == ["Name", "Wert", "Preis"]
    assert opened.core_properties.title == "A rich conversation: “all” <of> it & more"
    assert opened.core_properties.author == "alice"
    assert opened.core_properties.created == BEGUN
    assert len(opened.inline_shapes) == 1


def test_a_page_is_a4_and_has_the_title_above_and_its_number_below(alice: User) -> None:
    session = make_session(alice, ["a"], name="שלום 日本語 \x0b<&>")
    opened = docx.Document(io.BytesIO(written(session, "docx", EVERYTHING)))
    [section] = opened.sections
    sides = section.page_width, section.page_height, section.left_margin, section.right_margin
    assert [one.twips if one else 0 for one in sides] == [11906, 16838, 1253, 1253]
    assert section.different_first_page_header_footer
    [title] = section.header.paragraphs
    assert (title.text, title.style and title.style.name) == ("שלום 日本語  <&>", "Header")
    assert title._p.find(f"{W}pPr/{W}bidi") is not None
    assert [one.text for one in section.first_page_header.paragraphs] == [""]
    for footer in (section.footer, section.first_page_footer):
        [pages] = footer.paragraphs
        assert words(pages._p) == "Page 1 of 1"
        assert [one.get(f"{W}instr") for one in pages._p.iter(f"{W}fldSimple")] == [" PAGE ", " NUMPAGES "]


def test_what_the_options_leave_out_is_not_told(alice: User) -> None:
    everything = made_of_the_rich_one(alice, "docx", LITTLE)
    told = words(body_of(parts_of(everything)))
    for part in ("2026", "tokens", "look_up", "The system says so", "Check this", "They want lists", "Cost"):
        assert part not in told


def test_it_is_in_the_language_of_who_asks(alice: User) -> None:
    with translation.override("de"):
        parts = document_of(make_session(alice, ["a"]))
    assert b'w:lang w:val="de-DE"' in parts["word/styles.xml"]
    assert b'w:themeFontLang w:val="de-DE"' in parts["word/settings.xml"]
    assert b"<dc:language>de-DE<" in parts["docProps/core.xml"]
    assert b" NUMPAGES " in parts["word/footer1.xml"]


def test_it_is_the_same_each_time_and_ends_when_it_is_told_to(alice: User) -> None:
    session = make_session(alice, list("abcdef"))
    assert written(session, "docx", EVERYTHING) == written(session, "docx", EVERYTHING)

    def stop(share: float) -> None:
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        FORMATS["docx"].write(Transcript(session, EVERYTHING), io.BytesIO(), stop)


def test_it_never_says_that_less_is_done_than_it_said_before(alice: User) -> None:
    shares: list[float] = []
    FORMATS["docx"].write(
        Transcript(make_session(alice, list("abcdef")), EVERYTHING), io.BytesIO(), shares.append
    )
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0, 1)


def test_libreoffice_shows_its_pages(alice: User, tmp_path: Path) -> None:
    office, reader = shutil.which("soffice"), shutil.which("pdftotext")
    if not (office and reader):
        pytest.skip("LibreOffice or poppler is missing")
    path = tmp_path / "rich.docx"
    path.write_bytes(made_of_the_rich_one(alice, "docx", EVERYTHING))
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    command = [office, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    told = subprocess.run([reader, tmp_path / "rich.pdf", "-"], check=True, capture_output=True, timeout=60)
    text = told.stdout.decode()
    for part in ("A rich conversation", "Page 2 of", "def greet", "日本語", "A first note", "What it means"):
        assert part in text
