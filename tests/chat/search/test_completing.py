"""What is offered while one types a filter: its name, then the values that this person has.

Proves B5.
"""

from __future__ import annotations

import pytest

from chat.models import Role, SessionTag, User
from chat.query.partial import partial_at
from chat.search.completion import completions
from tests.factories import add_member, make_project, make_session


def offered(user: User, typed: str) -> list[str]:
    """What is offered where "|" stands in the text."""
    partial = partial_at(typed.replace("|", ""), typed.index("|"))
    return [one.name for one in completions(user, partial)] if partial else []


@pytest.fixture
def world(alice: User, bob: User, charlie: User) -> User:
    project = make_project(alice, slug="port", name="The Harbour")
    add_member(project, bob, Role.VIEWER)
    session = make_session(alice, ["x"], model="gpt-4o", provider="openai")
    SessionTag.objects.create(session=session, name="Two words")
    SessionTag.objects.create(session=session, name="work")
    SessionTag.objects.create(session=session, name='say "hi" \\ “so”')
    other = make_session(charlie, ["x"], model="secret-model", provider="secret")
    SessionTag.objects.create(session=other, name="secret")
    make_project(charlie, slug="secret", name="Secret")
    return alice


@pytest.mark.parametrize(
    ("typed", "names"),
    [
        ("boat ha|", ["has:"]),
        ("-ro|", ["role:"]),
        ("bef| boats", ["before:"]),
        ("boats|", []),
        ('"has|', []),
        ("tag:|", ['say "hi" \\ “so”', "Two words", "work"]),
        ('tag:"two w|', ["Two words"]),
        ("tag:#WOR|", ["work", "Two words"]),
        ("project:harb|", ["port"]),
        ("from:|", ["me", "bob"]),
        ("from:@B|", ["bob"]),
        ("model:|", ["gpt-4o"]),
        ("provider:|", ["openai"]),
        ("role:a|", ["assistant"]),
        ("is:|", ["starred", "archived"]),
        ("has:pic|", ["image"]),
        ("after:yes|", ["yesterday"]),
    ],
)
def test_filters_and_ones_own_values_are_offered(world: User, typed: str, names: list[str]) -> None:
    assert offered(world, typed) == names


@pytest.mark.parametrize(
    ("typed", "text"),
    [
        ("boat -ha|", "boat -has:|"),
        ("tag:two| boat", 'tag:"Two words" |boat'),
        ('boat tag:"two wo|', 'boat tag:"Two words" |'),
        ("-is:st|", "-is:starred |"),
        ("x tag:say|", 'x tag:"say \\"hi\\" \\\\ “so”" |'),
        ('tag:"say \\"h|', 'tag:"say \\"hi\\" \\\\ “so”" |'),
        ("tag:“two w|", 'tag:"Two words" |'),
    ],
)
def test_what_is_chosen_stands_in_the_place_of_what_was_typed(world: User, typed: str, text: str) -> None:
    partial = partial_at(typed.replace("|", ""), typed.index("|"))
    assert partial is not None
    one = completions(world, partial)[0]
    assert one.text[: one.place] + "|" + one.text[one.place :] == text
