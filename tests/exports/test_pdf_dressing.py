"""Messages made fit for paper: lines of code, tables, formulas, parts; and what is missing on a machine.

Proves B13.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from exports.formats import FORMATS
from exports.formats.pdf import parts, tables
from exports.formats.pdf.code import wrapped
from exports.formats.pdf.documents import Line
from exports.formats.pdf.parts import Piece
from exports.printing import fonts, hands

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_part_ends_where_it_is_long_whatever_pictures_are_in_it() -> None:
    picture = f'<img src="data:image/png;base64,{"A" * parts.LENGTH}">'
    texts = ["a", picture, "b", "c" * parts.LENGTH, "d"]
    pieces = [
        Piece(Line(number, "", ""), is_question=True, html=text) for number, text in enumerate(texts, 1)
    ]
    cut = [[piece.line.number for piece in part] for part in parts.parts_of(pieces)]
    assert cut == [[1, 2, 3], [4], [5]]


def test_a_long_line_of_code_is_marked_and_a_short_one_is_not() -> None:
    long = '<span class="s">' + "x" * 200
    html = f"<pre><code>short\n{long}\nend</span>\nlast</code></pre>"
    made = wrapped(html)
    assert made.count('class="long"') == 1
    assert made.count("<span") == made.count("</span>")
    assert re.sub("<[^>]*>", "", made).replace("\n", "") == "short" + "x" * 200 + "endlast"
    assert wrapped("<pre>short</pre>") == "<pre>short</pre>"


def test_a_table_of_too_many_columns_is_told_row_by_row() -> None:
    cells = "".join(f"<td>value {number}</td>" for number in range(30))
    heads = "".join(f"<th>Name {number}</th>" for number in range(30))
    rows = f"<thead><tr>{heads}</tr></thead><tbody><tr>{cells}</tr></tbody>"
    table = f'<div class="table"><table>{rows}</table></div>'
    assert "<b>Name 29:</b> value 29" in tables.fitted(table)
    narrow = '<div class="table"><table><thead><tr><th>a</th></tr></thead></table></div>'
    assert tables.fitted(narrow) == narrow


def test_a_formula_is_drawn_and_one_that_cannot_be_is_written() -> None:
    """In a process of its own, as workers are: importing what draws warns of its age."""
    source = '<annotation encoding="application/x-tex">x &lt; 1</annotation>'
    formula = f"<math><semantics><mrow><mi>x</mi></mrow>{source}</semantics></math>"
    asked = f"from exports.printing.maths import drawn; print(drawn({formula!r})); print(drawn({BROKEN!r}))"
    told = subprocess.run([sys.executable, "-c", asked], check=True, capture_output=True, text=True).stdout
    drawing, writing = told.strip().split("\n")
    assert 'alt="x &lt; 1"' in drawing
    assert "data:image/svg+xml;base64," in drawing
    assert writing == '<code class="latex">x</code>'


BROKEN = "<math><semantics><mi>x</mo><annotation>x</annotation></semantics></math>"


def test_without_pango_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert FORMATS["pdf"].obstacle() == ""
    broken = tmp_path / "weasyprint"
    broken.mkdir()
    (broken / "__init__.py").write_text("raise OSError(\"cannot load library 'libpango-1.0-0'\")")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    hands.can_print.cache_clear()
    told = {name: str(form.obstacle()) for name, form in FORMATS.items()}
    hands.can_print.cache_clear()
    assert "apt-get install libpango-1.0-0" in told.pop("pdf")
    assert set(told.values()) == {""}


def test_a_script_without_a_font_is_told() -> None:
    assert fonts.missing_scripts("Latin, Ελληνικά, русский, مرحبا, שלום, नमस्ते, ภาษา 123 🎉 — ∑") == []
    # Nobody has a font of what no standard has given a meaning to yet, and of this hardly anybody.
    rare = "\U0001e030" if not fonts.missing_scripts("\U00016a40") else "\U00016a40"
    assert fonts.missing_scripts("Latin " + rare) in (["Mro"], ["Cyrillic"])
