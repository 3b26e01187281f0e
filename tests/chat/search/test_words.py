"""Words: what counts as the same, in any script, and where each stands in the text as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.words import MAX_CHARS, Term, term_of, tokens_of, words_of


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("The Harbour, the HARBOUR", ["the", "harbour", "the", "harbour"]),
        ("Straße und STRASSE", ["strasse", "und", "strasse"]),
        ("café, cafe\u0301, CAFÉ", ["cafe", "cafe", "cafe"]),
        ("İstanbul ΟΔΟΣ οδός", ["istanbul", "οδοσ", "οδοσ"]),
        ("snake_case kebab-case a.b.c()", ["snake", "case", "kebab", "case", "a", "b", "c"]),
        ("Łódź ØRE Đà æther ǽ Œuvre ıstanbul", ["lodz", "ore", "da", "aether", "ae", "oeuvre", "istanbul"]),
        ("Do\u00adnau \u200fab\u2060c x\u200cy", ["donau", "abc", "x", "y"]),
        ("ｆｕｌｌ ﬁne x² Ⅳ", ["full", "fine", "x2", "iv"]),
        ("日本語", ["日本", "本語", "語"]),
        ("语 iPhone手机", ["语", "iphone", "手机", "机"]),
        ("ｶﾞﾗｽ ガラス", ["ガラ", "ラス", "ス", "ガラ", "ラス", "ス"]),
        ("한국어", ["한국", "국어", "어"]),
        ("หิว", ["หิ", "ิว", "ว"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("שָׁלוֹם مَرْحَبًا", ["שלום", "مرحبا"]),
        ("👍🏽 fine 👩‍💻", ["👍", "🏽", "fine", "👩", "💻"]),
        ("\x00 \ud800 … — ''", []),
        ("x" * 100, ["x" * MAX_CHARS]),
    ],
)
def test_a_text_is_its_words(written: str, words: list[str]) -> None:
    assert words_of(written) == words


@pytest.mark.parametrize(
    ("typed", "term"),
    [
        ("Harbour", Term(("harbour",))),
        ("harbour-boats", Term(("harbour", "boats"))),
        ("日本語", Term(("日本", "本語"))),
        ("語", Term(("語",), is_open=True)),
        ("手机 iphone", Term(("手机", "机", "iphone"))),
        ("…", None),
    ],
)
def test_what_is_asked_for_is_a_run_of_words(typed: str, term: Term | None) -> None:
    assert term_of(typed) == term


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=40))
def test_each_word_has_its_place_in_any_text(text: str) -> None:
    places = tokens_of(text)
    assert [place.word for place in places] == words_of(text)
    assert all(0 <= place.start < place.end <= len(text) for place in places)
    assert [place.start for place in places] == sorted(place.start for place in places)
