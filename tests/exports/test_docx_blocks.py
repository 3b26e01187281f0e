"""What a message says, as Word itself has it: code, lists, tables, notes, formulas, either direction.

Proves B13.
"""

from __future__ import annotations

import pytest
from lxml import etree

from chat.models import User
from chat.rendering import render
from chat.rendering.code import CODE_STYLES
from exports.content.blocks import Maths
from exports.content.reading import blocks_of
from exports.formats.docx.equations import displayed, equation
from exports.formats.docx.text import direction_of
from tests.exports.ooxml import M, W, disorders, read
from tests.exports.wordfiles import body_of, lines_of, of_text, relations_of, words


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


def turned(paragraph: etree._Element) -> list[str]:
    """What runs from right to left in it."""
    return [words(one) for one in paragraph.iter(f"{W}r") if one.find(f"{W}rPr/{W}rtl") is not None]


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
    ("text", "found"),
    [("a ש", False), ("ש a", True), ("12 ² ש", True), ("日 ש", False), ("12 - ²", None), ("", None)],
)
def test_the_first_letter_says_which_way_a_text_runs(text: str, found: bool | None) -> None:
    assert direction_of(text) is found


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
