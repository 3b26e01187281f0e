"""Nothing that anyone writes runs, loads or breaks the page, and nothing takes the renderer down.

Proves C12.
"""

from __future__ import annotations

import logging
import re
import time
from functools import cache
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.rendering import render
from chat.rendering.document import pipeline
from chat.rendering.lines import clean
from chat.rendering.sanitize import sanitize
from tests.chat.rendering.corpus import reply, rubble
from tests.chat.rendering.reading import faults

SIZE = 100_000


@pytest.mark.parametrize(
    "source",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[x](javascript:alert(1))",
        "[x](JaVaScRiPt:alert(1))",
        "[x](java&#115;cript:alert(1))",
        "[x](&#x01;javascript:alert(1))",
        "[x](data:text/html,<script>alert(1)</script>)",
        "[x](vbscript:x)",
        "[x](//evil.org)",
        "[x](/admin/)",
        "[x]: javascript:alert(1)\n\n[x]",
        "![x](data:image/svg+xml,<svg/onload=alert(1)>)",
        "<javascript:alert(1)>",
        '```"><script>alert(1)</script>\nx\n```',
        "$\\text{</annotation><script>alert(1)</script>}$",
        "$\\href{javascript:alert(1)}{x}$",
        '[x](https://a.org "\\"onmouseover=alert(1)")',
        "[^<script>]: x\n\n[^<script>]",
        "|<script>|\n|-|\n|<img onerror=x>|",
    ],
)  # fmt: skip
def test_it_disarms(source: str) -> None:
    html = render(source)
    assert not faults(html)
    assert "javascript:" not in "".join(part.split('"')[0] for part in html.split('href="')[1:]).lower()


def test_pictures_become_cards_that_nobody_loads_by_itself() -> None:
    html = render("![a *b*](https://evil.org/p.png?q=secret) [![c](https://x.org/i.png)](https://y.org)")
    assert "<img" not in html
    assert (
        '<a class="remote" data-host="evil.org" href="https://evil.org/p.png?q=secret" target="_blank" '
        'rel="noopener noreferrer nofollow">a b</a>'
    ) in html
    assert (
        '<a data-host="y.org" href="https://y.org" target="_blank" rel="noopener noreferrer nofollow">c</a>'
    ) in html


@pytest.mark.parametrize(
    ("source", "host", "mark"),
    [
        ("[the docs](https://docs.a.org/x)", "docs.a.org", ""),
        ("[`f()`](https://a.org:8080)", "a.org", ""),
        ("[README.md](https://a.org/README.md)", "a.org", ""),
        ("[https://bank.com](https://evil.org)", "evil.org", "misleading"),
        ("[www.bank.com/login](http://bank.com.evil.org)", "bank.com.evil.org", "misleading"),
        ("https://bank.com@evil.org/x", "evil.org", "misleading"),
        ("[bank.com](https://bank.com@evil.org)", "evil.org", ""),
        ("[b\u200bank.com](https://evil.org)", "evil.org", "misleading"),
        ("[help@bank.com](mailto:me@evil.org)", "me@evil.org", "misleading"),
        ("[apple.com](https://аррӏе.com)", "xn--80ak6aa92e.com", "misleading"),
        ("https://аррӏе.com/x", "xn--80ak6aa92e.com", "foreign"),
        ("[x](https://%65vil.org)", "evil.org", ""),
        ("[x](https:////evil.org)", "evil.org", ""),
        ("[x](https://bank.com\\\\@evil.org)", "bank.com", ""),
    ],
)
def test_a_link_says_where_it_leads(source: str, host: str, mark: str) -> None:
    html = render(source)
    assert f'data-host="{host}"' in html
    if mark:
        assert f'class="{mark}"' in html


@pytest.mark.parametrize(
    "source",
    [
        "https://a.org/x",
        "[a.org](https://www.a.org)",
        "<a@b.org>",
        "[a.org](https://docs.a.org/)",
        "[x](#fn-1)",
    ],
)
def test_a_link_that_says_it_itself_is_left_alone(source: str) -> None:
    assert "data-host" not in render(source)


def test_raw_html_is_text() -> None:
    assert render("<b>x</b> <!-- y -->") == "<p>&lt;b&gt;x&lt;/b&gt; &lt;!-- y --&gt;</p>\n"


def test_the_sanitizer_holds_by_itself() -> None:
    html = sanitize(
        '<p onclick=x class="composer"><a href="/x" style=a>y</a><img src=x onerror=y></p><script>z</script>'
    )
    assert html == '<p><a rel="noopener noreferrer nofollow">y</a></p>'


