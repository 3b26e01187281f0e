"""A passage selected on the page, found in the Markdown that it was made of."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chat.passages import CONTEXT, MAX_QUOTE, Passage, locate, passage_at, shortened


def found(content: str, quote: str, prefix: str = "", suffix: str = "") -> str | None:
    span = locate(content, Passage(quote, prefix, suffix))
    return None if span is None else content[span[0] : span[1]]


@pytest.mark.parametrize(
    ("content", "quote", "expected"),
    [
        ("A calm harbour.", "calm", "calm"),
        ("Some **bold** words", "Some bold words", "Some **bold** words"),
        ("- one\n- two\n- three", "one\ntwo", "one\n- two"),
        ("a `code_name` here", "code_name here", "code_name` here"),
        ("It’s “quoted” – so", "quoted so", "quoted” – so"),
        ("# Head\n\nText", "HeadText", "Head\n\nText"),
        ("| a | b |\n|---|---|\n| c | d |", "a\tb\nc\td", "a | b |\n|---|---|\n| c | d"),
        ("x → y 🦊 z", "y 🦊", "y 🦊"),
        ("日本語の文章です", "文章", "文章"),
        ("e\u0301tude", "étude".replace("é", "e\u0301"), "e\u0301tude"),
    ],
)
def test_markup_and_white_space_do_not_matter(content: str, quote: str, expected: str) -> None:
    assert found(content, quote) == expected


def test_an_address_in_between_is_passed_over() -> None:
    content = (
        "Read the [manual of the harbour master](https://a.example/b) before you leave the harbour at dusk."
    )
    quote = "the manual of the harbour master before you leave the harbour"
    assert found(content, quote) == content[content.index("the [") : content.index(" at dusk")]


def test_what_looks_otherwise_is_found_between_its_surroundings() -> None:
    content = r"The energy is $E = mc^2$ in total, and so on."
    assert found(content, "𝐸=𝑚𝑐²", "The energy is ", " in total, and") == "E = mc^2"


def test_of_passages_that_read_alike_the_surroundings_tell() -> None:
    content = "one fox here, two fox there, three fox everywhere"
    assert locate(content, Passage("fox", "two ", " there")) == (18, 21)
    assert locate(content, Passage("fox", "three ", "")) == (35, 38)


def test_without_surroundings_the_nearest_is_taken() -> None:
    assert locate("fox fox fox", Passage("fox"), near=5) == (4, 7)


def test_what_is_not_there_is_not_found() -> None:
    for quote in ("wolf", "", "…", "a calm harbour at dusk and much more of it than there is " * 3):
        assert locate("A calm harbour.", Passage(quote)) is None


def test_a_long_passage_is_kept_by_its_ends_and_found_again() -> None:
    content = " ".join(f"word{number}" for number in range(2000))
    passage = passage_at(content, 100, 9000)
    assert len(passage.quote) <= MAX_QUOTE + 3
    assert locate(content, passage) == (100, 9000)
    assert locate(f"More. {content}", passage, near=100) == (106, 9006)


@given(st.text(alphabet="ab *_`\n🦊é.", min_size=1, max_size=60), st.data())
def test_a_passage_is_found_where_it_was_taken(content: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(content) - 1))
    end = data.draw(st.integers(start + 1, len(content)))
    passage = passage_at(content, start, end)
    span = locate(content, passage, near=start)
    assert span is not None
    assert content[span[0] : span[1]] == content[start:end]


@given(st.text(max_size=80), st.text(max_size=30), st.text(max_size=CONTEXT), st.text(max_size=CONTEXT))
def test_whatever_is_sent_it_answers(content: str, quote: str, prefix: str, suffix: str) -> None:
    span = locate(content, Passage(shortened(quote), prefix, suffix))
    assert span is None or 0 <= span[0] < span[1] <= len(content)


def test_of_a_thousand_the_one_with_its_surroundings_is_found_soon() -> None:
    """It is sought under the session's lock: comparing every one took 12 s of 100,000 letters."""
    content = "".join(f"{number} e, " for number in range(9000))
    before = time.perf_counter()
    assert found(content, "e", "8123 ", ", 8124") == "e"
    span = locate(content, Passage("e", "8123 ", ", 8124"))
    assert span is not None
    assert content[: span[0]].endswith(" 8123 ")
    assert locate("a" * 100_000, Passage("a", "b", "b"), near=70_000) == (70_000, 70_001)
    assert time.perf_counter() - before < 3
