"""Where a very long message is cut for paper: within no formula, entity or line of code, and not at its end.

Proves B13.
"""

from __future__ import annotations

import re
from random import Random

import pytest
import tinyhtml5

from chat.rendering import render
from exports.formats.pdf import cutting
from exports.formats.pdf.cutting import cut
from exports.formats.pdf.dressing import dressed

_FORMULA = re.compile("<math.*?</math>", re.DOTALL)
_WORDS = [
    "a",
    "&amp;",
    "&lt;" * 9,
    "x" * 70,
    "漢字" * 20,
    "😀",
    "<b>bold &gt;</b>",
    "<em>a <code>b</code></em>",
]
_FORMULAS = ["<math><mi>x</mi></math>", "<math><mrow><mn>1</mn><mo>&lt;</mo></mrow></math>"]


def article(body: str) -> str:
    return f'<article class="entry user" id="m-1"><header><h2>Alice</h2></header><div>{body}</div></article>'


def text_of(html: str) -> str:
    body = tinyhtml5.parse(f"<body>{html}", namespace_html_elements=False).find("body")
    return "".join(body.itertext())


def assert_all_is_there(html: str) -> list[str]:
    """Its pieces: each of them says something, and together what the whole says."""
    pieces = cut(html)
    texts = [text_of(piece) for piece in pieces]
    assert "".join(texts) == text_of(html)
    assert all(text.strip() for text in texts)
    return pieces


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Limits that are soon reached."""
    limits = {"LONG": 200, "PIECE": 1500, "RUN": 60, "ITEMS": 3, "SHORT": 5, "HEAD": 300}
    for name, limit in limits.items():
        monkeypatch.setattr(cutting, name, limit)


@pytest.mark.parametrize("gap", ["\n\n", " ", ""], ids=["paragraphs", "words", "nothing"])
def test_a_formula_is_not_torn(gap: str) -> None:
    source = gap.join(rf"$\sum_{{k=1}}^{{{number}}} \frac{{k^2}}{{{number}+x}}$" for number in range(900))
    html = article(str(render(source)))
    pieces = assert_all_is_there(html)
    assert len(pieces) > 2
    assert all(len(piece) < 2 * cutting.PIECE for piece in pieces)
    assert _FORMULA.findall("".join(pieces)) == _FORMULA.findall(html)


def test_no_entity_is_cut_wherever_it_is() -> None:
    more = f"<p>{'word ' * 4000}</p>"
    for offset in range(cutting.RUN - 120, cutting.RUN + 1):
        letters = f"<p><code>{'x' * offset}</code>{'&lt;' * 200}</p>"
        assert text_of("".join(cut(article(letters + more)))) == text_of(article(letters + more))


@pytest.mark.usefixtures("small")
def test_no_entity_is_cut_where_there_is_room_for_less() -> None:
    for offset in range(70):
        html = article(f"<p>{'x' * offset}{'😀&quot;' * 40}{'&#1114109;' * 9} and &amp;</p>")
        assert_all_is_there(html)


@pytest.mark.parametrize(
    "body",
    [
        f"<h3>{'word ' * 40_000}</h3>",
        f"<p>{'word ' * 25_000}</p>\n<p>{'word ' * 900}</p>\n",
        f"<table><thead><tr><th>Head</th></tr></thead><tr><td>{'word ' * 40_000}</td></tr></table>",
        f"<ul>{'<li>word</li>' * cutting.ITEMS}</ul><p>{'word ' * 4000}</p>",
        f"<pre><code>{'word ' * 24_990}\n</code></pre>",
    ],
    ids=["heading", "paragraph", "cell", "list", "code"],
)
def test_nothing_empty_is_left_at_the_end(body: str) -> None:
    for html in assert_all_is_there(article(body)):
        assert re.search(r'<(\w+) class="on">\s*</', html) is None


def test_a_table_repeats_a_head_that_is_short() -> None:
    rows = "<tr><td>said</td></tr>" * 10_000
    head = f"<thead><tr><th>{'word ' * 30_000}</th></tr></thead>"
    pieces = assert_all_is_there(article(f"<table>{head}<tbody>{rows}</tbody></table>"))
    assert sum(map(len, pieces)) < 2 * len(head + rows)


def test_code_is_cut_between_its_lines() -> None:
    source = "".join(f'if number == {number}: print(f"{{number}} is", "it")\n' for number in range(900))
    html = dressed(article(str(render(f"```python\n{source}```"))), "")
    assert_all_is_there(html)
    parts = re.findall(r"<pre\b.*?</pre>", "".join(cut(html)), re.DOTALL)
    assert len(parts) > 5
    lines = [line for part in parts for line in text_of(part).rstrip("\n").split("\n")]
    assert lines == source.rstrip("\n").split("\n")


def inline(random: Random) -> str:
    return " ".join(random.choice(_WORDS + _FORMULAS) for _ in range(random.randint(1, 30)))


def block(random: Random, depth: int = 0) -> str:
    within = "".join(block(random, depth + 1) for _ in range(random.randint(0, 2))) if depth < 2 else ""
    some = range(random.randint(1, 9))
    kinds = [
        f"<p>{inline(random)}</p>\n",
        f"<h3>{inline(random)}</h3>",
        f"<pre><code>{inline(random)}\n<i>x</i>\n    y\n</code></pre>",
        f"<blockquote><p>{inline(random)}</p>{within}</blockquote>\n",
        "<ul>" + "".join(f"<li>{inline(random)}{within}</li>\n" for _ in some) + "</ul>",
        "<ol>" + "".join(f"<li><p>{inline(random)}</p>{within}</li>\n" for _ in some) + "</ol>",
        "<table><tbody>"
        + "".join(f"<tr><td>{inline(random)}</td></tr>\n" for _ in some)
        + "</tbody></table>",
    ]
    return random.choice(kinds)


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("seed", range(40))
def test_whatever_is_within_each_other_is_all_there(seed: int) -> None:
    random = Random(seed)
    html = article("".join(block(random) for _ in range(random.randint(1, 6))))
    pieces = assert_all_is_there(html)
    assert _FORMULA.findall("".join(pieces)) == _FORMULA.findall(html)
    for piece in pieces:
        tags = re.findall(r"<(/?)(\w+)", piece.replace("<wbr/>", ""))
        assert sum(not end for end, _ in tags) == sum(bool(end) for end, _ in tags)
