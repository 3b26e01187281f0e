"""The Word file of a conversation: opened by other programs, in order as the standard wants it, and safe.

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
from lxml import etree
from PIL import Image

from chat.models import Session, User
from chat.rendering import render
from chat.rendering.code import CODE_STYLES
from exports.content.blocks import Maths
from exports.content.reading import blocks_of
from exports.content.transcript import Transcript
from exports.formats import FORMATS
from exports.formats.docx.contents import MOST, Contents
from exports.formats.docx.equations import displayed, equation
from exports.formats.docx.relations import address_of
from exports.options import Options
from tests.exports.comparing import compare
from tests.exports.goldens import EVERYTHING, LITTLE, made_of_the_rich_one, written
from tests.exports.ooxml import M, R, W, disorders, parts_of, read
from tests.exports.rich import BEGUN
from tests.factories import add_message, make_attachment, make_session, messages_of

HOSTILE = [
    "<script>alert(1)</script> \x01\x02\x0b\x1b[31m \ufffe \u202e ]]> &amp; <w:p>",
    "[a](javascript:alert(1)) [b](file:///etc/passwd) ![c](file:///etc/passwd) [d](http://[bad) [e](http://a:99999/)",
    "![p](http://example.org/x.png) <img src='http://example.org/y.png'>",
    "x" * 1_000_000,
    "```\n" + "y" * 100_000 + "\n" + "z\n" * 1000 + "```",
    "> " * 24 + "deep\n\n" + "".join("  " * level + f"- item {level}\n" for level in range(24)),
    f"|{'c|' * 500}\n|{'-|' * 500}\n|{'1|' * 500}",
    "$$\n" + "{" * 200 + "x" + "}" * 200 + "\n$$\n\n$" + "\\frac{1}{" * 80 + "x" + "}" * 80 + "$",
    "# \n\n[^a] [^a] [^b]\n\n[^a]: note [^b]\n\n    ```\n    code\n    ```\n[^b]: # head\n[^c]: nobody asks",
    "999999999. many\n\n- [x]\n-\n  > quote\n\n0. zero",
    "=1+1\n\n| =SUM(A1) |\n|-|\n| @x |",
]


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


def turned(paragraph: etree._Element) -> list[str]:
    """What runs from right to left in it."""
    return [words(one) for one in paragraph.iter(f"{W}r") if one.find(f"{W}rPr/{W}rtl") is not None]


def assert_sound(parts: dict[str, bytes]) -> None:
    """Well formed, in order, and nothing in it that is named twice or is not there."""
    roots = {name: read(part) for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    assert [f"{name}: {one}" for name, root in roots.items() for one in disorders(root)] == []
    types = roots["[Content_Types].xml"]
    assert {f"/{name}" for name in parts} >= {one.get("PartName") for one in types.iter("{*}Override")}
    assert {name.rpartition(".")[2] for name in parts} <= {
        one.get("Extension") for one in types.iter("{*}Default")
    }
    body = roots["word/document.xml"]
    for tag, name in ((f"{W}bookmarkStart", f"{W}id"), (f"{W}bookmarkStart", f"{W}name"), ("{*}docPr", "id")):
        found = [one.get(name) for one in body.iter(tag)]
        assert len(found) == len(set(found))
    styles = {one.get(f"{W}styleId") for one in roots["word/styles.xml"].iter(f"{W}style")}
    instances = {one.get(f"{W}numId") for one in roots["word/numbering.xml"].iter(f"{W}num")} | {"0"}
    for name in ("document", "footnotes"):
        root = roots[f"word/{name}.xml"]
        for kind in ("pStyle", "rStyle", "tblStyle"):
            assert {one.get(f"{W}val") for one in root.iter(f"{W}{kind}")} <= styles
        assert {one.get(f"{W}val") for one in root.iter(f"{W}numId")} <= instances
        known = relations_of(parts, name) if f"word/_rels/{name}.xml.rels" in parts else {}
        asked = {str(one.get(key)) for one in root.iter() for key in one.attrib if str(key).startswith(R)}
        assert asked <= known.keys()
        outside = {target for target in known.values() if ":" in target}
        assert all(target.startswith(("http://", "https://", "mailto:")) for target in outside)
        assert {f"word/{target}" for target in known.values() if target not in outside} <= parts.keys()
    marks = [one.get(f"{W}id") for one in body.iter(f"{W}footnoteReference")]
    assert marks == [str(number) for number in range(1, len(marks) + 1)]
    assert len(marks) == len(roots["word/footnotes.xml"]) - 2
    for cell in body.iter(f"{W}tc"):
        assert cell[-1].tag == f"{W}p"
    assert all(len(row.findall(f"{W}tc")) <= 63 for row in body.iter(f"{W}tr"))


@pytest.mark.parametrize(("options", "name"), [(EVERYTHING, "everything"), (LITTLE, "little")])
def test_the_rich_conversation_is_the_golden_document(alice: User, options: Options, name: str) -> None:
    parts = parts_of(made_of_the_rich_one(alice, "docx", options))
    assert_sound(parts)
    told = parts["word/document.xml"] + b"\n" + parts["word/footnotes.xml"]
    lines = re.sub(rb"(?=<w:(?:p|tbl|tr|sdt|sectPr|footnote)>)", b"\n", told)
    compare(f"{name}.docx.xml", lines.decode())


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_is_said_gives_a_sound_document(alice: User, text: str) -> None:
    parts = of_text(alice, text)
    assert_sound(parts)
    assert not any("passwd" in target for target in relations_of(parts).values())


def test_names_of_people_files_and_conversations_are_no_markup(alice: User) -> None:
    session = make_session(alice, ["a"], name='</w:t> "&" <b>\x0b \u202e')
    [message] = messages_of(session)
    picture = io.BytesIO()
    Image.new("RGB", (4000, 3000)).save(picture, "PNG")
    make_attachment(
        alice,
        name='"><a b="\x01',
        content=picture.getvalue(),
        message=message,
        kind="image",
        mime_type="image/png",
    )
    make_attachment(alice, name="fake.png", message=message, kind="image", mime_type="image/png", position=1)
    parts = document_of(session)
    assert_sound(parts)
    assert lines_of(parts, "Title") == ['</w:t> "&" <b>  \u202e']
    [shown] = body_of(parts).iter("{*}docPr")
    assert shown.get("descr") == '"><a b="'
    [extent] = body_of(parts).iter("{*}extent")
    assert int(str(extent.get("cx"))) == 5_900_000
    assert "word/media/image1.png" in parts


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


def test_every_kind_of_code_has_its_letters(alice: User) -> None:
    styles = read(of_text(alice, "a")["word/styles.xml"])
    names = {str(one.get(f"{W}styleId")) for one in styles.iter(f"{W}style")}
    assert {f"Code-{style}" for style in CODE_STYLES} <= names


def test_code_keeps_its_lines_tabs_and_colours(alice: User) -> None:
    parts = of_text(alice, "```python\ndef f():\n\treturn '<b>'\n```\n\n```\n" + "line\n" * 250 + "```")
    [label] = lines_of(parts, "CodeLabel")
    assert label == "Python"
    first, *sheets = lines_of(parts, "CodeBlock")
    assert first == "def f():return '<b>'"
    assert "".join(sheets).count("line") == 250
    xml = parts["word/document.xml"].decode()
    assert '<w:rStyle w:val="Code-k"/></w:rPr><w:t xml:space="preserve">def</w:t>' in xml
    assert "<w:br/>" in xml
    assert "<w:tab/>" in xml


def test_each_list_counts_from_its_own_start(alice: User) -> None:
    parts = of_text(
        alice, "1. a\n2. b\n\ntext\n\n5. c\n6. d\n   - e\n     1. f\n\ntext\n\n- [x] done\n- [ ] open"
    )
    items = list(body_of(parts).iter(f"{W}numPr"))
    lists = [(one[0].get(f"{W}val"), one[1].get(f"{W}val")) for one in items]
    assert lists == [
        ("0", "3"),
        ("0", "3"),
        ("0", "4"),
        ("0", "4"),
        ("1", "1"),
        ("2", "5"),
    ]
    starts = [one.get(f"{W}val") for one in read(parts["word/numbering.xml"]).iter(f"{W}startOverride")]
    assert starts == ["1", "5", "1"]
    assert lines_of(parts, "ListBullet") == ["e", "☑done", "☐open"]


def test_a_table_repeats_its_head_and_fits_the_page(alice: User) -> None:
    long = " ".join(["word"] * 40)
    parts = of_text(alice, f"| a | b |\n|:-:|--:|\n| 1 | {long} |\n| 2 | {long * 8} |")
    table = list(body_of(parts).iter(f"{W}tbl"))[-1]
    head, short, long_row = table.iter(f"{W}tr")
    assert head.find(f"{W}trPr/{W}tblHeader") is not None
    assert short.find(f"{W}trPr/{W}cantSplit") is not None
    assert long_row.find(f"{W}trPr") is None
    assert sum(int(str(one.get(f"{W}w"))) for one in table.iter(f"{W}gridCol")) <= 9400
    assert [one.get(f"{W}val") for one in head.iter(f"{W}jc")] == ["center", "right"]


def test_footnotes_are_words_own(alice: User) -> None:
    parts = of_text(
        alice, "It was so[^a], again[^a], and is[^b].\n\n[^a]: A [link](https://example.org)\n[^b]: Other"
    )
    notes = [words(one) for one in read(parts["word/footnotes.xml"])][2:]
    assert notes == [" A link", " Other"]
    assert relations_of(parts, "footnotes") == {"rId1": "https://example.org"}


def test_what_runs_from_right_to_left_says_so(alice: User) -> None:
    parts = of_text(alice, "שלום Parley 12.\n\nEnglish שלום עולם here\n\n日本語の 한국어 👍 12")
    hebrew, english, asian = list(body_of(parts).iter(f"{W}p"))[-3:]
    assert hebrew.find(f"{W}pPr/{W}bidi") is not None
    assert turned(hebrew) == ["שלום ", "."]
    assert english.find(f"{W}pPr/{W}bidi") is None
    assert turned(english) == ["שלום עולם"]
    fonts = [str(one.get(f"{W}eastAsia")) for one in asian.iter(f"{W}rFonts")]
    assert fonts == ["Yu Gothic", "Malgun Gothic", "Segoe UI Emoji"]


@pytest.mark.parametrize(
    ("latex", "parts"),
    [
        (r"\frac{1}{2}", "f num den"),
        (r"\binom{n}{k}", "f type num den"),
        (r"\sqrt{x} + \sqrt[3]{y}", "rad degHide deg"),
        (r"x_1^2 + x_1 + x^2", "sSubSup sSub sSup"),
        (r"\sum_{i=1}^n i + \int_0^1 x", "nary chr limLoc sub sup"),
        (r"\left( \frac{a}{b} \right]", "d begChr endChr"),
        (r"\begin{pmatrix} a & b \\ c & d \end{pmatrix}", "d m mcs mr"),
        (r"\hat{x} \overline{abc} \vec{v}", "acc bar"),
        (r"\underbrace{a}_{n}", "groupChr limLow"),
        (r"\sin x + \lim_{x \to 0} f(x)", "func fName limLow"),
        (r"\boxed{x} \cancel{y}", "borderBox strikeBLTR"),
        (r"\text{for all } x", "nor"),
        (r"\begin{align} a &= b \\ c &= d \end{align}", "m mcJc cGp"),
        (r"f = \begin{cases} 1 & x \\ 0 & y \end{cases}", "d m"),
    ],
)
def test_formulas_are_words_own(latex: str, parts: str) -> None:
    [block] = blocks_of(render(f"$$\n{latex}\n$$"))
    assert isinstance(block, Maths)
    for made in (displayed(block.formula.mathml), equation(block.formula.mathml)):
        root = etree.fromstring(f'<r xmlns:m="{M[1:-1]}">{made}</r>')
        found = {str(one.tag).removeprefix(M) for one in root.iter()}
        assert set(parts.split()) <= found
        assert list(disorders(root)) == []
        assert all(len(one) for one in root.iter(f"{M}e"))


def test_a_formula_that_nobody_can_read_stays_as_it_was_written(alice: User) -> None:
    parts = of_text(
        alice, "$$\n\\nonsense{x}\n$$\n\nand $\\frac{1}{" + "\\frac{1}{" * 70 + "x" + "}" * 71 + "$"
    )
    assert lines_of(parts, "CodeBlock") == ["\\nonsense{x}"]
    assert "\\frac{1}{\\frac{1}{" in parts["word/document.xml"].decode()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("https://example.org/a b?c=d&e#f", "https://example.org/a%20b?c=d&e#f"),
        ("https://exämple.org/ü?100%", "https://xn--exmple-cua.org/%C3%BC?100%25"),
        ("mailto:alice@example.org?subject=Hi there", "mailto:alice@example.org?subject=Hi%20there"),
        ("http://[::1]:80/", "http://[::1]:80/"),
        ("HTTP://example.org", "http://example.org"),
        ("http://[bad", ""),
        ("http://", ""),
        ("http://a:99999/", ""),
        ("http://a b/", ""),
        ("file:///etc/passwd", ""),
        ("javascript:alert(1)", ""),
        ("//example.org", ""),
        ("#here", ""),
        ("https://example.org/\ud800", ""),
        (f"https://example.org/{'a' * 3000}", ""),
    ],
)
def test_only_addresses_that_are_safe_and_whole_are_links(url: str, told: str) -> None:
    assert address_of(url) == told


def test_headings_begin_where_the_options_say(alice: User) -> None:
    session = make_session(alice, ["# Inner"])
    parts = document_of(session, Options(heading_level=3))
    assert lines_of(parts, "Heading4")[0].startswith("alice")
    assert lines_of(parts, "Heading5") == ["Inner"]
    title = next(body_of(parts).iter(f"{W}outlineLvl"))
    assert title.get(f"{W}val") == "2"


def test_what_the_options_leave_out_is_not_told(alice: User) -> None:
    everything = made_of_the_rich_one(alice, "docx", LITTLE)
    told = words(body_of(parts_of(everything)))
    for part in ("2026", "tokens", "look_up", "The system says so", "Check this", "They want lists", "Cost"):
        assert part not in told


def test_the_contents_are_filled_in_before_anybody_asks_for_it(alice: User) -> None:
    parts = document_of(
        make_session(alice, ['Say "a\\b"', "# One[^a]\n## Two\n\n[^a]: note", "three", "# Four"])
    )
    assert lines_of(parts, "TOC2") == ['Say "a\\b"', "three"]
    assert lines_of(parts, "TOC3") == ["One", "Four"]
    asked = [str(one.text) for one in body_of(parts).iter(f"{W}instrText")]
    assert asked == [
        r' TOC \o "3-3" \f q \h \z ',
        r' TC "Say ”a\\b”" \f q \l 2 ',
        r' TC "three" \f q \l 2 ',
    ]
    named = {one.get(f"{W}name") for one in body_of(parts).iter(f"{W}bookmarkStart")}
    assert {one.get(f"{W}anchor") for one in body_of(parts).iter(f"{W}hyperlink")} <= named
    assert "updateFields" not in re.sub(r"<!--.*?-->", "", parts["word/settings.xml"].decode())


def test_long_contents_are_the_questions_alone_and_those_of_a_book_are_left_to_word() -> None:
    contents = Contents(2)
    for number in range(MOST):
        contents.add(2, f"question {number}.")
    contents.add(3, "heading")
    assert "question 499." in contents.xml()
    assert "heading" not in contents.xml()
    contents.add(2, "one more")
    assert contents.add(2, "too many") == ""
    assert "question" not in contents.xml()
    assert "TOC \\o" in contents.xml()


def test_word_finds_every_question_of_a_book(alice: User) -> None:
    session = make_session(alice, [f"question {number}" for number in range(2 * MOST + 10)])
    fields = [str(one.text) for one in body_of(document_of(session)).iter(f"{W}instrText")]
    assert sum("TC " in one for one in fields) == MOST + 5


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
