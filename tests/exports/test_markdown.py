"""A conversation as Markdown: each message means in the document what it means alone, whatever is in it.

Proves B13.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from html import unescape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.models import Message, User
from chat.rendering import render
from exports.formats.markdown import FORMAT
from exports.formats.mending import Mender
from exports.options import Options
from tests.chat.rendering.corpus import reply
from tests.exports.comparing import compare
from tests.exports.goldens import EVERYTHING, LITTLE, made_of_the_rich_one, written
from tests.factories import make_attachment, make_session, messages_of

PIECES = [
    "word ", "two\nlines", "\n", "\n\n", "    ", "  \n", "\t", "# one\n", "### three ##\n", "under\n===\n",
    "- x\n  ---\n", "> # said\n", "> ", ">\n", "- ", "1. ", "   ", "- [x] ", "- [a] b\n", "* * *\n", "---\n",
    "===\n",
    "```\n", "```js\n", "~~~\n", "`", "``", "# in\n```\n", "$$\n", "$$ x $$\n", "$x$", "\\[", "\\]",
    "[a]", "[x][a]", "[a][]", "[B b]", "![p][a]", "[a]: https://a.org\n", "[a]: <https://c.org>\n\n",
    "\n\n[b\nb]: https://b.org 'T'\n\n", "[^n]", "[^n]: note\n", "\n[^n]:\n    note [^m]\n",
    "[^m]: # in a note\n",
    "<div>", "<!-- ", "</b>", "<br>", "<https://o.org>", "(https://q.org) ", "https://e.org ", "<i>",
    "| a | [a] |\n|---|---|\n| [^n] | <i> \\| |\n", "Term\nmore\n: what [a]\n", "**", "_", "中文",
    "\r\n", "\0", "&lt;", "#\n", "####### \n", '"',
]  # fmt: skip
MESSY = st.lists(st.sampled_from(PIECES), max_size=16).map("".join)
IDS = re.compile(r' (?:id|href)="#?fn(?:ref)?-[^"]*"|(?<=nofollow">)\d+(?=</a></sup>)')
HEADING = re.compile(r"<h[3-6]>(.*?)</h[3-6]>\n?", re.DOTALL)
NOTE = re.compile(r"<li>(?=<)(.*?)</li>(?=<li><|</ol></section>)", re.DOTALL)
NAMES = [
    "a_b c_ _d __e *f* `h` ``i``", "[x](http://e.org) ![p](q) <b> <!-- x", "# h #", "a \\ b \\* c\\",
    "~~x~~ ~y~", "$x$ $$y$$ \\(z\\)", "&amp; &#65; a&b", "1. x", "- y", 'say "hi"', "it's \"both\" \\n",
    "---", "> q", "=SUM(A1)", "Llama_3.1", "x #1 #", "| a | b |", "true", "日本_語_", "_x", "x_",
    ": d", "* * *", "![", "end\\", "#", "a: b # c",
]  # fmt: skip


def shown(text: str) -> tuple[list[str], Counter[str]]:
    """The HTML between headings and theirs, without levels and ids; and the footnotes."""
    body, _start, notes = render(text).partition('<section aria-labelledby="say-notes"')
    plain = HEADING.sub(
        lambda found: f"<h>{' '.join(found[1].split()).replace('<br> ', '<br>')}</h>", IDS.sub("", body)
    )
    found = NOTE.findall(HEADING.sub(r"<h>\1</h>", IDS.sub("", notes)))
    return [piece.strip() for piece in plain.split("<h>NEXT</h>")], Counter(found)


def assert_same(texts: list[str]) -> None:
    pieces = [Mender(2).mended(text, f"{number}-") for number, text in enumerate(texts, 1)]
    bodies, notes = shown("".join(f"## NEXT\n\n{piece}\n\n" for piece in pieces))
    alone = [shown(text) for text in texts]
    assert bodies == ["", *(body for [body], _notes in alone)]
    assert notes == sum((notes for _body, notes in alone), Counter())


@given(st.lists(MESSY, min_size=1, max_size=3))
@settings(max_examples=400, deadline=None)
def test_each_message_means_in_the_document_what_it_means_alone(texts: list[str]) -> None:
    assert_same(texts)


@given(st.integers(0, 10**9))
@settings(max_examples=40, deadline=None)
def test_replies_as_models_write_them_stay_what_they_are(seed: int) -> None:
    assert_same([reply(seed, 6), reply(seed + 1, 6)])


def test_what_needs_nothing_is_left_as_it_was_written() -> None:
    text = "So:\n\n- a\n- b\n\n```py\n# a\nx = '<b>' if a[1] else \"$$\"\n```\n\n| a |\n|---|\n| 1 < 2 |"
    assert Mender(2).mended(f"\n{text}\n", "1-") == text


def test_headings_come_below_that_of_the_message_and_skip_no_level() -> None:
    text = "### A\n\n```\n# code\n```\n\n##### B\n# C\n## D"
    assert re.findall(r"^#+ [A-D]", Mender(2).mended(text, ""), re.MULTILINE) == [
        "### A",
        "#### B",
        "### C",
        "#### D",
    ]
    assert Mender(4).mended("# A\n## B\n### C\n#### D", "") == "##### A\n###### B\n###### C\n###### D"


def test_code_that_names_no_language_gets_the_one_that_was_chosen() -> None:
    text = "```\na\n```\n\n- x\n  ~~~\n  b\n  ~~~\n\n```sh\nc\n```"
    assert Mender(2, "text").mended(text, "").replace("text", "") == text
    assert re.findall(r"(?:```|~~~)\w+", Mender(2, "text").mended(text, "")) == [
        "```text",
        "~~~text",
        "```sh",
    ]


@pytest.mark.parametrize(
    ("text", "made"),
    [
        ("a <b onclick=x> `<b>` <https://o.org>", "a \\<b onclick=x> `<b>` <https://o.org>"),
        (
            "[x](javascript:alert(1)) ![y]( <FILE:///z>)",
            "[x]&#40;javascript:alert(1)) ![y]&#40; \\<FILE:///z>)",
        ),
        ("https://e.org<script>", "<https://e.org>\\<script>"),
        ("xhttps://e.org www.e.org.<script>", "xhttps://e.org www.e.org.&lt;script>"),
        ("a" * 100_001 + "<script>", "a" * 100_001 + "\\<script>"),
    ],
)
def test_what_others_would_carry_out_is_text_for_them_too(text: str, made: str) -> None:
    assert Mender(2).mended(text, "") == made


def test_what_is_open_ends_with_its_message() -> None:
    assert Mender(2).mended("a\n```js\nb", "") == "a\n```js\nb\n```"
    assert Mender(2).mended("$$\nx", "") == "\\$\\$\nx"
    assert Mender(2).mended("<!-- a", "") == "\\<!-- a"


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("options", "name"), [(EVERYTHING, "everything.md"), (LITTLE, "little.md")])
def test_the_rich_conversation_is_as_it_was_looked_at(alice: User, options: Options, name: str) -> None:
    compare(name, made_of_the_rich_one(alice, FORMAT.name, options).decode())


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", NAMES)
def test_names_stand_there_as_they_are(alice: User, name: str) -> None:
    session = make_session(alice, ["a", "b"], name=name)
    Message.objects.filter(role="assistant").update(model=name)
    make_attachment(alice, message=messages_of(session)[0], name=name)
    content = written(session, FORMAT.name, Options(timestamps=False)).decode()
    matter, _end, text = content.removeprefix("---\n").partition("\n---\n")
    found = matter.split("\n")[0].removeprefix("title: ")
    assert (found[1:-1].replace("''", "'") if found[0] == "'" else json.loads(found)) == name
    html = render(text)
    assert [unescape(re.sub("<[^>]*>", "", one)) for one in re.findall("<h[34]>(.*?)</h", html)] == [
        name,
        "alice",
        name,
    ]
    assert [unescape(one) for one in re.findall("<li><code>(.*?)</code>", html)] == [name]


@pytest.mark.django_db(transaction=True)
def test_a_hostile_conversation_is_text_alone(alice: User) -> None:
    session = make_session(
        alice, ["<script>\x1b]0;x\x07</script>\r\n\ud800".encode("utf-8", "replace").decode(), "> " * 60]
    )
    content = written(session, FORMAT.name, Options()).decode()
    assert not re.search(r"(?<!\\)<script|[\x00-\x08\x0b-\x1f\x7f]", content)


@pytest.mark.parametrize(
    "text",
    [
        "a" * 10**6,
        "# " * 500_000,
        "[a]" * 300_000 + "\n\n[a]: b",
        "<b>" * 30_000,
        "`" * 10**6,
        "[a]: https://b.org\n" * 50_000,
    ],
)
def test_a_megabyte_in_one_piece_takes_no_longer_than_many(text: str) -> None:
    assert len(Mender(2).mended(text, "1-")) >= len(text) - 1
