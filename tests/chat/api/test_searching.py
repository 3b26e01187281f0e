"""Search over the API: what is found, page after page, and what is refused.

Proves B5.
"""

from __future__ import annotations

import base64
from typing import Any

import pytest
from pytest_django import DjangoAssertNumQueries

from chat.api import outputs
from chat.index import rebuild
from chat.models import Role, User
from chat.query.parsing import parse
from chat.search.matches import read_match
from chat.search.results import search
from tests.chat.api.client import Api
from tests.factories import (
    add_member,
    add_message,
    make_annotation,
    make_project,
    make_session,
    messages_of,
)


def found(api: Api, q: str, **query: Any) -> list[dict[str, Any]]:
    answer = api.get("/chat/search", q=q, **query)
    assert answer.status == 200, answer.body
    items: list[dict[str, Any]] = answer.json["items"]
    return items


def test_hits_say_what_they_are_and_where(api: Api, alice: User) -> None:
    session = make_session(alice, ["Where is the <harbour>?", "Here: the Harbour!"], name="Harbours")
    question, reply = messages_of(session)
    aside = add_message(session, question, "harbour, otherwise", is_active=False, model="other")
    note = make_annotation(reply, "This harbour")
    list(rebuild())
    answer = api.get("/chat/search", q="harbour")
    outputs.SearchResults.model_validate_json(answer.body)
    items = {item["annotation_id"] or item["message_id"]: item for item in answer.json["items"]}
    assert answer.json["total"] == 4
    hit = items[str(question.pk)]
    assert (hit["kind"], hit["role"], hit["user"], hit["session"]["id"]) == (
        "message",
        "user",
        "alice",
        str(session.pk),
    )
    assert (hit["snippet"], hit["marks"]) == ("Where is the <harbour>?", [[14, 21]])
    assert hit["url"] == f"/chat/{session.pk}/?at={question.pk}#m-{question.pk}"
    assert [items[str(key)]["active"] for key in (question.pk, aside.pk)] == [True, False]
    assert (items[str(aside.pk)]["model"], items[str(aside.pk)]["user"]) == ("other", None)
    assert (items[str(note.pk)]["kind"], items[str(note.pk)]["message_id"]) == ("note", str(reply.pk))
    assert found(api, "harbours") == [
        {**items[str(question.pk)], **title, "session": hit["session"]}
        for title in found(api, "in:title harbours")
    ]
    [title] = found(api, "harbours")
    assert (title["kind"], title["message_id"], title["url"]) == ("title", None, f"/chat/{session.pk}/")


def test_the_best_comes_first_and_of_equals_the_newest(api: Api, alice: User) -> None:
    texts = [
        "a harbour",
        "nothing",
        "harbour harbour harbour harbour",
        "the harbour",
        "the harbour and the harbour",
    ]
    session = make_session(alice, texts, name="Talk")
    make_session(alice, name="The harbour")
    list(rebuild())
    best = found(api, "harbour")
    assert best[0]["kind"] == "title"
    assert [item["snippet"] for item in best[1:]] == [texts[2], texts[4], texts[3], texts[0]]
    assert {item["session"]["id"] for item in best[1:]} == {str(session.pk)}


