"""A conversation as plain text: no line is longer than 80 columns, and no word is lost.

Proves B13.
"""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from wcwidth import iter_graphemes, wcswidth

from chat.models import User
from chat.rendering import render
from exports.content.reading import blocks_of
from exports.formats.columns import width_of, wrapped
from exports.formats.grids import grid
from exports.formats.lines import lines_of
from exports.formats.text import FORMAT
from exports.options import Options
from tests.chat.rendering.corpus import reply, rubble
from tests.exports.comparing import compare
from tests.exports.goldens import EVERYTHING, LITTLE, made_of_the_rich_one, written
from tests.factories import make_session

CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\ud800-\udfff\u2028\u2029]")
SIGNS = [
    "word",
    "日本語",
    "，",
    "한국",
    " ",
    " ",
    "\n",
    "e\u0301",
    "👩\u200d👩\u200d👧",
    "👍🏽",
    "नमस्ते",
    "مرحبا",
    "🇯🇵",
    "x" * 30,
    "-",
]
PLAIN = ["x", "xx", "word", "x" * 30, " ", " ", " ", "\n", "http://e.org/x", "http://e.org/" + "x" * 500]
TEXT = st.lists(st.sampled_from(SIGNS), max_size=60).map("".join)


def typed(source: str, width: int = 80) -> list[str]:
    return list(lines_of(blocks_of(render(source)), width))


def letters(lines: list[str]) -> str:
    return re.sub(r"\s", "", "".join(lines))


@given(TEXT, st.integers(4, 40))
@settings(max_examples=200, deadline=None)
def test_wrapping_loses_nothing_splits_no_sign_and_fills_its_lines(text: str, width: int) -> None:
    lines = wrapped(text, width)
    assert letters(lines) == letters([text])
    assert all(wcswidth(line) <= width for line in lines)
    assert [sign for line in lines for sign in iter_graphemes(line) if sign != " "] == [
        sign for sign in iter_graphemes(text) if sign not in (" ", "\n")
    ]


@given(st.lists(st.sampled_from(PLAIN), max_size=60).map("".join), st.integers(4, 40), st.booleans())
@settings(max_examples=200, deadline=None)
def test_lines_of_plain_letters_break_where_those_of_others_do(text: str, width: int, keeps: bool) -> None:
    def broken(one: str) -> list[str]:
        return wrapped(one, width, keeps_addresses=keeps)

    assert [line.replace("x", "é") for line in broken(text)] == broken(text.replace("x", "é"))


@given(st.integers(0, 10**9), st.integers(60, 80))
@settings(max_examples=60, deadline=None)
def test_lines_are_no_longer_than_they_may_be_but_for_code_and_addresses(seed: int, width: int) -> None:
    for source in (reply(seed, 6), rubble(seed, 60)):
        for line in typed(source, width):
            assert not CONTROLS.search(line)
            assert width_of(line) <= width or "    " in line or "://" in line, line


def test_lists_hang_and_nest() -> None:
    source = "9. " + "many words " * 12 + "\n10. [x] done\n    - inner\n\n      more\n- a\n- b"
    assert typed(source, 40) == [
        "9.  many words many words many words", "    many words many words many words",
        "    many words many words many words", "    many words many words many words",
        "10. [x] done", "    - inner", "", "      more", "", "- a", "- b",
    ]  # fmt: skip


def test_cells_are_wrapped_where_a_table_is_too_wide_for_its_lines() -> None:
    source = (
        "| Name | What it is | N |\n|---|---|--:|\n| 日本語 | " + "some words " * 6 + "| 10 |\n| b | c | 5 |"
    )
    assert typed(source, 40) == [
        "┌────────┬────────────────────────┬────┐",
        "│ Name   │ What it is             │  N │",
        "├────────┼────────────────────────┼────┤",
        "│ 日本語 │ some words some words  │ 10 │",
        "│        │ some words some words  │    │",
        "│        │ some words some words  │    │",
        "├────────┼────────────────────────┼────┤",
        "│ b      │ c                      │  5 │",
        "└────────┴────────────────────────┴────┘",
    ]


def test_a_table_that_is_too_wide_even_so_is_a_record_a_row() -> None:
    names = [f"Name of {number}" for number in range(500)]
    lines = list(grid(names, [["a value"] * 500, ["", *["b"] * 499]], [""] * 500, 80))
    assert lines[:2] == ["Name of 0: a value", "Name of 1: a value"]
    assert lines[500:502] == ["", "Name of 1: b"]
    assert len(lines) == 1000


def test_what_is_literal_stays_so() -> None:
    words = "`a  b` ~~no~~ **yes** $x^2$ [site](https://e.org) https://e.org"
    source = f"{words}\n\n```\n\tif x:\n```\n\n$$\n\\frac{{1}}{{2}}\n$$"
    assert typed(source) == [
        "`a b` ~~no~~ yes $x^2$ site <https://e.org> https://e.org",
        "", "        if x:", "", "    \\frac{1}{2}",
    ]  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(("options", "name"), [(EVERYTHING, "everything.txt"), (LITTLE, "little.txt")])
def test_the_rich_conversation_is_as_it_was_looked_at(alice: User, options: Options, name: str) -> None:
    made = made_of_the_rich_one(alice, FORMAT.name, options).decode()
    assert max(width_of(line) for line in made.split("\n") if not line.startswith("    ")) <= 80
    compare(name, made)


@pytest.mark.django_db(transaction=True)
def test_nothing_in_it_drives_a_terminal(alice: User) -> None:
    hostile = "a\x1b[31mb\x9b2Jc\x07\x08\r\nd\u2028e\x7f\x85 `\x1b]0;x\x07`\n\n```\n\x1b[2J\n```"
    session = make_session(alice, [hostile, "b"], name="T\x1b[31m\u202e\n\x9b")
    made = written(session, FORMAT.name, Options()).decode()
    assert not CONTROLS.search(made)
    assert "a\ufffd[31mb\ufffd2Jc" in made


def test_it_takes_time_as_there_is_text() -> None:
    before = time.process_time()
    for source in (
        "a" * 10**6,
        "日本" * 300_000,
        "a b " * 20_000,
        "> " * 24 + "deep",
        "- " * 24 + "deep",
        "e" + "\u0301" * 90_000,
    ):
        assert typed(source)
    head = "|" + " a |" * 500
    assert len(typed(f"{head}\n|{'-|' * 500}\n" + f"{head}\n" * 40)) > 500 * 40
    assert time.process_time() - before < 15
