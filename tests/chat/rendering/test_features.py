"""What goes beyond CommonMark: code frames, tables, tasks, footnotes, maths, addresses, definition lists.

Proves B2.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.rendering import render
from tests.chat.rendering.reading import faults, structure


def test_code_names_its_language_and_can_be_copied() -> None:
    html = render("```py\nx = 1\n```")
    assert '<figure class="code" data-lang="py">' in html
    assert '<span class="code-lang">Python</span>' in html
    assert '<button type="button" data-copy="" aria-labelledby="say-copy"></button>' in html
    assert 'data-code="wrap"' in html
    assert 'data-code="lines"' in html
    assert 'x = <span class="m">1</span>\n</code></pre></figure>' in html


@pytest.mark.parametrize(("info", "name"), [("", "Text"), ("mermaid2", "mermaid2"), ("<b>", "&lt;b&gt;")])
def test_code_in_no_known_language_is_shown_plain(info: str, name: str) -> None:
    html = render(f"```{info}\nx = 1\n```")
    assert f'<span class="code-lang">{name}</span>' in html
    assert "<code>x = 1\n</code>" in html


def test_tables_can_be_scrolled_by_keyboard_and_keep_their_alignment() -> None:
    html = render("a | b\n:-: | -:\n1 | x \\| y")
    assert '<div aria-labelledby="say-table" class="table" role="region" tabindex="0"><table>' in html
    assert '<td align="center">1</td><td align="right">x | y</td>' in html


def test_a_short_row_is_filled_and_a_long_one_cut() -> None:
    html = structure(render("|a|b|\n|-|-|\n|1|\n|1|2|3|"))
    assert "<tr><td>1</td><td></td></tr><tr><td>1</td><td>2</td></tr>" in html


def test_tasks_are_checkboxes_that_say_their_state() -> None:
    html = render("- [ ] a\n- [x] b\n- [y] c")
    box = '<input aria-labelledby="say-open" class="task" disabled="" type="checkbox">'
    assert f'<li class="task-item">{box}a</li>' in html
    assert 'aria-labelledby="say-done" checked=""' in html
    assert "<li>[y] c</li>" in html


def test_footnotes_are_numbered_by_mention_and_lead_both_ways() -> None:
    html = render("x[^b] y[^a] z[^b]\n\n[^a]: A\n[^b]: B *b*\n\n    more", prefix="m7")
    assert 'x<sup id="m7-fnref-1-1"><a href="#m7-fn-1"' in html
    assert 'z<sup id="m7-fnref-1-2"><a href="#m7-fn-1"' in html
    assert '<li id="m7-fn-1"><p>B <em>b</em></p><p>more' in html
    assert 'href="#m7-fnref-1-1"' in html
    assert 'href="#m7-fnref-1-2"' in html
    assert not faults(html)


def test_a_footnote_that_nobody_wrote_stays_text() -> None:
    assert render("x[^1]") == "<p>x[^1]</p>\n"


def test_footnotes_may_mention_each_other() -> None:
    html = render("x[^a]\n\n[^a]: see[^b]\n\n[^b]: and[^a]")
    assert html.count("<li id=") == 2


@pytest.mark.parametrize("source", ["$x^2$", r"\(x^2\)", "the $x^2$th", "($x^2$)", "$x^2$, so"])
def test_maths_in_a_line(source: str) -> None:
    html = render(source)
    assert '<math xmlns="http://www.w3.org/1998/Math/MathML" display="inline">' in html
    assert '<annotation encoding="application/x-tex">x^2</annotation>' in html


@pytest.mark.parametrize(
    "source", ["$$x^2$$", "$$\nx^2\n$$", r"\[x^2\]", "\\[\nx^2\n\\]", "Text:\n$$\nx^2\n$$\nmore"]
)
def test_maths_of_its_own(source: str) -> None:
    html = render(source)
    assert 'display="block"' in html
    assert "<msup><mi>x</mi><mn>2</mn></msup>" in html


@pytest.mark.parametrize(
    "source",
    [
        "costs $5 and $10", "from $5-$10", "$5,$10", "US$5 or A$6", "$HOME and $PATH", "a $ b $ c",
        "$5 and 10$ more",
        "\\$x$", "echo $1 $2", "`$x$`", "between $1.5M and $2M", "$20/month to $30/month", "only $9.99!",
    ],
)  # fmt: skip
def test_money_is_no_maths(source: str) -> None:
    assert "<math" not in render(source)


@pytest.mark.parametrize("source", [r"\frac{", "x^", r"\nosuchcommand{x}", "{" * 300, r"\left( x"])
def test_a_formula_that_cannot_be_read_is_shown_as_it_was_written(source: str) -> None:
    assert f"<code>{source}</code>" in render(f"${source}$")


def test_an_unclosed_formula_is_a_paragraph() -> None:
    assert render("$$\nx\n\ny") == "<p>$$\nx</p>\n<p>y</p>\n"


@pytest.mark.parametrize(
    ("source", "address", "rest"),
    [
        ("see https://a.org/b_c_d.", "https://a.org/b_c_d", "."),
        ("**https://a.org/x**", "https://a.org/x", ""),
        ("(https://a.org/x_(y))", "https://a.org/x_(y)", ")"),
        ("请看https://a.org/x。好", "https://a.org/x", "。好"),
        ("<https://a.org/?a=1&b=2>", "https://a.org/?a=1&amp;b=2", ""),
        ("https://a.org/?a=b&copy;, so", "https://a.org/?a=b", ", so"),
        ("https://a.org/a;b;!", "https://a.org/a;b", ";!"),
        ("(“https://a.org/x))]?", "https://a.org/x", "))]?"),
        ('"https://a.org/[x]"', "https://a.org/[x]", ""),
        ("https://a_b.x.org", "https://a_b.x.org", ""),
    ],
)
def test_bare_addresses_are_links(source: str, address: str, rest: str) -> None:
    html = render(source)
    assert f'<a href="{address}" target="_blank" rel="noopener noreferrer nofollow">{address}</a>' in html
    assert rest in html


@pytest.mark.parametrize("source", ["https://", "https://_a.org", "https://a.b_c.org", "www.-", "www."])
def test_what_has_no_domain_is_no_link(source: str) -> None:
    assert "<a " not in render(source)


def test_an_address_without_a_scheme_and_a_mail_address() -> None:
    assert 'href="https://www.a.org"' in render("www.a.org")
    assert 'href="mailto:a@b.org"' in render("<a@b.org>")


def test_links_by_reference() -> None:
    html = render('[a][R], [r], [R][]\n\n[r]: <https://a.org> "T"')
    assert html.count('href="https://a.org"') == 3
    assert 'title="T"' in html


def test_definition_lists() -> None:
    html = structure(render("A\n: one\n: two\n\nB\n: three\n\nText"))
    assert html == "<dl><dt>A</dt><dd>one</dd><dd>two</dd><dt>B</dt><dd>three</dd></dl><p>Text</p>"


@pytest.mark.parametrize(
    ("source", "levels"),
    [
        ("### a\n### b\n# c", [3, 3, 3]),
        ("# a\n### b\n### c\n## d\n#### e\n# f", [3, 4, 4, 4, 5, 3]),
        ("# 1\n## 2\n### 3\n#### 4\n##### 5\n###### 6", [3, 4, 5, 6, 6, 6]),
        ("- # a\n- ### b\n\n> ###### c\n\n# d", [3, 4, 5, 3]),
        ("## a\n\nx[^1]\n\n[^1]: ###### b", [3, 4]),
    ],
)
def test_headings_skip_no_level(source: str, levels: list[int]) -> None:
    assert [int(level) for level in re.findall(r"<h(\d)>", render(source))] == levels


@given(st.lists(st.sampled_from(["# a", "## b", "### c", "###### d", "- # e", "- x", "> ### f", "\n"])))
@settings(max_examples=200, deadline=None)
def test_headings_skip_no_level_however_they_come(lines: list[str]) -> None:
    levels = [2, *(int(level) for level in re.findall(r"<h(\d)>", render("\n".join(lines))))]
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_headings_leave_the_page_its_own() -> None:
    html = render("# a\n## b\n### c\n###### d\n\nE\n===")
    assert [tag for tag in ("h1", "h2", "h3", "h4", "h5", "h6") if f"<{tag}>" in html] == [
        "h3",
        "h4",
        "h5",
        "h6",
    ]
