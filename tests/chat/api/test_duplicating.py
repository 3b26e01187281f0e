"""Duplicates over the API: all that is in a conversation, once more, and nothing of the original touched.

Proves B11 and B25.
"""

from __future__ import annotations

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chat.models import Annotation, Message, MessageEdit, Reaction, Session, User
from chat.services.annotations import annotate_span
from chat.services.content import draft_of
from chat.services.duplicating import duplicate_session
from chat.services.messages import edit_message
from chat.services.naming import copy_name
from tests.chat.api.client import Api, session_path
from tests.chat.api.trees import Plan, check_whole, cut_small, kept, nodes_of, plans, plant
from tests.factories import add_message, make_annotation, make_attachment, make_session, messages_of

ANY_TREE = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def duplicate_of(api: Api, session: Session) -> Session:
    answer = api.post(f"{session_path(session.id)}/duplicate")
    assert answer.status == 201, answer.body
    assert answer.json["parent_id"] is None
    return Session.objects.get(pk=answer.json["id"])


@ANY_TREE
@given(plan=plans, shown=st.integers(0, 20), batch=st.integers(1, 5))
def test_a_duplicate_is_the_same_tree_and_the_original_is_untouched(
    alice: User, plan: Plan, shown: int, batch: int
) -> None:
    session = plant(alice, plan, shown)
    before = kept([session])
    with pytest.MonkeyPatch.context() as patch:
        cut_small(patch, batch)
        made = duplicate_session(session=session, owner=alice)
    assert nodes_of(made) == nodes_of(session)
    assert Message.objects.filter(session=made, deleted_at=None).count() == len(nodes_of(session))
    assert not Message.objects.filter(session=made, deleted_at__isnull=False).exists()
    check_whole(made)
    assert kept([session]) == before


def test_it_has_tags_settings_and_files_and_no_parent(api: Api, alice: User) -> None:
    first = make_session(alice, ["one", "two"])
    session = make_session(
        alice, ["three"], parent=first, model="large", settings={"temperature": 0.4}, is_starred=True
    )
    session.tags.create(name="harbour")
    make_attachment(alice, content=b"Kept", message=messages_of(session)[0])
    made = duplicate_of(api, session)
    assert (made.model, made.settings, made.is_starred) == ("large", {"temperature": 0.4}, False)
    assert list(made.tags.values_list("name", flat=True)) == ["harbour"]
    [file] = messages_of(made)[0].attachments.all()
    session.delete()
    assert api.get(f"/chat/attachments/{file.id}").body == b"Kept"
    shown = api.get(f"{session_path(made.id)}/messages").json["items"]
    assert [one["content"] for one in shown] == ["three"]


def test_it_is_no_branch_of_what_the_original_branched_from(api: Api, alice: User) -> None:
    session = make_session(alice, ["one", "two"])
    branch = Session.objects.get(pk=api.post(f"{session_path(session.id)}/branch").json["id"])
    made = duplicate_of(api, branch)
    assert (made.parent, made.parent_point, made.branch_point) == (None, None, None)
    assert [copy.origin for copy in messages_of(made)] == [row.pk for row in messages_of(session)]


def test_alternatives_edits_and_what_one_put_beside_messages_come_along(
    api: Api, alice: User, bob: User
) -> None:
    session = make_session(alice, ["one", "two"])
    question, reply = messages_of(session)
    add_message(session, question, "other two", is_active=False)
    edit_message(message=reply, editor=alice, draft=draft_of("two, edited", id=reply.pk))
    made_at = timezone.now().replace(year=2020)
    MessageEdit.objects.update(edited_at=made_at)
    annotate_span(message=reply, author=alice, body="Mine", start=0, end=3)
    make_annotation(reply, "Bob’s", author=bob)
    for user in (alice, bob):
        Reaction.objects.create(message=reply, user=user, emoji="👍")
    made = duplicate_of(api, session)
    copy = api.get(f"{session_path(made.id)}/messages").json["items"][1]
    assert copy["content"] == "two, edited"
    assert len(copy["alternatives"]) == 2
    assert [edit["content"] for edit in copy["edits"]] == ["two"]
    assert MessageEdit.objects.get(message=copy["id"]).edited_at == made_at
    [note] = copy["annotations"]
    assert (note["body"], note["quote"], note["user"]) == ("Mine", "two", "alice")
    assert [(one["emoji"], one["users"]) for one in copy["reactions"]] == [("👍", ["alice"])]
    assert (Annotation.objects.count(), Reaction.objects.count()) == (3, 3)


@pytest.mark.parametrize(
    ("name", "others", "expected"),
    [
        ("Harbour", [], "Harbour (copy)"),
        ("Harbour", ["Harbour (copy)"], "Harbour (copy 2)"),
        ("Harbour (copy)", ["Harbour (copy)"], "Harbour (copy 2)"),
        ("Harbour", ["Harbour (copy 7)", "Harbour (copying)"], "Harbour (copy 8)"),
        ("", [], ""),
        ("x" * 200, [], "x" * 193 + " (copy)"),
    ],
)
def test_a_name_is_counted_on(alice: User, name: str, others: list[str], expected: str) -> None:
    for other in others:
        make_session(alice, name=other)
    assert copy_name(make_session(alice, name=name), alice) == expected


def test_a_reply_that_is_being_written_is_stopped_in_the_duplicate_alone(api: Api, alice: User) -> None:
    session = make_session(alice, ["one"])
    reply = add_message(session, messages_of(session)[0], "", status="streaming")
    copy = messages_of(duplicate_of(api, session))[1]
    reply.refresh_from_db()
    assert (copy.status, reply.status) == ("stopped", "streaming")
