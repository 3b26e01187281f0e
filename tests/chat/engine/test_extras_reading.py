"""Whatever a model answers, what is shown of it is a short plain line.

Proves A7.
"""

from __future__ import annotations

import time

import pytest

from chat.generation.extras.reading import is_grounded, questions_in, tags_in, title_in


@pytest.mark.parametrize(
    ("answer", "title"),
    [
        ("The old harbour", "The old harbour"),
        ("“The old harbour.”", "The old harbour"),
        ("**Title:** The old harbour\n\nI chose it since…", "The old harbour"),
        ("Titel: „Der alte Hafen“", "Der alte Hafen"),
        ("# The `old` [harbour](https://evil.example/)", "The old harbour"),
        ("<think>They ask of a\nharbour.</think>\n\nThe old harbour", "The old harbour"),
        ("They ask of a harbour.</think>The old harbour", "The old harbour"),
        ("<think>It never ends", ""),
        ("```text\nThe old harbour\n```", "The old harbour"),
        ("1. The old harbour\n2. The new one", "The old harbour"),
        ("The\u202eold\u200b \u0007harbour\ufeff", "Theold harbour"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),  # text: the page escapes it
        ("Why is the sea salty?", "Why is the sea salty?"),
        ("snake_case and __dunder__", "snake_case and dunder"),
        ("  \n\n ** ** \n", ""),
        ("", ""),
    ],
)
def test_of_an_answer_the_title_alone_is_left(answer: str, title: str) -> None:
    assert title_in(answer) == title


def test_a_long_title_ends_with_a_word_and_says_so() -> None:
    assert title_in("The harbour " * 20) == "The harbour The harbour The harbour The harbour The harbour…"
    assert title_in("x" * 500) == "x" * 59 + "…"


@pytest.mark.parametrize(
    ("answer", "tags"),
    [
        ("sea, Travel, harbour", ["Sea", "Travel", "harbour"]),
        ('["harbour", "sea"]', ["Sea", "harbour"]),
        ("- #harbour\n- #SEA\n- harbour", ["Sea", "harbour"]),
        ("Tags: a, b, c, d, e, f, g", ["a", "b", "c", "d", "e"]),
        (f"{'x' * 41}, this is no tag but a sentence, ok", ["ok"]),
        ("<think>sea</think>, , ;\n", []),
    ],
)
def test_of_an_answer_the_tags_are_left_and_known_ones_come_first(answer: str, tags: list[str]) -> None:
    assert tags_in(answer, ["Sea", "Travel"]) == tags


def test_of_an_answer_three_questions_are_left_and_none_that_was_asked() -> None:
    answer = (
        f"Here are three questions:\n1. How old?\n2) How OLD?\n* Who built it\n{'x' * 141}\n„Warum?“\nMore?"
    )
    assert questions_in(answer, "Who built it") == ["How old?", "Warum?", "More?"]
    assert questions_in("None\n", "none") == []


@pytest.mark.parametrize(
    ("title", "is_so"),
    [
        ("Django migration failure", True),
        ("Existing tables", True),
        ("The best recipe", False),
        ("künzliche Migration", False),
        ("Oh no", False),
    ],
)
def test_a_title_is_grounded_where_its_words_were_said(title: str, is_so: bool) -> None:
    said = "My Django migration fails with “table exists”. It failed. What of the tables?"
    assert is_grounded(title, said) is is_so


@pytest.mark.parametrize("marks", ["[" * 40_000, "a" + "_" * 40_000 + "a", "![" * 20_000, "a\n" * 20_000])
def test_marks_without_end_hold_nothing_up(marks: str) -> None:
    begun = time.perf_counter()
    title_in(marks)
    tags_in(marks, ())
    questions_in(marks, "")
    assert time.perf_counter() - begun < 1  # it took ten seconds and more, in which nothing else went on