@pytest.mark.parametrize("most", [10_000, 20])
def test_pages_follow_one_another_without_gap_or_repeat(
    api: Api, alice: User, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("results", "sqlite", "postgres"):
        monkeypatch.setattr(f"chat.search.{module}.MAX_RANKED", most)
    texts = ["harbour " * (1 + number % 3) for number in range(45)]
    keys = [str(one.pk) for one in messages_of(make_session(alice, texts))]
    list(rebuild())
    shown: list[str] = []
    cursor = ""
    for page in range(5):
        answer = api.get("/chat/search", q="harbour", limit=10, cursor=cursor).json
        shown += [item["message_id"] for item in answer["items"]]
        assert answer["ranked"] is (most > 45)
        assert answer["total"] == (45 if most > 45 else None)
        cursor = answer["next"]
        assert bool(cursor) is (page < 4)
        if page == 1:  # what comes in meanwhile moves nothing
            make_session(alice, ["other words"])
    assert sorted(shown) == sorted(keys)
    assert most > 45 or shown == keys[::-1]


def test_a_cursor_tells_nothing_of_what_others_have(api: Api, alice: User) -> None:
    make_session(alice, ["harbour"] * 3)
    list(rebuild())
    for q in ("harbour", "in:message"):
        cursor = api.get("/chat/search", q=q, limit=1).json["next"]
        sealed = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        match = read_match(cursor)
        assert match is not None
        assert match.entry_id.to_bytes(8, "big") not in sealed
        for place in range(len(sealed)):
            other = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
            assert api.get("/chat/search", q=q, cursor=base64.urlsafe_b64encode(other).decode()).status == 422


def test_that_others_have_very_much_is_not_told(
    api: Api, alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where one reads more of others' sessions than are named to the index, it finds theirs, too."""
    for module in ("results", "sqlite", "postgres"):
        monkeypatch.setattr(f"chat.search.{module}.MAX_RANKED", 5)
    monkeypatch.setattr("chat.search.scope.MAX_SESSIONS", 1)
    project = make_project(bob)
    add_member(project, alice, Role.VIEWER)
    for _ in range(2):
        make_session(bob, ["harbour"], project=project)
    make_session(bob, ["harbour"] * 9)
    list(rebuild())
    results = search(alice, parse("harbour"))
    assert (len(results.hits), results.total, results.is_many) == (2, 2, False)


def test_one_finds_what_one_may_read_and_its_number_tells_of_nothing_else(
    alice: User, bob: User, charlie: User
) -> None:
    project = make_project(alice)
    add_member(project, bob, Role.VIEWER)
    make_session(alice, ["harbour one"])
    make_session(alice, ["harbour two"], project=project)
    make_session(charlie, ["harbour three"])
    list(rebuild())
    seen = {}
    for user in (alice, bob, charlie):
        answer = Api(user).get("/chat/search", q="harbour").json
        seen[user.username] = {item["snippet"].split()[1] for item in answer["items"]}
        assert answer["total"] == len(answer["items"])
    assert seen == {"alice": {"one", "two"}, "bob": {"two"}, "charlie": {"three"}}
    project.members.filter(user=bob).delete()
    assert found(Api(bob), "harbour") == []


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({}, 422),
        ({"q": "before:soon harbour"}, 422),
        ({"q": "-harbour"}, 422),
        ({"q": "x", "limit": 0}, 422),
        ({"q": "x", "limit": 101}, 422),
        ({"q": "x", "cursor": "nobody made this"}, 422),
        ({"q": "x", "cursor": "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTkgbmFu"}, 422),
        ({"q": "x" * 1001}, 422),
        ({"q": ""}, 200),
    ],
)
def test_what_makes_no_sense_is_refused_with_the_field(api: Api, query: dict[str, str], status: int) -> None:
    answer = api.get("/chat/search", **query)
    assert answer.status == status
    if status == 422:
        assert set(answer.json["errors"]) <= {"q", "limit", "cursor"}


@pytest.mark.parametrize(
    "q",
    [
        *(
            '"',
            "'",
            "*",
            "(",
            ")",
            "a OR",
            "NEAR(a b)",
            "a AND",
            "NOT a",
            "{title} : a",
            "title:a",
            "scope : o",
            "^a",
        ),
        *(
            "a & b",
            "a | !b",
            "a <-> b",
            "'a':*",
            "\\",
            "\x00",
            "a\x00b",
            "😀",
            "👨‍👩‍👧‍👦 a",
            "\ud83d",
            "%",
            "_",
            "=o",
            "-",
            "--",
        ),
        *(
            "a'b\"c",
            '"a',
            'tag:"',
            "tag:'",
            "model:%",
            "model:*",
            "-model:…",
            "from:\x00",
            "has:code -has:code",
            "日" * 900,
        ),
        *(
            "a " * 500,
            "-a " * 300,
            '"' * 999,
            "(" * 999,
            "a-" * 400,
            "\u202eabc",
            "¶",
            "a ¶ b",
            "﷽",
            "ﬃ" * 100,
        ),
    ],
)
def test_nothing_that_can_be_typed_breaks_it(api: Api, alice: User, q: str) -> None:
    make_session(alice, ["a b harbour 😀 日本"])
    list(rebuild())
    assert api.get("/chat/search", q=q.encode("utf-8", "replace")).status in (200, 422)


def test_the_costs_do_not_grow_with_the_hits(
    alice: User, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    def queries(word: str, count: int) -> int:
        for _ in range(count):
            reply = messages_of(make_session(alice, [word, word], name=word))[1]
            make_annotation(reply, word)
        list(rebuild())
        with django_assert_max_num_queries(20) as captured:
            assert len(search(alice, parse(f"{word} is:starred -is:starred"), limit=50).hits) == 0
            assert len(search(alice, parse(word), limit=50).hits) == min(4 * count, 50)
        return len(captured.captured_queries)

    assert queries("harbour", 1) == queries("boats", 12)
