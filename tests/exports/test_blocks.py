"""What the formats that are no HTML read from it: every construct as a typed block.

Proves B13.
"""

from __future__ import annotations

import pytest

from chat.rendering import render
from exports.content.blocks import (
    Block,
    Break,
    Code,
    Definitions,
    Formula,
    Heading,
    Item,
    Link,
    Listing,
    Maths,
    NoteMark,
    Notes,
    Paragraph,
    Quote,
    Rule,
    Run,
    Table,
    plain_of,
)
from exports.content.reading import blocks_of


def read(source: str) -> list[Block]:
    return list(blocks_of(render(source)))


def words(block: Block) -> str:
    assert isinstance(block, Paragraph | Heading)
    return plain_of(block.line)


def test_a_paragraph_has_its_marks_and_links() -> None:
    [block] = read("**bold _both_** `code` [site](https://example.org/a) $x^2$ end  \nnext")
    assert isinstance(block, Paragraph)
    runs = [piece for piece in block.line if isinstance(piece, Run)]
    assert runs[0] == Run("bold ", frozenset({"strong"}))
    assert runs[1] == Run("both", frozenset({"strong", "em"}))
    assert Run("code", frozenset({"code"})) in runs
    [link] = [piece for piece in block.line if isinstance(piece, Link)]
    assert (link.url, plain_of(link.runs)) == ("https://example.org/a", "site")
    [formula] = [piece for piece in block.line if isinstance(piece, Formula)]
    assert formula.source == "x^2"
    assert formula.mathml.startswith("<math")
    assert "annotation" not in formula.mathml
    assert Break() in block.line


def test_a_picture_elsewhere_is_a_link_that_says_so() -> None:
    [block] = read("![a cat](https://example.org/cat.png)")
    assert isinstance(block, Paragraph)
    assert block.line == (Link("https://example.org/cat.png", (Run("a cat"),), is_picture=True),)


def test_headings_count_from_one() -> None:
    assert [block.level for block in read("# A\n## B\n# C") if isinstance(block, Heading)] == [1, 2, 1]


def test_code_keeps_its_source_language_and_styles() -> None:
    [block] = read("```python\ndef f():\n    return '<b>'\n```")
    assert isinstance(block, Code)
    assert (block.language, block.name) == ("python", "Python")
    assert block.source == "def f():\n    return '<b>'\n"
    assert ("k", "def") in block.pieces


def test_lists_nest_and_tasks_are_done_or_not() -> None:
    [block] = read("3. a\n   - [x] b\n   - [ ] c\n4. d")
    assert isinstance(block, Listing)
    assert (block.start, block.is_loose) == (3, False)
    first, _second = block.items
    assert words(first.blocks[0]) == "a"
    inner = first.blocks[1]
    assert isinstance(inner, Listing)
    assert [item.is_done for item in inner.items] == [True, False]
    assert inner.items[0] == Item((Paragraph((Run("b"),)),), is_done=True)


def test_a_table_is_square() -> None:
    [block] = read("| a | b |\n|:-:|--:|\n| 1 |\n| 2 | **3** |")
    assert isinstance(block, Table)
    assert block.aligns == ("center", "right")
    assert [[plain_of(cell) for cell in row] for row in block.rows] == [["1", ""], ["2", "3"]]


def test_formulas_quotes_rules_and_definitions() -> None:
    maths, quote, rule, definitions = read(
        "$$\n\\frac{1}{2}\n$$\n\n> said\n> > again\n\n---\n\nterm\n: what it is"
    )
    assert isinstance(maths, Maths)
    assert maths.formula.source == "\\frac{1}{2}"
    assert isinstance(quote, Quote)
    assert isinstance(quote.blocks[1], Quote)
    assert rule == Rule()
    assert isinstance(definitions, Definitions)
    [[terms, meanings]] = definitions.entries
    assert plain_of(terms[0]) == "term"
    assert words(meanings[0]) == "what it is"


def test_footnotes_are_marked_and_come_last() -> None:
    paragraph, notes = read("said[^a]\n\n[^a]: the source")
    assert isinstance(paragraph, Paragraph)
    assert paragraph.line == (Run("said"), NoteMark(1))
    assert isinstance(notes, Notes)
    assert words(notes.notes[0][0]) == "the source"


def test_a_mark_of_a_footnote_within_a_link_comes_after_it() -> None:
    [paragraph, _notes] = read("[said[^a]](https://example.org)\n\n[^a]: the source")
    assert isinstance(paragraph, Paragraph)
    assert paragraph.line == (Link("https://example.org", (Run("said"),)), NoteMark(1))


def test_what_nobody_can_read_as_latex_stays_as_it_is() -> None:
    [block] = read("$$\n\\nonsense{x}\n$$")
    assert isinstance(block, Maths)
    assert (block.formula.source, block.formula.mathml) == ("\\nonsense{x}", "")


@pytest.mark.parametrize("source", ["", "   ", "\x00", "<script>alert(1)</script>", "a" * 200_000, "> " * 60])
def test_odd_texts_lose_no_word(source: str) -> None:
    assert isinstance(blocks_of(render(source)), tuple)
