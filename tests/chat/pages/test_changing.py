"""What can be done to a message and to a conversation, and taken back.

Proves A4, A6, A11, B24 and C11.
"""

from __future__ import annotations

from django.test import Client

from chat.models import Message, Session, User
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_session, messages_of


def two(alice: User) -> tuple[Session, Message, Message]:
    session = make_session(alice, ["Hello", "Good **day**"])
    question, answer = messages_of(session)
    return session, question, answer


def test_copying_gives_the_markdown(page: Client, alice: User) -> None:
    _, _, answer = two(alice)
    assert text_of(page.get(f"/messages/{answer.id}/source/")) == "Good **day**"


def test_editing_happens_in_place(page: Client, htmx: Ask, alice: User) -> None:
    _, question, _ = two(alice)
    editor = text_of(page.get(f"/messages/{question.id}/edit/", headers={"HX-Request": "true"}))
    assert f'id="m-{question.id}"' in editor
    assert ">Hello</textarea>" in editor
    html = text_of(htmx(f"/messages/{question.id}/edit/", {"content": "Good evening"}))
    assert "Good evening" in html
    assert "edited" in html


def test_a_blank_edit_is_refused_and_nothing_changes(htmx: Ask, alice: User) -> None:
    _, question, _ = two(alice)
    response = htmx(f"/messages/{question.id}/edit/", {"content": ""})
    assert response.status_code == 400
    assert response["HX-Retarget"] == f"#edit-{question.id}-error"
    question.refresh_from_db()
    assert question.content == "Hello"


def test_editing_works_without_script(page: Client, alice: User) -> None:
    session, question, _ = two(alice)
    assert ">Hello</textarea>" in text_of(page.get(f"/messages/{question.id}/edit/"))
    response = page.post(f"/messages/{question.id}/edit/", {"content": "Good evening"})
    assert response["Location"] == f"/chat/{session.id}/"


def test_sending_again_makes_an_alternative(htmx: Ask, alice: User) -> None:
    session, question, _ = two(alice)
    html = text_of(htmx(f"/messages/{question.id}/resend/", {"content": "Good evening"}))
    assert "2/2" in html
    assert [message.content for message in messages_of(session)] == ["Good evening", ""]


def test_answering_again_keeps_the_earlier_reply(htmx: Ask, alice: User) -> None:
    session, _, answer = two(alice)
    html = text_of(htmx(f"/messages/{answer.id}/regenerate/"))
    assert 'data-depth="1"' in html
    answer.refresh_from_db()
    assert not answer.is_active
    assert len(messages_of(session)) == 2


def test_answering_again_while_a_reply_runs_is_refused(htmx: Ask, alice: User) -> None:
    session, _, answer = two(alice)
    htmx(f"/chat/{session.id}/send/", {"content": "More"})
    response = htmx(f"/messages/{answer.id}/regenerate/")
    assert response.status_code == 409
    assert response["HX-Retarget"] == "#composer-error"


def test_a_running_reply_stays_on_show(htmx: Ask, alice: User) -> None:
    session, _, answer = two(alice)
    other = Message.objects.create(
        session=session, parent=answer.parent, depth=1, role="assistant", content="Other", is_active=False
    )
    htmx(f"/chat/{session.id}/send/", {"content": "More"})
    assert htmx(f"/messages/{other.id}/activate/").status_code == 409
    assert messages_of(session)[-1].is_running


def test_an_alternative_comes_back_on_show(htmx: Ask, alice: User) -> None:
    session, _, answer = two(alice)
    add = Message.objects.create(
        session=session, parent=answer.parent, depth=1, role="assistant", content="Other", is_active=False
    )
    assert "<parley-reset>" in text_of(htmx(f"/messages/{add.id}/activate/"))
    assert messages_of(session)[1] == add


def test_a_deleted_message_can_be_brought_back(htmx: Ask, alice: User) -> None:
    session, _, answer = two(alice)
    html = text_of(htmx(f"/messages/{answer.id}/delete/"))
    assert f'<parley-gone m="{answer.id}">' in html
    assert f"/messages/{answer.id}/restore/" in html
    assert len(messages_of(session)) == 1
    assert f'id="m-{answer.id}"' in text_of(htmx(f"/messages/{answer.id}/restore/"))
    assert len(messages_of(session)) == 2


