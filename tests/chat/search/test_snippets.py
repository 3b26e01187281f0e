"""What is shown of a hit: its surroundings with the words marked, whatever the text holds."""

from __future__ import annotations

import time

import pytest

from chat.query.parsing import parse
from chat.search.snippets import snippet_of


def shown(text: str, typed: str) -> str:
    return snippet_of(text, parse(typed).terms, is_markdown=True).html


@pytest.mark.parametrize(
    ("text", "typed", "html"),
    [
        ("The Häfen of Hamburg", "hafen", "The <mark>Häfen</mark> of Hamburg"),
        ("old harbour boats", '"harbour boats"', "old <mark>harbour boats</mark>"),
        ("harbour, boats", "harbour boats", "<mark>harbour</mark>, <mark>boats</mark>"),
        ("我喜欢全文搜索功能", "全文搜", "我喜欢<mark>全文搜</mark>索功能"),
        ("我喜欢全文", "欢", "我喜<mark>欢</mark>全文"),
        ("harbours", "harb*", "<mark>harbours</mark>"),
        ('<b>harbour</b> & "x"', "harbour", "&lt;b&gt;<mark>harbour</mark>&lt;/b&gt; &amp; &quot;x&quot;"),
        ("<mark>x</mark>", "mark", "&lt;<mark>mark</mark>&gt;x&lt;/<mark>mark</mark>&gt;"),
        (
            "# Title\n\n```python\nprint(1)\n```\n**bold** `code`",
            "print",
            "Title <mark>print</mark>(1) bold code",
        ),
        ("see [the **old** harbour](https://x.org/a)", "harbour", "see the old <mark>harbour</mark>"),
        ("see [it](https://x.org/crane) there", "crane", "see it (https://x.org/<mark>crane</mark>) there"),
        ("| a | quay |\n|---|---|\n| 1 | `x=*y` |", "quay", "a · <mark>quay</mark> 1 · x=*y"),
        ("* _one_ ~~two~~\n1. f(*args, **kw)", "args", "• one two 1. f(*<mark>args</mark>, **kw)"),
        ("> quay\n\n&lt;b&gt; \\*not\\*", "quay", "<mark>quay</mark> &lt;b&gt; *not*"),
        ("```python\nx\n```", "python", "```<mark>python</mark> x ```"),
        ("x\n```sh\nls **/* | wc # no [a](b)\n```", "wc", "x ls **/* | <mark>wc</mark> # no [a](b)"),
        ("die Do\u00adnau in Łódź", "donau lodz", "die <mark>Do\u00adnau</mark> in <mark>Łódź</mark>"),
        ("nothing of it", "else", "nothing of it"),
        ("", "else", ""),
    ],
)
def test_the_words_are_marked_and_all_else_is_text(text: str, typed: str, html: str) -> None:
    assert shown(text, typed) == html


def test_a_title_a_note_and_a_name_are_shown_as_they_are() -> None:
    for text in ("__init__.py", "# 1 **b**", "[x](y)", "a | b"):
        assert snippet_of(text, ()).html == text


def test_a_hit_deep_in_a_block_of_code_is_shown_as_code() -> None:
    text = "```\n" + "f(**kwargs)\n" * 500 + "crane(**kwargs)\n" + "f(**kwargs)\n" * 500 + "```\n"
    assert "f(**kwargs) <mark>crane</mark>(**kwargs) f(**kwargs)" in shown(text, "crane")


def test_without_words_nothing_is_looked_for_in_a_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("chat.search.snippets.words_of")
    assert shown("harbour " * 10_000, "has:code").startswith("harbour harbour")


@pytest.mark.parametrize("filling", ["word ", "字", "<script>", "**a ", "*a", "[a](", "[^a", "`", "| a "])
def test_the_first_hit_is_found_deep_in_a_long_text_and_at_once(filling: str) -> None:
    text = filling * (200_000 // len(filling)) + " the harbour at last " + filling * 1000
    begun = time.process_time()
    snippet = snippet_of(text, parse("harbour").terms, is_markdown=True)
    assert time.process_time() - begun < 1
    assert [snippet.text[start:end] for start, end in snippet.marks] == ["harbour"]
    assert len(snippet.text) < 400
    assert snippet.text.startswith("…")
    assert snippet.text.endswith("…")
