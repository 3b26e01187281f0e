"""One question to several models, as people see it: chosen, side by side, one of them kept.

Proves F2, B15 and F5.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest
from asgiref.sync import async_to_sync
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.consumers.page import PageScreen
from chat.events import Event
from chat.models import (
    ConfiguredProvider,
    Draft,
    Generation,
    Lineup,
    Message,
    Role,
    SentPrompt,
    Session,
    User,
)
from chat.providers.facts import Facts
from chat.providers.scripted import ScriptedProvider
from chat.replay import replay
from tests.chat.extracting import making
from tests.chat.pages.conftest import Ask, text_of
from tests.chat.pages.test_file_chips import upload
from tests.factories import add_member, add_message, make_project, make_session, messages_of

ONE, TWO, THREE = "fake::one", "fake::two", "fake::three"
KEEP, MERGE = "column__keep", "lineup__merge"


@pytest.fixture(autouse=True)
def models(transactional_db: None) -> None:
    names = ["one", "two", "three", "four", "five"]
    ConfiguredProvider.objects.create(name="fake", kind="scripted", model_names=names)


def lined_up(owner: User, count: int = 3, **fields: object) -> Session:
    """A question with that many replies, the first on show."""
    session = make_session(owner, ["Which?", "Reply 1"], **fields)
    question, first = messages_of(session)
    Message.objects.filter(pk=first.pk).update(provider="fake", model="one")
    for number in range(2, count + 1):
        name = {"provider": "fake", "model": ("two", "three", "four")[number - 2]}
        add_message(session, question, f"Reply {number}", is_active=False, **name)
    Lineup.objects.create(session=session, question=question)
    return session


def named(reply: Message, asked: str, *, told: str) -> None:
    """As it is when a provider has answered by a longer name than it was asked by."""
    Message.objects.filter(pk=reply.pk).update(status="complete", content="Here.", model=told)
    made, _ = Generation.objects.update_or_create(
        message=reply, defaults={"session_id": reply.session_id, "state": "ended"}
    )
    facts = {"packed_ids": b"", "estimated_tokens": 1, "sent_at": timezone.now()}
    SentPrompt.objects.create(generation=made, provider="fake", model=asked, **facts)


def columns_in(html: str) -> list[str]:
    """The names in the heads of the columns."""
    return re.findall(r'class="column__name"[^>]*>([^<]*)<', html)


@contextmanager
def counted() -> Iterator[list[int]]:
    found: list[int] = []
    with CaptureQueriesContext(connection) as queries:
        yield found
    found.append(len(queries))


def test_several_are_asked_without_script_and_stand_side_by_side(page: Client, alice: User) -> None:
    ticks = re.findall(r'<input type="checkbox" name="models" value="([^"]*)"', text_of(page.get("/")))
    assert {ONE, TWO, THREE} <= set(ticks)
    answer = page.post("/send/", {"content": "Which?", "models": [ONE, THREE]}, follow=True)
    assert columns_in(text_of(answer)) == ["one", "three"]
    assert [row.model for row in Message.objects.filter(role="assistant").order_by("pk")] == ["one", "three"]


@pytest.mark.parametrize(
    ("is_kept", "gone", "asked"),
    [
        (False, [], ["one", "two", "three"]),
        (False, ["one"], ["two", "three"]),
        (False, ["one", "two"], [""]),
        (True, [], [""]),
    ],
)
def test_a_question_that_stands_above_columns_is_sent_again_to_all_that_can_be_asked(
    page: Client, alice: User, is_kept: bool, gone: list[str], asked: list[str]
) -> None:
    question, *_ = messages_of(lined_up(alice))
    for reply, name in zip(question.children.order_by("pk"), ("one", "two", "three"), strict=True):
        named(reply, name, told=f"{name}-2026")
    if is_kept:
        page.post(f"/messages/{question.children.get(is_active=True).pk}/activate/")
    SentPrompt.objects.filter(model__in=gone).update(provider="removed")
    answer = page.post(f"/messages/{question.pk}/resend/", {"content": "And which now?"}, follow=True)
    assert "And which now?" in text_of(answer)
    again = Message.objects.get(content="And which now?")
    assert [row.model for row in again.children.order_by("pk")] == asked
    assert len(columns_in(text_of(answer))) == (len(asked) if asked != [""] else 0)


def test_two_that_call_themselves_the_same_are_told_apart(page: Client, alice: User) -> None:
    session = lined_up(alice)
    for reply, name in zip(
        messages_of(session)[0].children.order_by("pk"), ("one", "two", "three"), strict=True
    ):
        named(reply, name, told="other" if name == "three" else "big-2026")
    html = text_of(page.get(f"/chat/{session.pk}/"))
    assert columns_in(html) == ["big-2026", "big-2026 2", "other"]
    assert "Keep the reply of big-2026 2" in html


def test_one_alone_is_the_one_that_is_asked(page: Client, alice: User) -> None:
    session = make_session(alice)
    page.post(f"/chat/{session.pk}/send/", {"content": "Which?", "models": [TWO], "model": ONE})
    assert Message.objects.get(role="assistant").model == "two"
    assert not Lineup.objects.exists()


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ([ONE, "fake::unheard-of"], "not offered any more"),
        ([ONE, TWO, THREE, "fake::four", "fake::five"], "At most 4 models"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_the_text_stays(
    page: Client, alice: User, asked: list[str], words: str
) -> None:
    session = make_session(alice)
    answer = page.post(f"/chat/{session.pk}/send/", {"content": "Which?", "models": asked})
    assert answer.status_code == 422
    assert words in text_of(answer)
    assert ">Which?</textarea>" in text_of(answer)
    assert not Message.objects.exists()


def test_the_answer_to_the_page_has_a_place_for_each(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    shown = text_of(htmx(f"/chat/{session.pk}/send/", {"content": "Which?", "models": [ONE, TWO]}))
    question = Message.objects.get(role="user")
    places = [shown.index(part) for part in (f'id="m-{question.pk}"', f'id="l-{question.pk}"')]
    columns = [shown.index(f'id="m-{row.pk}"') for row in question.children.order_by("pk")]
    assert places + columns == sorted(places + columns)
    assert shown.count(f'data-column="{question.pk}"') == 2


def test_who_may_write_keeps_one_and_a_viewer_looks_on(client: Client, alice: User, bob: User) -> None:
    project = make_project(alice)
    session = lined_up(alice, project=project)
    add_member(project, bob, Role.VIEWER)
    client.force_login(bob)
    shown = text_of(client.get(f"/chat/{session.pk}/"))
    assert columns_in(shown) == ["one", "two", "three"]
    assert KEEP not in shown
    assert MERGE not in shown
    second = Message.objects.get(model="two")
    assert client.post(f"/messages/{second.pk}/activate/").status_code == 403
    project.members.filter(user=bob).update(role=Role.EDITOR)
    assert text_of(client.get(f"/chat/{session.pk}/")).count(KEEP) == 3
    shown = text_of(client.post(f"/messages/{second.pk}/activate/", follow=True))
    assert columns_in(shown) == []
    assert "Reply 2" in shown
    assert "Reply 1" not in shown
    assert ">2/3<" in shown


def test_alternatives_are_laid_side_by_side_again(page: Client, htmx: Ask, alice: User) -> None:
    session = lined_up(alice, 2)
    first = Message.objects.get(model="one")
    page.post(f"/messages/{first.pk}/activate/")
    shown = text_of(page.get(f"/chat/{session.pk}/"))
    assert columns_in(shown) == []
    assert f'action="/messages/{first.pk}/beside/"' in shown
    assert "parley-reset" in text_of(htmx(f"/messages/{first.pk}/beside/"))
    assert columns_in(text_of(page.get(f"/chat/{session.pk}/"))) == ["one", "two"]


def test_an_answered_question_is_put_to_others_as_well(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Which?", "Reply"])
    question, reply = messages_of(session)
    assert 'name="models"' in text_of(page.get(f"/messages/{reply.pk}/models/"))
    shown = text_of(htmx(f"/messages/{reply.pk}/regenerate/", {"models": [TWO, THREE]}))
    assert shown.count(f'data-column="{question.pk}"') == 3
    assert f'id="m-{reply.pk}"' in shown  # it stood alone
    assert f'id="m-{reply.pk}"' in frame_for(alice, session)
    assert columns_in(text_of(page.get(f"/chat/{session.pk}/"))) == ["Reply", "two", "three"]
    htmx(f"/chat/{session.pk}/stop/")
    htmx(f"/messages/{reply.pk}/regenerate/", {"models": [ONE]})
    assert Message.objects.filter(parent=question).count() == 4


def test_of_one_alone_there_is_no_side_by_side(htmx: Ask, alice: User) -> None:
    _, reply = messages_of(make_session(alice, ["Hello", "Hi"]))
    answer = htmx(f"/messages/{reply.pk}/beside/")
    assert answer.status_code == 422
    assert "only one reply" in text_of(answer)


def test_one_that_failed_stands_in_its_column_and_makes_room_when_it_is_tried_again(
    page: Client, alice: User
) -> None:
    session = lined_up(alice)
    failed = Message.objects.get(model="two")
    error = {"title": "The server broke", "detail": "It says no more.", "retryable": True}
    Message.objects.filter(pk=failed.pk).update(status="error", content="", error=error)
    shown = text_of(page.get(f"/chat/{session.pk}/"))
    column = shown[shown.index(f'id="m-{failed.pk}"') :].split("</article>")[0]
    assert "The server broke" in column
    assert f'name="model" value="{TWO}"' in column
    assert KEEP not in column
    page.post(f"/messages/{failed.pk}/regenerate/", {"model": TWO})
    shown = text_of(page.get(f"/chat/{session.pk}/"))
    assert columns_in(shown) == ["one", "two", "three"]
    assert f'id="m-{failed.pk}"' not in shown


def test_who_answers_by_another_name_is_asked_again_and_has_its_place(page: Client, alice: User) -> None:
    session = lined_up(alice)
    first, failed = Message.objects.get(model="one"), Message.objects.get(model="two")
    named(first, "one", told="one-2026-08-06")
    Message.objects.filter(pk=failed.pk).update(status="error", content="")
    shown = text_of(page.get(f"/chat/{session.pk}/"))
    [again] = re.findall(r'name="model" value="(fake::one[^"]*)"', shown)
    page.post(f"/messages/{first.pk}/regenerate/", {"model": again})
    assert Message.objects.filter(role="assistant").latest("pk").model == "one"
    Message.objects.get(role="assistant", status="pending").delete()
    Generation.objects.exclude(state="ended").delete()
    page.post(f"/messages/{failed.pk}/regenerate/", {"model": TWO})
    named(Message.objects.get(model="two", status="pending"), "two", told="two-2026-08-06")
    shown = text_of(page.get(f"/chat/{session.pk}/"))
    assert columns_in(shown) == ["one-2026-08-06", "two-2026-08-06", "three"]


def test_the_merged_reply_says_what_it_was_made_of(page: Client, htmx: Ask, alice: User) -> None:
    session = lined_up(alice)
    question = messages_of(session)[0]
    path = f"/messages/{question.pk}/merge/"
    assert f'hx-get="{path}"' in text_of(page.get(f"/chat/{session.pk}/"))
    assert f'value="{THREE}"' in text_of(page.get(path))
    shown = text_of(htmx(path, {"model": THREE}))
    assert "Merged from one, two and three" in shown
    assert "data-column" not in shown
    assert columns_in(text_of(page.get(f"/chat/{session.pk}/"))) == []


def test_the_socket_tells_of_each_column_where_it_stands(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    htmx(f"/chat/{session.pk}/send/", {"content": "Which?", "models": [ONE, TWO]})
    frame = frame_for(alice, session)
    question = Message.objects.get(role="user")
    assert frame.count(f'id="l-{question.pk}"') == 1
    assert frame.index(f'id="l-{question.pk}"') < frame.index("data-column")
    assert frame.count(f'data-column="{question.pk}"') == 2


def frame_for(user: User, session: Session, after: int = 0) -> str:
    """What a page is sent that knows what happened until then."""

    async def made(events: list[Event]) -> str:
        return await PageScreen(user, Role.OWNER).frame(events)

    return async_to_sync(made)(replay(session.pk, after))


def test_one_of_them_is_stopped_and_then_all(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    htmx(f"/chat/{session.pk}/send/", {"content": "Which?", "models": [ONE, TWO, THREE]})
    replies = list(Message.objects.filter(role="assistant").order_by("pk"))
    htmx(f"/chat/{session.pk}/stop/", {"message_id": str(replies[1].pk)})
    assert [row.status for row in refreshed(replies)] == ["pending", "stopped", "pending"]
    htmx(f"/chat/{session.pk}/stop/", {"message_id": [str(row.pk) for row in replies]})
    assert [row.status for row in refreshed(replies)] == ["stopped"] * 3
    assert not Generation.objects.exclude(state="ended").exists()


def refreshed(rows: list[Message]) -> list[Message]:
    for row in rows:
        row.refresh_from_db()
    return rows


def test_those_chosen_wait_with_the_draft(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    draft = {"content": "Which?", "message_id": str(uuid4()), "models": [TWO, ONE]}
    htmx(f"/chat/{session.pk}/draft/", draft)
    assert Draft.objects.get().asked_models == [TWO, ONE]
    shown = text_of(page.get(f"/chat/{session.pk}/"))
    assert f'data-asked="[&quot;{TWO}&quot;,&quot;{ONE}&quot;]"' in shown
    assert f'value="{TWO}" checked' in shown
    assert f'value="{THREE}" checked' not in shown


def test_a_file_says_which_of_them_cannot_take_it(page: Client, scripts: type[ScriptedProvider]) -> None:
    scripts.can("one", Facts(sees_pictures=True))
    chip = upload(page, "a.png", making.picture())
    path = re.search(r"/files/[0-9a-f-]+/state/", chip)
    assert path
    assert "Told its name alone: two, three." in text_of(page.get(path[0], {"models": [ONE, TWO, THREE]}))
    assert "Told its name alone" not in text_of(page.get(path[0], {"models": [ONE]}))


def test_the_others_stand_there_when_the_one_on_show_is_deleted(page: Client, htmx: Ask, alice: User) -> None:
    session = lined_up(alice)
    htmx(f"/messages/{Message.objects.get(model='one').pk}/delete/")
    shown = text_of(page.get(f"/chat/{session.pk}/"))
    assert columns_in(shown) == ["two", "three"]
    assert "Your next message goes on from" not in shown


def test_to_write_on_keeps_the_one_on_show_and_tells_every_page(htmx: Ask, alice: User) -> None:
    session = lined_up(alice)
    before = session.last_event_id
    first = Message.objects.get(model="one")
    htmx(f"/chat/{session.pk}/send/", {"content": "And then?"})
    assert Lineup.objects.get().kept == first
    frame = frame_for(alice, session, after=before)
    bubble = re.search(rf'<article[^>]*id="m-{first.pk}"[^>]*>', frame)
    assert bubble
    assert "data-column" not in bubble[0]


def test_more_columns_are_no_more_queries(page: Client, alice: User) -> None:
    two, four = lined_up(alice, 2), lined_up(alice, 4)
    page.get(f"/chat/{two.pk}/")
    with counted() as few:
        page.get(f"/chat/{two.pk}/")
    with counted() as many:
        page.get(f"/chat/{four.pk}/")
    assert many == few


def test_a_message_beside_the_one_on_show_has_a_link_that_leads_to_it(page: Client, alice: User) -> None:
    session = lined_up(alice)
    other = Message.objects.get(model="three")
    shown = text_of(page.get(f"/chat/{session.pk}/?at={other.pk}"))
    assert "data-apart" not in shown
    assert shown.count(f'id="m-{other.pk}"') == 1
