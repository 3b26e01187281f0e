"""What one types: words, phrases, exclusions and filters; nothing is an error that can be understood.

Proves B5.
"""

from __future__ import annotations

import datetime

import pytest
from django.utils import timezone

from chat.query.parsing import MAX_CHARS, parse
from chat.query.pieces import quoted
from chat.words import Term


def said(*words: str, is_open: bool = False) -> Term:
    return Term(words, is_open)


@pytest.mark.parametrize(
    ("typed", "terms", "excluded"),
    [
        ("harbour boats", [said("harbour"), said("boats")], []),
        ('"harbour boats"', [said("harbour", "boats")], []),
        ("„Häfen am Meer“", [said("hafen", "am", "meer")], []),
        ('"harbour boats', [said("harbour", "boats")], []),
        ('harbour -boats -"to let"', [said("harbour")], [said("boats"), said("to", "let")]),
        ("harb*", [said("harb", is_open=True)], []),
        ("日*", [said("日", is_open=True)], []),
        ("well-known", [said("well", "known")], []),
        ("git commit --amend -x", [said("git"), said("commit"), said("amend")], [said("x")]),
        ('"he said “yes” there" a', [said("he", "said", "yes", "there"), said("a")], []),
        ("std::vector http://x.org", [said("std", "vector"), said("http", "x", "org")], []),
        ("日本語", [said("日本", "本語")], []),
        ("- -- \"\" '' () * OR NEAR", [said("or"), said("near")], []),
        ("tag: harbour", [said("harbour")], []),
    ],
)
def test_words_phrases_and_exclusions(typed: str, terms: list[Term], excluded: list[Term]) -> None:
    query = parse(typed)
    assert (list(query.terms), list(query.excluded), query.problems) == (terms, excluded, ())


def test_filters_stand_among_the_words_in_any_case() -> None:
    query = parse('Tag:"two words" harbour -is:archived has:files role:USER from:@bob')
    found = [(one.key, one.value, one.is_not) for one in query.filters]
    assert found == [
        ("tag", "two words", False),
        ("is", "archived", True),
        ("has", "attachment", False),
        ("role", "user", False),
        ("from", "@bob", False),
    ]
    assert query.terms == (said("harbour"),)
    assert query.without(query.filters[0]) == "harbour -is:archived has:files role:USER from:@bob"


@pytest.mark.parametrize("value", ["a", "a b", '5"', '"', "\\", "a \\", 'say "hi"', "“x”", 'a\\"b', "it’s"])
def test_any_value_can_be_typed(value: str) -> None:
    query = parse(f"tag:{quoted(value)} boats")
    assert [one.value for one in query.filters] == [value]
    assert query.terms == (said("boats"),)


@pytest.mark.parametrize(
    ("typed", "begins"),
    [
        ("2026-03-15", (2026, 3, 15)),
        ("15.03.2026", None),
        ("2026-3", (2026, 3, 1)),
        ("2026", (2026, 1, 1)),
        ("2026-02-30", None),
        ("9999y", None),
        ("99999999", None),
        ("soon", None),
        ("1066", None),
    ],
)
def test_a_day_begins_where_the_person_is(typed: str, begins: tuple[int, int, int] | None) -> None:
    with timezone.override("Pacific/Auckland"):
        query = parse(f"before:{typed} x")
        if begins is None:
            assert [(problem.start, problem.end) for problem in query.problems] == [(0, 7 + len(typed))]
            assert typed in query.problems[0].words
        else:
            moment = datetime.datetime(*begins, tzinfo=timezone.get_current_timezone())
            assert [one.moment for one in query.filters] == [moment]


@pytest.mark.parametrize("typed", ["today", "yesterday", "7d", "2w", "3m", "1y"])
def test_a_day_can_be_told_from_today(typed: str) -> None:
    [one] = parse(f"after:{typed}").filters
    assert one.moment is not None
    assert timezone.localtime(one.moment).time() == datetime.time.min
    assert one.moment <= timezone.now()


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("x role:king", (2, 11)),
        ("is:blue x", (0, 7)),
        ("-boats", (0, 6)),
        ('x has:"a b"', (2, 11)),
        ("x -to-a*", (2, 8)),
    ],
)
def test_what_makes_no_sense_is_told_where_it_stands(typed: str, place: tuple[int, int]) -> None:
    [problem] = parse(typed).problems
    assert (problem.start, problem.end) == place
    assert problem.words


def test_more_than_anybody_types_is_told_and_costs_nothing() -> None:
    query = parse(" ".join(f"word{number}" for number in range(10_000)))
    assert len(query.terms) <= 24
    assert len(query.problems) == 1
    assert len(parse("日" * 100_000).text) == MAX_CHARS
