"""What can be read about a message: its history, what was sent for it, who could answer instead.

Proves B17 and B24.
"""

from __future__ import annotations

from decimal import Decimal

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from chat.models import Generation, Message, SentPrompt, Session, User
from chat.services.content import draft_of
from chat.services.messages import edit_message
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import add_message, make_session, messages_of


def with_prompt(session: Session, reply: Message, messages: list[Message], **fields: object) -> SentPrompt:
    generation = Generation.objects.create(message=reply, session=session, state="ended")
    values = {"provider": "fake", "model": "large", "estimated_tokens": 1234, "sent_at": timezone.now()}
    packed = b"".join(message.pk.bytes for message in messages)
    return SentPrompt.objects.create(generation=generation, packed_ids=packed, **{**values, **fields})


def shown(page: Client, url: str) -> str:
    return text_of(page.get(url, headers={"HX-Request": "true"}))


def test_what_was_sent_is_shown_with_what_it_took(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello <b>", "Good day"])
    question, answer = messages_of(session)
    with_prompt(session, answer, [question], system_prompt="Be <i>brief</i>.", window=8192, temperature=0.7)
    Message.objects.filter(pk=answer.pk).update(
        output_tokens=20,
        cost=Decimal("0.00120000"),
        duration_ms=1500,
        tokens_per_second=22.5,
        finish_reason="stop",
        model="large-2",
    )
    html = shown(page, f"/messages/{answer.id}/sent/")
    alice.preferences = {"language": "de"}
    alice.save()
    german = shown(page, f"/messages/{answer.id}/sent/")
    for words in ("8.192 Token", "etwa 1.234", "$0,0012<", "1,5 s", "22,5<", "0,7<"):
        assert words in german, words
    for words in (
        "large · fake · answered as large-2",
        "8,192 tokens",
        "about 1,234, estimated",
        "$0.0012<",
        "1.5 s",
        "stop",
        "Be &lt;i&gt;brief&lt;/i&gt;.",
        "Hello &lt;b&gt;",
        "1 message, as it was sent",
    ):
        assert words in html, words


def test_an_unknown_cost_is_not_nothing(page: Client, alice: User) -> None:
    _, answer = messages_of(make_session(alice, ["Hello", "Good day"]))
    html = shown(page, f"/messages/{answer.id}/sent/")
    assert "<dt>Cost</dt><dd>unknown</dd>" in html
    assert "was not recorded" in html


def test_only_a_reply_was_made_from_something(page: Client, alice: User) -> None:
    question, _ = messages_of(make_session(alice, ["Hello", "Good day"]))
    assert page.get(f"/messages/{question.id}/sent/").status_code == 404


def test_what_was_sent_is_read_by_as_many_queries_for_many_messages(page: Client, alice: User) -> None:
    counts = []
    for length in (2, 40):
        session = make_session(alice, [str(n) for n in range(length)])
        messages = messages_of(session)
        with_prompt(session, messages[-1], messages[:-1])
        with CaptureQueriesContext(connection) as queries:
            assert page.get(f"/messages/{messages[-1].id}/sent/").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_history_says_who_changed_what(page: Client, alice: User) -> None:
    question, _ = messages_of(make_session(alice, ["The old harbour", "Good day"]))
    for words in ("The quiet harbour", "The quiet <sea>"):
        edit_message(message=question, editor=alice, draft=draft_of(words, id=question.pk))
    html = shown(page, f"/messages/{question.id}/history/")
    assert html.index("Version 3") < html.index("Version 2") < html.index("Version 1")
    assert "alice ·" in html
    assert "old</del>" in html
    assert "quiet</ins>" in html
    assert "&lt;sea&gt;</ins>" in html
    assert "The old harbour" in html


def test_a_message_that_nobody_edited_has_one_version(page: Client, alice: User) -> None:
    question, _ = messages_of(make_session(alice, ["Hello", "Good day"]))
    html = shown(page, f"/messages/{question.id}/history/")
    assert "Version 1" in html
    assert "<del>" not in html


def test_the_history_is_read_by_as_many_queries_for_many_edits(page: Client, alice: User) -> None:
    question, _ = messages_of(make_session(alice, ["Hello", "Good day"]))
    counts = []
    for _ in range(2):
        for number in range(14):
            edit_message(message=question, editor=alice, draft=draft_of(f"words {number}", id=question.pk))
        with CaptureQueriesContext(connection) as queries:
            html = shown(page, f"/messages/{question.id}/history/")
        counts.append(len(queries))
    assert counts[1] <= counts[0]
    assert "9 older versions are kept" in html


def test_another_model_answers_once_and_the_conversation_keeps_its_own(
    page: Client, htmx: Ask, alice: User
) -> None:
    session = make_session(alice, ["Hello", "Good day"], provider="mine", model="own")
    _, answer = messages_of(session)
    assert 'value="scripted::default"' in shown(page, f"/messages/{answer.id}/models/")
    html = text_of(htmx(f"/messages/{answer.id}/regenerate/", {"model": "scripted::default"}))
    assert 'data-status="pending"' in html
    reply = messages_of(session)[1]
    assert (reply.provider, reply.model) == ("scripted", "default")
    session.refresh_from_db()
    assert (session.provider, session.model) == ("mine", "own")


def test_a_model_that_is_not_offered_does_not_answer(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Good day"])
    _, answer = messages_of(session)
    assert htmx(f"/messages/{answer.id}/regenerate/", {"model": "evil::one"}).status_code == 422
    assert messages_of(session)[1] == answer


def test_the_panels_are_pages_without_script(page: Client, alice: User) -> None:
    _, answer = messages_of(make_session(alice, ["Hello", "Good day"]))
    for name in ("sent", "history", "models"):
        html = text_of(page.get(f"/messages/{answer.id}/{name}/"))
        assert "<!doctype html>" in html
        assert "Back to the conversation" in html


def test_a_copy_has_its_words(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"])
    reply = add_message(session, messages_of(session)[0], "Good day", origin=messages_of(session)[0].pk)
    assert "was not recorded" in shown(page, f"/messages/{reply.id}/sent/")


def test_alternatives_are_told_apart_by_model_time_and_beginning(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "Good day"])
    question, answer = messages_of(session)
    other = add_message(
        session, question, "# See [this](https://e.org/x) **now**", is_active=False, model="large"
    )
    html = shown(page, f"/messages/{answer.id}/alternatives/")
    assert "See this now</span>" in html
    assert "large ·" in html
    assert f'action="/messages/{other.id}/activate/"' in html
    assert html.count('aria-current="true"') == 1
    assert "<!doctype html>" in text_of(page.get(f"/messages/{answer.id}/alternatives/"))


def test_a_page_of_messages_has_one_menu(page: Client, alice: User) -> None:
    session = make_session(alice, [str(n) for n in range(25)])
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert html.count('data-action="branch"') == 1
    assert html.count("data-message-menu=") == 25
    assert html.count("<") - html.count("</") < 1600


def test_a_place_in_what_was_sent_that_nobody_gave_is_as_none(page: Client, alice: User) -> None:
    question, answer = messages_of(make_session(alice, ["Hello", "Good day"]))
    with_prompt(answer.session, answer, [question])
    for before in ("9" * 5000, "-1", "²", "٣", "x"):
        assert "Hello" in shown(page, f"/messages/{answer.id}/sent/?before={before}"), before


def test_what_was_set_and_not_sent_is_told_as_such(page: Client, alice: User) -> None:
    session = make_session(alice, ["Hello", "Good day"])
    question, answer = messages_of(session)
    made_of = {
        **{"sections": [], "turns": 1, "files": 0, "window": 8192, "reply": 900},
        "parameters": {"max_tokens": 900, "output_config": {"effort": "high"}},
        "kept_back": ["temperature"],
    }
    with_prompt(session, answer, [question], made_of=made_of, max_tokens=900)
    html = shown(page, f"/messages/{answer.id}/sent/")
    assert "not sent, as this provider takes none" in html
    assert "{&quot;effort&quot;: &quot;high&quot;}" in html