@given(st.text() | st.integers().map(lambda seed: rubble(seed, 60)))
@settings(max_examples=300, deadline=None)
def test_any_text_gives_safe_and_balanced_html(source: str) -> None:
    html = render(source)
    assert not faults(html)
    html.encode()


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
@settings(max_examples=200, deadline=None)
def test_a_code_block_loses_nothing(source: str) -> None:
    code = re.search("<code>(.*)</code>", render(f"~~~~~~~~~~~python\n{source}\n"), re.DOTALL)
    assert code is not None
    assert unescape(re.sub("</?span[^>]*>", "", code[1])) == clean(source) + "\n"


def test_what_cannot_be_shown_becomes_a_visible_sign() -> None:
    assert render("a\x00b\ud800c\x1bd") == "<p>a\ufffdb\ufffdc\ufffdd</p>\n"


def test_a_block_that_fails_is_shown_as_text(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise RecursionError

    monkeypatch.setattr(pipeline()._builder, "build", fail)
    with caplog.at_level(logging.ERROR):
        assert render("a <b>\n\nc") == '<pre class="plain">a &lt;b&gt;</pre>\n<pre class="plain">c</pre>\n'
    assert "could not be rendered" in caplog.text


def test_a_text_that_cannot_be_parsed_is_shown_as_text(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        raise RecursionError

    monkeypatch.setattr("chat.rendering.document.parse", fail)
    assert render("a <b>") == '<pre class="plain">a &lt;b&gt;</pre>\n'


HOSTILE = [
    "[", "]", "![", "*", "*a ", "**a *b ", "***a **b ", "a*b_", "*_", "`", "`a` ", "a ` b `` c ``` ",
    "[a](", "[a](b)", '[a](b "', "[a](<b", "[a [b](https://c) ", "![a](https://x)", "<", "<http:", "&",
    "&amp;", "$", "$a ", "$$ a ", "\\( ", "\\[", "\\", "http://", "https://a_b.c_d ", "~~a", "> ", ">",
    "- ", "-\n", "- a\n", "1.\n", "# a\n", "|\n", "a|b\n-|-\n", "a\n: b\n", "a\n\n: b\n\n", "[^a]: x\n",
    "[^a]", "[a]: b\n", "```\n", ">\n", "    a\n", " ", "\t", "a  \n", "a\n=\n", "\\\n", "\0", "\ud800",
    "<br>", "\r", "(", "[](", "$$\nx\n",
]  # fmt: skip
HOSTILE_WHOLE = [
    "[" * 50_000 + "](https://a)" * 4_000,
    "![" * 20_000 + "](https://a)" * 5_000,
    "*a " * 16_000 + "a* " * 16_000,
    "  ".join("- a\n" for _ in range(400)),
    "".join("  " * depth + "- a\n" for depth in range(400)),
    "|" + "a|" * 5_000 + "\n|" + "-|" * 5_000 + "\n" + "|\n" * 42_000,
    "[a]: https://b\n\n" + "[a]" * 30_000,
    "[^a]: x\n\n" + "[^a]" * 24_000,
    "".join(f"[^{n}]: x\n" for n in range(4_000)) + "\n" + "".join(f"[^{n}]" for n in range(4_000)),
    "# " + " #" * 50_000 + "x",
    "- " * 50_000 + "x",
    "".join(f"$x_{{{n}}}$ " for n in range(8_000)),
    "```python\n" + "\"\"\"'''" * 10_000,
    "```js\n" + "/a\n" * 30_000,
]


def _cpu(source: str) -> float:
    started = time.process_time()
    assert isinstance(render(source), str)
    return time.process_time() - started


@cache
def _cpu_of_prose() -> float:
    prose = "".join(reply(seed) for seed in range(80))[:SIZE]
    return min(_cpu(prose) for _ in range(3))


@pytest.mark.parametrize("unit", HOSTILE, ids=repr)
def test_hostile_text_costs_a_bounded_multiple_of_prose(unit: str) -> None:
    assert _cpu((unit * SIZE)[:SIZE]) < 30 * _cpu_of_prose()


@pytest.mark.parametrize("source", HOSTILE_WHOLE, ids=lambda source: repr(source[:12]))
def test_a_hostile_whole_costs_a_bounded_multiple_of_prose(source: str) -> None:
    assert _cpu(source) < 30 * _cpu_of_prose()


@pytest.mark.parametrize(
    "source", ["[" * 1_000_000, ">" * 5_000, "a b " * 250_000, "x\n" * 500_000], ids=range(4)
)
def test_a_megabyte_is_no_trouble(source: str) -> None:
    assert not faults(render(source))
