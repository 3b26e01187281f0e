"""Merging over the API: what is appended, what stays, what is said, and how it is taken back.

Proves B9 and B25.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from chat import kinship
from chat.models import Annotation, Generation, Merge, Message, Session, User
from chat.services import growth, trash, unmerging
from chat.services.branching import branch_session
from chat.services.content import draft_of
from chat.services.merging import merge_session
from chat.services.messages import activate_message, delete_message, edit_message
from chat.services.sessions import clear_session, delete_session
from tests.chat.api.client import Answer, Api, session_path
from tests.chat.api.trees import check_whole, cut_small, kept
from tests.factories import add_message, make_attachment, make_session, messages_of


def merge(api: Api, session: Session, source: Session) -> Answer:
    return api.post(f"{session_path(session.id)}/merge", {"source_id": str(source.id)})


def undo(api: Api, session: Session, **body: str) -> Answer:
    return api.post(f"{session_path(session.id)}/merge/undo", body or None)


def contents(session: Session) -> list[str]:
    return [message.content for message in messages_of(session)]


def say(session: Session, *texts: str) -> Session:
    """More of it, after what is there."""
    for text in texts:
        shown = messages_of(session)
        add_message(session, shown[-1] if shown else None, text)
    Session.objects.filter(pk=session.pk).update(message_count=len(messages_of(session)))
    session.refresh_from_db()
    return session


@pytest.fixture
def harbour(alice: User) -> Session:
    return make_session(alice, ["one", "two"], name="Harbour")


@pytest.fixture
def branch(alice: User, harbour: Session) -> Session:
    """A branch; both have gone on since."""
    made = branch_session(session=harbour, owner=alice)
    say(harbour, "three here", "four here")
    return say(made, "three there", "four there")


LINE = "What follows was merged from the conversation “Harbour (branch)”."


def test_the_own_part_comes_after_all_that_is_there_and_a_line_names_its_source(
    api: Api, harbour: Session, branch: Session
) -> None:
    before = kept([branch])
    shown = messages_of(harbour)
    answer = merge(api, harbour, branch)
    assert (answer.status, answer.json["id"], answer.json["message_count"]) == (200, str(harbour.id), 7)
    assert contents(harbour) == ["one", "two", "three here", "four here", LINE, "three there", "four there"]
    assert messages_of(harbour)[:4] == shown
    assert messages_of(harbour)[4].role == "system"
    assert [row.origin for row in messages_of(harbour)[5:]] == [row.pk for row in messages_of(branch)[2:]]
    assert kept([branch]) == before
    check_whole(harbour)


def test_where_only_the_source_has_gone_on_it_follows_the_common_part(api: Api, alice: User) -> None:
    session = make_session(alice, ["one", "two"])
    source = say(branch_session(session=session, owner=alice), "three")
    assert merge(api, session, source).status == 200
    texts = contents(session)
    assert (texts[:2], texts[3:]) == (["one", "two"], ["three"])


def test_merging_once_more_adds_only_what_is_new(api: Api, harbour: Session, branch: Session) -> None:
    merge(api, harbour, branch)
    once = contents(harbour)
    assert merge(api, harbour, branch).status == 200
    assert contents(harbour) == once
    say(branch, "five there")
    merge(api, harbour, branch)
    assert contents(harbour) == [*once, LINE, "five there"]


def test_merged_both_ways_both_have_everything_once(api: Api, harbour: Session, branch: Session) -> None:
    merge(api, harbour, branch)
    merge(api, branch, harbour)
    said = {"one", "two", "three here", "four here", "three there", "four there"}
    for session in (harbour, branch):
        texts = [row.content for row in messages_of(session) if row.role != "system"]
        assert (set(texts), len(texts)) == (said, 6)


def test_of_a_stranger_all_is_appended(api: Api, alice: User) -> None:
    session, source = make_session(alice), make_session(alice, ["one", "two"], name="")
    assert merge(api, session, source).status == 200
    line, *rest = contents(session)
    assert (line, rest) == ("What follows was merged from another conversation.", ["one", "two"])


def test_files_and_what_it_took_come_along(api: Api, alice: User) -> None:
    session, source = make_session(alice, ["one"], total_tokens=5), make_session(alice, ["two", "three"])
    Message.objects.filter(content="three").update(input_tokens=10, output_tokens=4, cost=Decimal("0.5"))
    make_attachment(alice, content=b"Kept", message=messages_of(source)[0])
    answer = merge(api, session, source).json
    assert (answer["total_tokens"], answer["cost"]) == (19, "0.5")
    [file] = messages_of(session)[2].attachments.all()
    assert api.get(f"/chat/attachments/{file.id}").body == b"Kept"
    undone = undo(api, session).json
    assert (undone["total_tokens"], undone["cost"], undone["message_count"]) == (5, "0", 1)


def test_what_was_deleted_here_does_not_come_back_and_what_was_cleared_does(
    api: Api, harbour: Session, branch: Session
) -> None:
    merge(api, harbour, branch)
    delete_message(message=messages_of(harbour)[5])
    assert merge(api, harbour, branch).json["message_count"] == 6
    clear_session(session=harbour)
    merge(api, harbour, branch)
    assert contents(harbour) == [LINE, "one", "two", "four there"]


def test_it_cannot_be_merged_into_itself_nor_with_what_one_may_not_read(
    api: Api, alice: User, charlie: User, harbour: Session
) -> None:
    foreign = make_session(charlie, ["one"])
    fleeting = make_session(alice, ["one"], is_temporary=True)
    before = kept([harbour])
    itself = merge(api, harbour, harbour)
    assert (itself.status, list(itself.json["errors"])) == (422, ["source_id"])
    assert merge(api, harbour, foreign).status == 404
    assert merge(api, harbour, fleeting).status == 422
    assert merge(api, foreign, harbour).status == 404
    path = f"{session_path(harbour.id)}/merge"
    assert (api.post(path, {"source_id": "x"}).status, api.post(path, {}).status) == (422, 422)
    assert kept([harbour]) == before


@pytest.mark.parametrize("running", ["target", "source"])
def test_while_a_reply_runs_in_either_it_waits(
    api: Api, harbour: Session, branch: Session, running: str
) -> None:
    where = harbour if running == "target" else branch
    reply = add_message(where, messages_of(where)[-1], "", status="streaming", role="assistant")
    Generation.objects.create(message=reply, session=where, state="running")
    answer = merge(api, harbour, branch)
    assert (answer.status, answer.json["type"].rpartition(":")[2].rpartition("/")[2]) == (
        409,
        "reply-running",
    )


def test_a_long_one_is_seen_when_it_is_whole(api: Api, alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_small(monkeypatch, 2)
    session, source = make_session(alice, ["one"]), make_session(alice, list("abcde"), name="Long")
    seen: list[list[str]] = []

    def look(_seconds: float) -> None:
        seen.append([row["content"] for row in api.get(f"{session_path(session.id)}/messages").json["items"]])
        if len(seen) == 1:
            assert merge(api, session, source).status == 409
            say(session, "meanwhile")
            trash.purge_messages(messages=trash.deleted_messages(alice))

    monkeypatch.setattr(growth, "let_others_write", look)
    assert merge(api, session, source).status == 200
    assert seen == [["one"], ["one", "meanwhile"]]
    line = "What follows was merged from the conversation “Long”."
    assert contents(session) == ["one", "meanwhile", line, *"abcde"]
    check_whole(session)


def test_what_was_written_while_the_common_part_was_looked_for_counts(
    api: Api, harbour: Session, branch: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = kinship.ids_new_to

    def interfere(session: Session, source: Session) -> bytes:
        found = find(session, source)
        monkeypatch.setattr(kinship, "ids_new_to", find)
        merge_session(session=session, source=source, merged_by=session.owner)
        return found

    monkeypatch.setattr(kinship, "ids_new_to", interfere)
    merge(api, harbour, branch)
    assert contents(harbour).count("three there") == 1


def test_what_a_killed_process_had_appended_is_swept(
    alice: User, harbour: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_small(monkeypatch, 2)
    monkeypatch.setattr(growth, "let_others_write", lambda _seconds: 1 / 0)
    source = make_session(alice, list("abcde"))
    with pytest.raises(ZeroDivisionError):
        merge_session(session=harbour, source=source, merged_by=alice)
    assert contents(harbour) == ["one", "two"]
    assert (Message.objects.filter(session=harbour).count(), unmerging.is_due()) == (5, False)
    Merge.objects.update(touched_at=timezone.now() - timedelta(minutes=5))
    monkeypatch.setattr(growth, "let_others_write", lambda _seconds: None)
    assert (unmerging.is_due(), unmerging.sweep()) == (True, 1)
    assert (Message.objects.filter(session=harbour).count(), Merge.objects.count()) == (2, 0)
    assert merge_session(session=harbour, source=source, merged_by=alice)


def test_a_merge_is_taken_back_whole_and_can_be_made_again(
    api: Api, harbour: Session, branch: Session
) -> None:
    before = contents(harbour)
    merge(api, harbour, branch)
    merged = contents(harbour)
    for _ in range(2):  # also for one who did not hear the answer
        assert undo(api, harbour, source_id=str(branch.id)).json["message_count"] == 4
        assert contents(harbour) == before
        check_whole(harbour)
    merge(api, harbour, branch)
    assert contents(harbour) == merged


def test_copies_that_were_taken_back_are_in_no_trash_but_those_that_are_the_last(
    api: Api, alice: User, harbour: Session, branch: Session
) -> None:
    merge(api, harbour, branch)
    copy = messages_of(harbour)[-1]
    undo(api, harbour)
    assert api.post(f"/chat/messages/{copy.id}/restore").status == 404
    assert not trash.deleted_messages(alice).exists()
    merge(api, harbour, branch)
    delete_session(session=branch)
    undo(api, harbour)
    assert trash.deleted_messages(alice).filter(content="four there").exists()


def test_what_was_built_on_is_not_taken_back(api: Api, harbour: Session, branch: Session) -> None:
    merge(api, harbour, branch)
    say(harbour, "five here")
    refused = undo(api, harbour)
    assert (refused.status, "written after" in refused.json["detail"]) == (409, True)
    assert contents(harbour)[-1] == "five here"
    Message.objects.filter(content="five here").delete()
    copy = messages_of(harbour)[5]
    edit_message(message=copy, editor=harbour.owner, draft=draft_of("edited", id=copy.pk))
    assert undo(api, harbour).status == 409
    copy.edits.all().delete()
    note = Annotation.objects.create(message=copy, author=harbour.owner, body="A note")
    assert undo(api, harbour).status == 409
    note.delete()
    assert undo(api, harbour).status == 200


def test_the_last_of_two_merges_goes_first(api: Api, alice: User, harbour: Session, branch: Session) -> None:
    other = make_session(alice, ["elsewhere"], name="Other")
    merge(api, harbour, branch)
    merge(api, harbour, other)
    assert undo(api, harbour, source_id=str(branch.id)).status == 409
    assert undo(api, harbour).json["message_count"] == 7
    assert undo(api, harbour).json["message_count"] == 4
    assert undo(api, harbour).json["message_count"] == 4


def test_it_is_taken_back_too_when_it_is_not_all_on_show(api: Api, harbour: Session, branch: Session) -> None:
    merge(api, harbour, branch)
    delete_message(message=messages_of(harbour)[5])
    assert undo(api, harbour).json["message_count"] == 4
    merge(api, harbour, branch)
    other = add_message(harbour, messages_of(harbour)[0], "other two", is_active=False)
    activate_message(message=other)
    assert undo(api, harbour).json["message_count"] == 2
    check_whole(harbour)
    activate_message(message=Message.objects.get(session=harbour, content="four here"))
    assert contents(harbour) == ["one", "two", "three here", "four here"]
