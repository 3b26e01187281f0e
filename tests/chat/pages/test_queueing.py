"""What is written while a reply runs waits its turn, and can be taken back till then."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest
from django.test import Client

from chat.generation import jobs
from chat.models import Attachment, Draft, Generation, Message, Session, User
from chat.services.branching import branch_session
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import add_message, make_attachment, make_session, messages_of


def queue(htmx: Ask, session: Session, *texts: str) -> list[Message]:
    """All of them sent; the first is being answered, as far as a worker would say."""
    for text in texts:
        sent = {"content": text, "message_id": str(uuid4()), "queue": "true"}
        assert htmx(f"/chat/{session.id}/send/", sent).status_code == 200
    first = Generation.objects.order_by("created_at").first()
    assert first
    Generation.objects.filter(pk=first.pk).update(state=Generation.State.RUNNING)
    return [message for message in messages_of(session) if message.role == "user"]


def contents(session: Session) -> list[str]:
    return [message.content for message in messages_of(session) if message.role == "user"]


def states(session: Session) -> list[str]:
    found = Generation.objects.filter(session=session).order_by("created_at")
    return [row.state + ("!" if row.stop_requested_at else "") for row in found]


def test_what_waits_can_be_taken_back_with_its_files(page: Client, htmx: Ask, alice: User) -> None:
    session, attachment = make_session(alice), make_attachment(alice)
    second = queue(htmx, session, "One", "Two", "Three")[1]
    Message.objects.filter(pk=second.pk).update(content='Two "and" <b>half</b>\nand more')
    attachment.message = second
    attachment.save()
    html = text_of(htmx(f"/messages/{second.id}/take-back/"))
    assert html.count("<parley-gone") == 2
    assert 'text="Two &quot;and&quot; &lt;b&gt;half&lt;/b&gt;\nand more"' in html
    assert f'value="{attachment.id}"' in html
    assert contents(session) == ["One", "Three"]
    session.refresh_from_db()
    assert session.message_count == 4
    assert Attachment.objects.get().message is None
    assert htmx(f"/messages/{second.id}/take-back/").status_code == 404


def test_what_is_being_answered_cannot_be_taken_back(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    first, _ = queue(htmx, session, "One", "Two")
    refused = htmx(f"/messages/{first.id}/take-back/")
    assert (refused.status_code, refused["HX-Retarget"]) == (409, "#composer-error")
    assert contents(session) == ["One", "Two"]
    assert states(session) == ["running", "queued"]


def test_without_script_what_was_taken_back_is_the_draft(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    second = queue(htmx, session, "One", "Two")[1]
    assert page.post(f"/messages/{second.id}/take-back/").status_code == 302
    assert Draft.objects.get(session=session).text == "Two"
    assert ">Two</textarea>" in text_of(page.get(f"/chat/{session.id}/"))


def test_the_message_of_another_is_not_there(page: Client, htmx: Ask, alice: User, charlie: User) -> None:
    second = queue(htmx, make_session(alice), "One", "Two")[1]
    page.force_login(charlie)
    for action in ("take-back", "answer-now"):
        assert htmx(f"/messages/{second.id}/{action}/").status_code == 404


def test_answering_now_stops_what_runs_and_nothing_else(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    second = queue(htmx, session, "One", "Two", "Three")[1]
    assert htmx(f"/messages/{second.id}/answer-now/").status_code == 204
    assert states(session) == ["running!", "queued", "queued"]


def test_what_is_answered_already_stops_nothing(htmx: Ask, alice: User) -> None:
    """The reply above may have ended just as one asked."""
    session = make_session(alice)
    first = queue(htmx, session, "One", "Two")[0]
    htmx(f"/messages/{first.id}/answer-now/")
    assert states(session) == ["running", "queued"]


def several(session: Session, question: Message) -> None:
    """Its reply is one of two that are made at once; the other one waits for a worker."""
    replies = Generation.objects.filter(session=session, message__parent=question)
    replies.update(lane=1)
    beside = add_message(session, question, "", status="pending", is_active=False)
    Generation.objects.create(session=session, message=beside, lane=2)


def test_of_several_replies_at_once_all_stop_for_what_waits(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    first, second = queue(htmx, session, "One", "Two")
    several(session, first)
    assert htmx(f"/messages/{first.id}/answer-now/").status_code == 204
    assert sorted(states(session)) == ["queued", "queued", "running"]
    assert htmx(f"/messages/{second.id}/answer-now/").status_code == 204
    assert sorted(states(session)) == ["ended", "queued", "running!"]


def test_a_message_can_stop_what_runs_as_it_is_sent(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    queue(htmx, session, "One")
    htmx(f"/chat/{session.id}/send/", {"content": "Two", "queue": "true", "now": "true"})
    assert states(session) == ["running!", "queued"]


def test_a_text_with_the_id_of_another_says_so_to_the_script(htmx: Ask, alice: User) -> None:
    session, key = make_session(alice), str(UUID(int=7))
    htmx(f"/chat/{session.id}/send/", {"content": "One", "message_id": key})
    other = {"content": "One and more", "message_id": key, "queue": "true"}
    refused = htmx(f"/chat/{session.id}/send/", other)
    assert (refused.status_code, refused["X-Refused"]) == (422, "id-reused")


def test_a_command_takes_its_draft_along(htmx: Ask, alice: User) -> None:
    session, sent = make_session(alice), {"content": "/help", "message_id": str(uuid4())}
    htmx(f"/chat/{session.id}/draft/", sent)
    assert Draft.objects.exists()
    assert htmx(f"/chat/{session.id}/send/", sent).status_code == 200
    assert not Draft.objects.exists()


def test_a_worker_that_takes_it_just_before_the_stop_is_asked_to_stop(
    htmx: Ask, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the worker would go on to write a reply that has ended for everybody else."""
    session, withdraw = make_session(alice), jobs.withdraw
    assert (
        htmx(f"/chat/{session.id}/send/", {"content": "One", "message_id": str(uuid4())}).status_code == 200
    )

    def claimed_first(key: UUID) -> bool:
        Generation.objects.filter(pk=key).update(state=Generation.State.RUNNING)
        return withdraw(key)

    monkeypatch.setattr(jobs, "withdraw", claimed_first)
    assert jobs.request_stop(session=session)
    assert states(session) == ["running!"]
    assert messages_of(session)[1].status == "pending"


def test_a_file_that_was_taken_back_stays_where_a_branch_has_it(htmx: Ask, alice: User) -> None:
    session, attachment = make_session(alice), make_attachment(alice, content=b"Kept")
    second = queue(htmx, session, "One", "Two")[1]
    Attachment.objects.update(message=second)
    branch = branch_session(session=session, owner=alice)
    htmx(f"/messages/{second.id}/take-back/")
    assert htmx(f"/files/{attachment.id}/remove/").status_code == 204
    [copy] = Attachment.objects.filter(message__session=branch)
    assert copy.file.read() == b"Kept"
    copy.file.close()


def test_stop_pressed_twice_stops_the_reply_that_was_seen_and_not_the_next(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    queue(htmx, session, "One", "Two")
    seen = next(message for message in messages_of(session) if message.role == "assistant")
    for _ in range(2):
        assert htmx(f"/chat/{session.id}/stop/", {"message_id": str(seen.id)}).status_code == 204
        assert states(session) == ["running!", "queued"]
    Generation.objects.filter(message=seen).update(state=Generation.State.ENDED)
    htmx(f"/chat/{session.id}/stop/", {"message_id": str(seen.id)})
    assert states(session) == ["ended!", "queued"]