def test_clearing_can_be_undone(htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    assert f"/chat/{session.id}/clear/undo/" in text_of(htmx(f"/chat/{session.id}/clear/"))
    assert messages_of(session) == []
    htmx(f"/chat/{session.id}/clear/undo/")
    assert len(messages_of(session)) == 2


def test_a_deleted_conversation_can_be_brought_back(page: Client, htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    url = f"http://testserver/chat/{session.id}/"
    html = text_of(htmx(f"/chat/{session.id}/delete/", **{"HX-Current-URL": url}))
    assert f'<parley-left s="{session.id}">' in html
    assert '<parley-go href="/">' in html
    assert page.get(f"/chat/{session.id}/").status_code == 404
    assert f'id="s-{session.id}"' in text_of(htmx(f"/chat/{session.id}/restore/"))
    assert page.get(f"/chat/{session.id}/").status_code == 200


def test_deleting_another_conversation_leaves_one_where_one_is(htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    assert "parley-go" not in text_of(
        htmx(f"/chat/{session.id}/delete/", **{"HX-Current-URL": "http://testserver/"})
    )


def test_renaming_shows_at_once(htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    html = text_of(htmx(f"/chat/{session.id}/rename/", {"name": "Harbour"}))
    assert 'data-title="Harbour — Parley"' in html
    assert ">Harbour</span>" in html


def test_a_title_that_is_too_long_is_refused(htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    response = htmx(f"/chat/{session.id}/rename/", {"name": "x" * 201})
    assert response.status_code == 422
    assert "1 to 200 characters" in text_of(response)
    session.refresh_from_db()
    assert session.name == "A session"


def test_settings_are_kept(htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    values = {"system_prompt": "Be brief.", "temperature": "0.4", "max_tokens": "200", "context_window": ""}
    assert htmx(f"/chat/{session.id}/settings/", values).status_code == 200
    session.refresh_from_db()
    assert session.all_settings["temperature"] == 0.4
    assert session.all_settings["max_tokens"] == 200
    assert session.all_settings["context_window"] is None


def test_settings_out_of_range_are_refused_with_the_form(htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    response = htmx(f"/chat/{session.id}/settings/", {"temperature": "9", "system_prompt": "Be brief."})
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#settings-form"
    assert "Be brief." in text_of(response)


def test_a_model_can_be_chosen_but_only_one_that_is_offered(htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    htmx(f"/chat/{session.id}/model/", {"model": "scripted::default"})
    session.refresh_from_db()
    assert (session.provider, session.model) == ("scripted", "default")
    assert htmx(f"/chat/{session.id}/model/", {"model": "evil::one"}).status_code == 422


def test_stopping_needs_no_words(htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    assert htmx(f"/chat/{session.id}/stop/").status_code == 204


def test_branching_opens_a_conversation_that_says_where_it_left_the_other(
    page: Client, htmx: Ask, alice: User
) -> None:
    session = make_session(alice, ["Hello", "Good day", "Third thing"], name="Harbour & sea")
    answer = messages_of(session)[1]
    html = text_of(htmx(f"/messages/{answer.id}/branch/"))
    branch = Session.objects.get(parent=session)
    assert f'<parley-go href="/chat/{branch.id}/">' in html
    assert f'id="s-{branch.id}"' in html
    shown = text_of(page.get(f"/chat/{branch.id}/"))
    assert "Third thing" not in shown
    assert "Branched from Harbour &amp; sea</a>" in shown
    assert f'href="/chat/{session.id}/?at={answer.id}#m-{answer.id}"' in shown
    htmx(f"/chat/{session.id}/delete/")
    assert "a conversation that was deleted" in text_of(page.get(f"/chat/{branch.id}/"))
    assert "Branched" not in text_of(page.get(f"/chat/{make_session(alice, ['One']).id}/"))


def test_branching_works_without_script(page: Client, alice: User) -> None:
    session, question, _ = two(alice)
    response = page.post(f"/messages/{question.id}/branch/")
    assert response["Location"] == f"/chat/{Session.objects.get(parent=session).id}/"


def test_a_copy_opens_and_stands_in_the_list(page: Client, htmx: Ask, alice: User) -> None:
    session, _, _ = two(alice)
    html = text_of(htmx(f"/chat/{session.id}/duplicate/"))
    copy = Session.objects.exclude(pk=session.pk).get()
    assert f'<parley-go href="/chat/{copy.id}/">' in html
    assert f'id="s-{copy.id}"' in html
    assert "Branched" not in text_of(page.get(f"/chat/{copy.id}/"))
    response = page.post(f"/chat/{session.id}/duplicate/")
    assert response["Location"] == f"/chat/{Session.objects.latest('created_at').id}/"
