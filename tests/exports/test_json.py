"""A conversation as JSON: by the published schema, and importable whatever was left out.

Proves F1 and B13.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from chat.models import MessageEdit, Session, User
from exports.content.order import BATCH
from exports.content.transcript import Transcript
from exports.formats.json import FORMAT, SCHEMA, documents
from exports.formats.lineage import Lineage
from exports.options import Options
from tests.exports.comparing import compare
from tests.exports.goldens import EVERYTHING, LITTLE, made_of_the_rich_one, written
from tests.exports.rich import make_rich_session
from tests.exports.test_round_trip import CONVERSATION, bring, exported, made
from tests.factories import add_message, make_session, messages_of

pytestmark = pytest.mark.django_db(transaction=True)
PATH = Options(alternatives=False)


@cache
def validator() -> Any:
    schema = json.loads(SCHEMA.read_bytes())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)


def read(content: bytes) -> Any:
    told = json.loads(content)
    validator().validate(told)
    return told


def told(session: Session, options: Options) -> list[dict[str, Any]]:
    messages: list[dict[str, Any]] = read(written(session, FORMAT.name, options))["messages"]
    keys = {one["id"] for one in messages}
    for one in messages:
        assert one["parent_id"] is None or one["parent_id"] in keys
        assert one["id"] in one["alternatives"]
        assert keys.issuperset(one["alternatives"])
        family = [other["id"] for other in messages if other["parent_id"] == one["parent_id"]]
        assert sorted(one["alternatives"]) == sorted(family)
    return messages


def contents(session: Session, options: Options) -> list[str]:
    return [one["content"] for one in told(session, options)]


@pytest.mark.parametrize(
    ("options", "name"), [(Options(), "whole.json"), (EVERYTHING, "whole.json"), (LITTLE, "little.json")]
)
def test_the_rich_conversation_is_as_it_was_looked_at(alice: User, options: Options, name: str) -> None:
    content = made_of_the_rich_one(alice, FORMAT.name, options)
    compare(name, json.dumps(without_what_differs(read(content)), indent=1, ensure_ascii=False) + "\n")


def without_what_differs(value: Any) -> Any:
    for message in value["messages"]:
        for note in message["annotations"]:
            note["id"] = "of its own"
    return value


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plan=CONVERSATION, switches=st.lists(st.booleans(), min_size=7, max_size=7), place=st.integers(0, 99))
def test_any_conversation_is_by_the_schema_whatever_is_left_out(
    alice: User, dana: User, plan: dict[str, Any], switches: list[bool], place: int
) -> None:
    Session.objects.all().delete()
    session = made(alice, dana, plan)
    read(exported(session))
    read(b"".join(documents([session, make_session(alice, ["a"])])))
    names = ("timestamps", "metadata", "system", "tools", "reasoning", "alternatives", "annotations")
    options = Options.of(dict(zip(names, switches, strict=True)))
    shown = messages_of(session)
    if shown:
        told(session, Options(from_message_id=shown[place % len(shown)].pk))
        told(session, Options(message_ids=tuple({shown[place % len(shown)].pk, shown[-1].pk})))
    told(session, options)


def test_the_schema_refuses_what_is_not_so(alice: User) -> None:
    whole = json.loads(exported(make_session(alice, ["a"])))
    changes: list[dict[str, Any]] = [
        {"version": 2},
        {"sessions": []},
        {"session": None},
        {"more": 1},
        {"messages": [{}]},
    ]
    for change in changes:
        with pytest.raises(ValidationError):
            validator().validate({**whole, **change})


@pytest.mark.parametrize(
    "name", ["timestamps", "metadata", "system", "tools", "annotations", "reasoning", "alternatives"]
)
def test_what_is_left_out_is_not_there_and_the_rest_comes_in_again(alice: User, bob: User, name: str) -> None:
    session = make_rich_session(alice)
    whole, less = told(session, Options()), told(session, Options.of({name: False}))
    assert whole != less
    report = bring(bob, written(session, FORMAT.name, Options.of({name: False})))
    assert report.outcomes == ["imported"]
    assert [one.content for one in messages_of(report.session())] == [
        one["content"] for one in less if one["active"]
    ]
    assert all(not arrival.notes for arrival in report.arrivals.values())


def test_everything_can_be_left_out_at_once(alice: User, bob: User) -> None:
    options = Options.of(
        dict.fromkeys(
            ("timestamps", "metadata", "system", "tools", "annotations", "reasoning", "alternatives"), False
        )
    )
    session = make_rich_session(alice)
    content = written(session, FORMAT.name, options)
    assert b"2026-" not in content
    assert b"oracle-0" not in content
    assert b"look_up" not in content
    assert bring(bob, content).outcomes == ["imported"]


def test_a_part_begins_at_its_beginning(alice: User) -> None:
    session = make_session(alice, list("abcd"))
    a, b, c, _d = messages_of(session)
    add_message(session, a, "other b", is_active=False)
    other = add_message(session, b, "other c", is_active=False)
    add_message(session, other, "other d", is_active=False)
    assert contents(session, Options(from_message_id=b.pk)) == [
        "b",
        "c",
        "d",
        "other b",
        "other c",
        "other d",
    ]
    assert contents(session, Options(from_message_id=b.pk, alternatives=False)) == ["b", "c", "d"]
    assert contents(session, Options(to_message_id=b.pk)) == ["a", "b", "other b"]
    assert contents(session, Options(message_ids=(a.pk, c.pk))) == ["a", "c"]
    assert [one["parent_id"] for one in told(session, Options(message_ids=(a.pk, c.pk)))] == [None, str(a.pk)]


def test_what_followed_a_message_that_is_left_out_follows_what_that_did(alice: User) -> None:
    session = make_session(alice, ["a"])
    [first] = messages_of(session)
    line = add_message(session, first, "line", role="system", author=None)
    below = add_message(session, line, "b", role="user")
    add_message(session, first, "c", is_active=False)
    found = {one["content"]: one for one in told(session, Options(system=False))}
    assert found["b"]["parent_id"] == str(first.pk)
    assert len(found["b"]["alternatives"]) == 2
    assert str(below.pk) in found["c"]["alternatives"]


def test_it_tells_how_far_it_is_and_how_it_begins(alice: User) -> None:
    session = make_session(alice, list("abcd"))
    shares: list[float] = []
    FORMAT.write(Transcript(session, Options()), _Nowhere(), shares.append)  # type: ignore[arg-type]
    assert shares == [0, 0.25, 0.5, 0.75, 1]
    assert len(list(Lineage(Transcript(session, Options(), most=2)).views())) == 2


class _Nowhere:
    def write(self, data: bytes) -> int:
        return len(data)


def test_of_many_messages_one_keeps_its_edits(alice: User) -> None:
    session = make_session(alice, [str(number) for number in range(BATCH + 1)])
    *_others, last = messages_of(session)
    MessageEdit.objects.create(message=last, content="before", editor=alice)
    found = told(session, Options())
    assert [(one["content"], one["edits"][0]["content"]) for one in found if one["edits"]] == [
        (str(BATCH), "before")
    ]


@pytest.mark.parametrize(
    ("kept", "there"),
    [
        ("half a character \ud83d", "half a character ?"),
        (2**80, 2**80),
        (json.loads("[" * 400 + "]" * 400), json.loads("[" * 400 + "]" * 400)),
        ({"at": [1.5, "\u2028\x7f\x1f", None]}, {"at": [1.5, "\u2028\x7f\x1f", None]}),
    ],
)
def test_what_the_quick_encoder_refuses_is_written_as_well(alice: User, kept: Any, there: Any) -> None:
    if "\ud83d" in str(kept) and connection.vendor == "postgresql":
        pytest.skip("PostgreSQL keeps no half of a character")
    session = make_session(alice, ["a"])
    [first] = messages_of(session)
    odd = add_message(session, first, "x", error={"detail": kept})
    plain = add_message(session, odd, "x", error={"detail": "plain"})
    *_others, one, other = json.loads(written(session, FORMAT.name, Options()))["messages"]
    assert one["error"] == {"detail": there}
    assert (one["id"], one["parent_id"], other["parent_id"]) == (
        str(odd.pk),
        str(first.pk),
        str(plain.parent_id),
    )
    assert one.keys() == other.keys()
    assert len(one["created_at"]) == len(other["created_at"])
