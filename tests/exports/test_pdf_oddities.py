"""What nobody writes by hand, and models and machines do: it is laid out, in pieces, with all that was said.

Proves B13.
"""

from __future__ import annotations

import io
import re

import pypdfium2
import pytest
import tinyhtml5

from chat.models import User
from exports.content.transcript import Transcript, not_told
from exports.formats import FORMATS
from exports.formats.pdf import cutting
from exports.formats.pdf.cutting import cut
from exports.formats.pdf.dressing import dressed
from exports.options import Options
from tests.factories import make_session

pytestmark = pytest.mark.django_db(transaction=True)
_TAGS = re.compile("<[^>]*>")


def article(body: str) -> str:
    return (
        '<article data-label="1. Alice" class="entry user" id="m-1">\n<header><h2>Alice</h2></header>'
        f'<div class="prose">{body}</div>\n</article>\n'
    )


def words_of(pieces: list[str]) -> str:
    return "".join(_TAGS.sub("", piece) for piece in pieces)


@pytest.mark.parametrize(
    "body",
    [
        "<p>" + "x" * 300_000 + "</p>",
        "<p>" + "one <b>two &amp; three</b> " * 20_000 + "</p>",
        "<ol>" + "<li>An item\n<ul>\n<li>below it</li>\n</ul>\n</li>\n" * 6_000 + "</ol>",
        '<figure class="code"><pre><code>'
        + '<span class="k">if</span> x:\n\n' * 20_000
        + "</code></pre></figure>",
        '<blockquote dir="rtl"><p>' + "שלום " * 60_000 + "</p></blockquote>",
    ],
    ids=["word", "words", "list", "code", "quote"],
)
def test_pieces_are_whole_html_and_nothing_is_lost(body: str) -> None:
    pieces = cut(article(body))
    assert len(pieces) > 1
    assert words_of(pieces) == words_of([article(body)])
    for piece in pieces:
        assert len(piece) < 2 * cutting.PIECE
        tags = [tag for tag in _TAGS.findall(piece) if tag[1:4] != "wbr"]
        assert sum(tag[1] != "/" for tag in tags) == sum(tag[1] == "/" for tag in tags)
        read = tinyhtml5.parse(f"<body>{piece}", namespace_html_elements=False)
        assert len([*read.iter("article")]) == 1
    ids = [name for piece in pieces for name in re.findall(' id="([^"]*)"', piece)]
    assert ids == ["m-1"]


def test_a_list_counts_on_where_it_was_cut() -> None:
    items = "".join(f"<li>Item {number}</li>\n" for number in range(7, 20_007))
    html = dressed(article(f'<ol start="7">{items}</ol>'), "")
    found = re.findall(
        r'<ol style="counter-reset:list-item (\d+)"[^>]*>\s*<li>Item (\d+)<', "".join(cut(html))
    )
    assert len(found) > 20_000 / cutting.ITEMS
    assert all(int(before) + 1 == int(item) for before, item in found)


def test_an_item_that_was_cut_has_its_number_once() -> None:
    pieces = cut(article(f"<ol><li>a</li><li>{'word ' * 4000}</li><li>c</li></ol>"))
    assert words_of(pieces).count("word") == 4000
    assert "".join(pieces).count('<li class="on">') == 3


def test_a_table_has_its_head_on_every_piece() -> None:
    rows = "".join(f"<tr><td>{number}</td><td>said</td></tr>" for number in range(10_000))
    head = "<thead><tr><th>Number</th><th>Word</th></tr></thead>"
    pieces = cut(article(f'<div class="table"><table>{head}<tbody>{rows}</tbody></table></div>'))
    assert len(pieces) > 2
    assert all(head in piece for piece in pieces)
    assert sum(piece.count("<td>said</td>") for piece in pieces) == 10_000


def test_an_entity_is_not_cut() -> None:
    pieces = cut(article("<p>" + "&quot;" * 30_000 + "</p>"))
    assert re.search("&[a-z]*<", "".join(pieces)) is None


def test_few_letters_are_not_cut() -> None:
    pieces = cut(article("<p>" + "<b>name:</b> value · " * 5_000 + "</p>"))
    assert "".join(pieces).count("<b>name:</b>") == 5_000


def test_a_usual_message_stays_as_it_is() -> None:
    html = article("<p>Words.</p>" * 1000)
    assert cut(html) == [html]


def test_a_long_word_a_long_list_and_many_columns_come_out_whole(alice: User) -> None:
    columns = "|" + "a|" * 60 + "\n|" + "-|" * 60 + "\n" + ("|" + "cell |" * 60 + "\n") * 3
    texts = ["x" * 40_000, "\n".join(f"{number}. item" for number in range(3, 900)), columns]
    out = io.BytesIO()
    FORMATS["pdf"].write(Transcript(make_session(alice, texts), Options()), out, not_told)
    with pypdfium2.PdfDocument(out.getvalue()) as document:
        text = "".join(page.get_textpage().get_text_bounded() for page in document)
        outline = [line.get_title() for line in document.get_toc()]
    assert text.count("x") >= 40_000
    assert {f"{number}." for number in range(3, 900)} <= {*text.split()}
    assert "900." not in text
    assert text.count("cell") == 180
    assert [line.split(".")[0] for line in outline] == ["1", "2", "3"]
