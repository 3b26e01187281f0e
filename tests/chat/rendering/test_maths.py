"""Formulas as browsers draw them: MathML Core, in the letters and with the gaps that TeX gives them."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from chat.rendering import render
from chat.rendering.maths import render_maths

FONT = Path(__file__).parents[3] / "static/fonts/math.woff2"


def drawn(source: str, *, display: bool = True) -> str:
    """What is drawn of the formula, after the sanitizer."""
    html = render(f"$${source}$$" if display else f"a ${source}$")
    inner = re.search(r"<semantics>(.*?)<annotation", html, re.DOTALL)
    assert inner is not None, html
    return inner[1]


@pytest.mark.parametrize(
    ("source", "part"),
    [
        (r"\mathbb{RN}", "<mi>ℝ</mi><mi>ℕ</mi>"),
        (r"\mathbb{1}", "<mn>𝟙</mn>"),
        (r"\mathscr{F}\mathfrak{gC}", "<mi>ℱ</mi>"),
        (r"\boldsymbol{\beta}", "<mi>𝜷</mi>"),
        (r"\textbf{bold}", "<mtext>𝐛𝐨𝐥𝐝</mtext>"),
        (r"\mathrm{d}x", '<mi mathvariant="normal">d</mi><mi>x</mi>'),
        (r"\mathrm{softmax}(x)", "<mi>softmax</mi>"),
        (r"\Gamma", '<mi mathvariant="normal">Γ</mi>'),
        (r"\mathsf{T}", '<mi class="sans" mathvariant="normal">T</mi>'),
    ],
)
def test_letters_are_of_their_alphabet(source: str, part: str) -> None:
    assert part in drawn(source)


@pytest.mark.parametrize(
    ("source", "part"),
    [
        (r"a \pm b", "<mo>±</mo>"),
        (r"a \implies b", "<mo>⟹</mo>"),
        (r"a \leqslant b \sim c", "<mo>∼</mo>"),
        (r"\infty", "<mi>∞</mi>"),
        (r"x = -1", '<mo form="prefix">−</mo>'),
        (r"x - 1", "<mo>−</mo>"),
        (r"n! - 1", "<mo>−</mo>"),
        (r"2 \sin x", '<mo lspace="0.167em" rspace="0.167em">sin</mo>'),
        (r"\sin(x)", '<mo lspace="0" rspace="0">sin</mo>'),
        (r"|x|", '<mo lspace="0" rspace="0" stretchy="false">|</mo>'),
        (r"\big(", '<mo maxsize="1.2em" minsize="1.2em" stretchy="true">(</mo>'),
        (r"1{,}000", "<mtext>,</mtext>"),
        (r"f'(x)", '<mrow><mi>f</mi><mo lspace="0" rspace="0">′</mo></mrow>'),
        (r"a\!b", '<mspace width="-0.167em"></mspace>'),
        (r"a \not= b \not\in C", "<mo>≠</mo>"),
    ],
)  # fmt: skip
def test_operators_are_operators_with_their_gaps(source: str, part: str) -> None:
    assert part in re.sub(
        r"<(\w+)((?: [\w-]+=\"[^\"]*\")+)>",
        lambda tag: f"<{tag[1]}{''.join(sorted(re.findall(r' [^ ]+', tag[2])))}>",
        drawn(source),
    )


def test_limits_stand_below_in_a_formula_of_its_own_and_beside_in_a_line() -> None:
    for source in (r"\lim_{x \to 0} x", r"\max_x f", r"\operatorname*{arg\,min}_\theta L"):
        assert re.search('<munder><mo[^>]* movablelimits="true"', drawn(source)), source
    assert "<munderover><mo" in drawn(r"\frac{\sum_{i=1}^n i}{2}", display=False)
    assert "<msubsup><mo>∫" in drawn(r"\int_0^1")


def test_nothing_stands_apart_within_a_script() -> None:
    assert re.search(r'<mi>i</mi><mo [^>]*space="0"[^>]*>=</mo>', drawn(r"\sum_{i=1}"))
    assert "<mo>=</mo>" in drawn("i=1")


@pytest.mark.parametrize(
    ("source", "part"),
    [
        (r"\hat{x}", "ˆ</mo></mover>"),
        (r"\vec{v}", "\u20d7</mo></mover>"),
        (r"\bar{x}", "¯</mo></mover>"),
        (r"\overline{AB}", 'class="overlined"'),
        (r"\underline{x}", 'class="underlined"'),
        (r"\underbrace{a}_{b}", '<munder accentunder="true"'),
    ],
)
def test_accents_sit_on_their_letters(source: str, part: str) -> None:
    assert part in drawn(source)


@pytest.mark.parametrize(
    "name", ["aligned", "align", "align*", "split", "gathered", "gather*", "multline", "dcases", "eqnarray"]
)
def test_environments_are_tables_without_numbers(name: str) -> None:
    html = drawn(rf"\begin{{{name}}} a &= b \\ c &= d \end{{{name}}}")
    assert html.count("<mtr>") == 2
    assert "(1)" not in html
    assert "&amp;" not in html


def test_lines_of_an_array_are_drawn_between_the_right_cells() -> None:
    html = drawn(r"\begin{array}{@{}l|cr} a & b & c \\ \hline d & e & f \\ g & h & i\end{array}")
    assert html.count("ruled-before") == 3
    assert html.count("ruled-above") == 3
    assert 'class="ruled-above ruled-before"' in html


def test_lines_are_broken_and_a_number_stands_last() -> None:
    assert drawn(r"a = b \\ c = d").count("<mtr>") == 2
    assert drawn(r"\tag{7} x = y \label{eq:x} \nonumber").rstrip("</mrow>").endswith("<mtext>(7)</mtext")


@pytest.mark.parametrize(
    "source",
    [r"\newcommand{\a}{\a\a}\a", r"\def\a{\a\a}\a", r"\let\a\b", r"\DeclareMathOperator{\a}{\a\a}\a"],
)
def test_macros_are_not_carried_out(source: str) -> None:
    started = time.process_time()
    assert render_maths(source, display=True).startswith("<code>")
    assert time.process_time() - started < 0.1


def test_the_font_is_small_and_has_what_formulas_need() -> None:
    assert FONT.stat().st_size < 120_000
    assert FONT.with_name("math-LICENSE.txt").exists()
