"""What models write daily and plain Python-Markdown gets wrong, as CommonMark has it."""

from __future__ import annotations

import pytest

from chat.rendering import render
from tests.chat.rendering.reading import structure

PRE = "<pre><code>"
END = "\n</code></pre>"

CONSTRUCTS = {
    "list right after a paragraph": ("Text:\n- a\n- b", "<p>Text:</p><ul><li>a</li><li>b</li></ul>"),
    "numbers right after a paragraph": ("Text:\n1. a\n2. b", "<p>Text:</p><ol><li>a</li><li>b</li></ol>"),
    "table right after a paragraph": (
        "Text:\n| a | b |\n|---|---|\n| 1 | 2 |",
        "<p>Text:</p><table><thead><tr><th>a</th><th>b</th></tr></thead>"
        "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>",
    ),
    "fence right after a paragraph": ("Text:\n```\nx\n```", f"<p>Text:</p>{PRE}x{END}"),
    "two-space nesting": ("- a\n  - b\n    - c", "<ul><li>a<ul><li>b<ul><li>c</li></ul></li></ul></li></ul>"),
    "three-space nesting": ("1. a\n   - b\n2. c", "<ol><li>a<ul><li>b</li></ul></li><li>c</li></ol>"),
    "fence in a list item": ("- a\n  ```py\n  x\n  ```\n- b", f"<ul><li>a{PRE}x{END}</li><li>b</li></ul>"),
    "fence in a quote": ("> a\n> ```\n> x\n> ```", f"<blockquote><p>a</p>{PRE}x{END}</blockquote>"),
    "fence with more than a language": ("```python title=x\nx\n```", f"{PRE}x{END}"),
    "fence with braces": ("```{.python hl_lines=1}\nx\n```", f"{PRE}x{END}"),
    "unclosed fence": ("```\nx\n\ny", f"{PRE}x\n\ny{END}"),
    "longer closing fence": ("```\nx\n`````\nafter", f"{PRE}x{END}<p>after</p>"),
    "fence within a longer fence": ("````md\n```\nx\n```\n````", f"{PRE}```\nx\n```{END}"),
    "tilde fence": ("~~~\nx\n~~~", f"{PRE}x{END}"),
    "list with parentheses": ("1) a\n2) b", "<ol><li>a</li><li>b</li></ol>"),
    "paragraphs within an item": (
        "1. a\n\n   b\n\n2. c",
        "<ol><li><p>a</p><p>b</p></li><li><p>c</p></li></ol>",
    ),
    "strikethrough": ("~~gone~~ ~5", "<p><del>gone</del> ~5</p>"),
    "start number": ("3. a\n4. b", '<ol start="3"><li>a</li><li>b</li></ol>'),
    "hard line breaks": ("a  \nb\\\nc\nd", "<p>a<br>b<br>c\nd</p>"),
    "bullets of another kind make another list": ("- a\n\n* b", "<ul><li>a</li></ul><ul><li>b</li></ul>"),
    "heading right after and before a paragraph": ("a\n# b\nc", "<p>a</p><h3>b</h3><p>c</p>"),
    "rule right after a list": ("- a\n***\nb", "<ul><li>a</li></ul><hr><p>b</p>"),
    "quote right after a paragraph": ("a\n> b\nlazy", "<p>a</p><blockquote><p>b\nlazy</p></blockquote>"),
    "task list": ("- [x] a\n- [ ] b", "<ul><li><input checked=\"\">a</li><li><input>b</li></ul>"),
    "code span with backticks": ("`` a`b `` `<b>`", "<p><code>a`b</code> <code>&lt;b&gt;</code></p>"),
    "emphasis within words": ("a_b_c a*b*c", "<p>a_b_c a<em>b</em>c</p>"),
    "emphasis in Chinese": ("这是**“重点”**内容", "<p>这是<strong>“重点”</strong>内容</p>"),
    "nested emphasis": ("***a** b*", "<p><em><strong>a</strong> b</em></p>"),
    "year at a line's start": ("It was\n1984. Then.", "<p>It was\n1984. Then.</p>"),
    "link with parentheses and title": (
        "[a](https://x.org/b_(c) 'T')",
        '<p><a href="https://x.org/b_(c)">a</a></p>',
    ),
    "indented code": ("    x\n\n    y", f"{PRE}x\n\ny{END}"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "expected"), CONSTRUCTS.values(), ids=CONSTRUCTS.keys())
def test_it_reads_as_commonmark_does(source: str, expected: str) -> None:
    assert structure(render(source)) == expected


def test_it_reads_tabs_as_columns() -> None:
    assert structure(render("-\ta\n\n\tb")) == "<ul><li><p>a</p><p>b</p></li></ul>"


def test_code_keeps_its_tabs() -> None:
    assert "\tx" in render("```go\nfunc f() {\n\tx\n}\n```")
