"""What changed between two versions of a text can be read, at any length and in any text."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from chat.differences import Piece, difference

TEXTS = st.text(alphabet="ab .\n\ré", max_size=40)


def told(old: str, new: str) -> list[tuple[str, str]]:
    return [(piece.kind, piece.text) for piece in difference(old, new)]


def test_words_that_changed_are_told_apart() -> None:
    assert told("The old harbour.", "The quiet harbour!") == [
        ("same", "The "),
        ("gone", "old"),
        ("new", "quiet"),
        ("same", " harbour"),
        ("gone", "."),
        ("new", "!"),
    ]


def test_words_in_a_row_that_changed_are_told_together() -> None:
    assert told("Be kind to them all", "Be brief with them") == [
        ("same", "Be "),
        ("gone", "kind to"),
        ("new", "brief with"),
        ("same", " them"),
        ("gone", " all"),
    ]


def test_what_stayed_far_from_a_change_is_folded() -> None:
    lines = [f"line {n}\n" for n in range(20)]
    pieces = difference("".join(lines), "".join([*lines[:10], "changed\n", *lines[11:]]))
    assert pieces[0] == Piece("folded", "", 8)
    assert pieces[1].text == "line 8\nline 9\n"
    assert pieces[-1] == Piece("folded", "", 7)


def test_the_same_text_is_all_folded_or_shown() -> None:
    assert told("one\n", "one\n") == [("same", "one\n")]
    assert difference("x\n" * 50, "x\n" * 50) == [Piece("folded", "", 50)]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_read_from_the_pieces(old: str, new: str) -> None:
    pieces = difference(old, new)
    if all(piece.kind != "folded" for piece in pieces):
        assert "".join(piece.text for piece in pieces if piece.kind != "gone") == new
        assert "".join(piece.text for piece in pieces if piece.kind != "new") == old


def test_a_hostile_text_does_not_take_for_ever() -> None:
    begun = time.monotonic()
    for old, new in [
        ("a " * 50_000, "b " * 50_000),
        ("x\n" * 50_000, "y\n" * 50_000),
        ("a b\n" * 1999, "b a\n" * 1999),
        ("ab" * 50_000, "ba" * 50_000),
    ]:
        difference(old, new)
    assert time.monotonic() - begun < 3
