"""Comparing over the API: what two conversations share, and what each has of its own.

Proves B9.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from chat.comparing import Fold, Pair, Place, compare
from chat.models import Session, User
from chat.services.branching import branch_session
from chat.services.content import draft_of
from chat.services.merging import merge_session
from chat.services.messages import delete_message, edit_message
from tests.chat.api.client import Answer, Api, session_path
from tests.factories import add_message, make_session, messages_of


def compared(api: Api, left: Session, right: Session) -> Answer:
    return api.get(f"{session_path(left.id)}/compare/{right.id}")


def say(session: Session, *texts: str) -> Session:
    for text in texts:
        add_message(session, messages_of(session)[-1], text)
    return session


def sides(answer: Answer) -> tuple[list[str], list[str]]:
    return tuple([row["content"] for row in answer.json[side]] for side in ("left", "right"))  # type: ignore[return-value]


@pytest.fixture
def pair(alice: User) -> tuple[Session, Session]:
    session = make_session(alice, ["one", "two"], name="Harbour")
    branch = branch_session(session=session, owner=alice)
    return say(session, "three here", "four here"), say(branch, "three there")


def test_it_tells_what_is_common_and_what_each_has_alone(api: Api, pair: tuple[Session, Session]) -> None:
    left, right = pair
    answer = compared(api, left, right)
    assert answer.json["common"] == [str(row.pk) for row in messages_of(left)[:2]]
    assert sides(answer) == (["three here", "four here"], ["three there"])
    turned = compared(api, right, left)
    assert turned.json["common"] == [str(row.pk) for row in messages_of(right)[:2]]
    assert sides(turned) == (["three there"], ["three here", "four here"])


def test_what_was_edited_since_is_not_common(api: Api, pair: tuple[Session, Session]) -> None:
    left, right = pair
    first, second = messages_of(right)[:2]
    edit_message(message=second, editor=right.owner, draft=draft_of("two, edited", id=second.pk))
    answer = compared(api, left, right)
    assert len(answer.json["common"]) == 1
    assert sides(answer) == (["two", "three here", "four here"], ["two, edited", "three there"])
    edit_message(message=second, editor=right.owner, draft=draft_of("two", id=second.pk))
    assert len(compared(api, left, right).json["common"]) == 2


def test_what_was_deleted_on_one_side_is_the_others_own(api: Api, pair: tuple[Session, Session]) -> None:
    left, right = pair
    delete_message(message=messages_of(left)[1])
    assert sides(compared(api, left, right)) == (["three here", "four here"], ["two", "three there"])


def test_two_that_have_nothing_in_common_and_one_with_itself(api: Api, alice: User) -> None:
    one, other, empty = make_session(alice, ["one"]), make_session(alice, ["one"]), make_session(alice)
    assert compared(api, one, other).json["common"] == []
    assert len(compared(api, one, one).json["common"]) == 1
    assert compared(api, empty, empty).json == {"common": [], "left": [], "right": []}


def test_what_was_merged_is_common(api: Api, pair: tuple[Session, Session]) -> None:
    left, right = pair
    merge_session(session=left, source=right, merged_by=left.owner)
    answer = compared(api, left, right)
    assert len(answer.json["common"]) == 3
    assert answer.json["right"] == []


def test_a_strangers_is_not_found_on_either_side(api: Api, alice: User, charlie: User) -> None:
    own, foreign = make_session(alice, ["one"]), make_session(charlie, ["one"])
    assert compared(api, own, foreign).status == compared(api, foreign, own).status == 404


def shape(items: list[Pair | Fold]) -> list[object]:
    """As ("left", "right") or a number of common ones."""
    return [
        item.count
        if isinstance(item, Fold)
        else tuple(side and side.view.content for side in (item.left, item.right))
        for item in items
    ]


def test_beside_each_other_stand_like_and_like_with_what_is_common_folded(
    alice: User, pair: tuple[Session, Session]
) -> None:
    left, right = pair
    assert shape(compare(left, right).items) == [2, ("three here", "three there"), ("four here", None)]
    first = messages_of(right)[0]
    edit_message(message=first, editor=alice, draft=draft_of("one, edited", id=first.pk))
    assert shape(compare(left, right).items)[:2] == [("one", "one, edited"), 1]


def test_an_inserted_message_does_not_shift_what_follows(alice: User) -> None:
    tide = "The tide comes in twice a day, and twice it goes out again."
    left = make_session(alice, ["When is high tide?", tide])
    right = make_session(alice, ["What is a tide?", "Water that moves.", "When is high tide, then?", tide])
    assert shape(compare(left, right).items) == [
        (None, "What is a tide?"),
        (None, "Water that moves."),
        ("When is high tide?", "When is high tide, then?"),
        (tide, tide),
    ]


def test_a_long_comparison_comes_in_pages_that_leave_nothing_out(alice: User) -> None:
    session = make_session(alice, [f"common {n}" for n in range(40)])
    other = branch_session(session=session, owner=alice)
    for number in (3, 17, 18, 39):
        message = messages_of(other)[number]
        edit_message(message=message, editor=alice, draft=draft_of(f"edited {number}", id=message.pk))
    say(session, *[f"here {n}" for n in range(90)])
    say(other, *[f"there {n}" for n in range(31)])
    place: Place | None = Place()
    items: list[Pair | Fold] = []
    sizes = []
    while place:
        page = compare(session, other, place)
        assert (page.common, page.own) == (36, (94, 35))
        items, place = [*items, *page.items], page.next
        sizes.append(len(page.items))
    assert max(sizes) <= 31
    assert len(sizes) > 2
    found = [item for item in items if isinstance(item, Pair)]
    for side, session_ in (("left", session), ("right", other)):
        shown = [getattr(pair, side).view.message for pair in found if getattr(pair, side)]
        own = [row for row in messages_of(session_) if not row.content.startswith("common") or row in shown]
        assert shown == own
    folds = [item for item in items if isinstance(item, Fold)]
    assert [(fold.first, fold.last) for fold in folds] == [(1, 3), (4, 16), (17, 36)]


def test_the_number_of_statements_does_not_grow(alice: User) -> None:
    counts = []
    for length in (4, 40):
        one, other = (make_session(alice, [f"{which} {n}" for n in range(length)]) for which in "ab")
        with CaptureQueriesContext(connection) as queries:
            compare(one, other)
        counts.append(len(queries))
    assert counts[0] == counts[1]
