"""What a person has done by typing a command, and what they are told where it is none.

Proves B18.
"""

from __future__ import annotations

from unittest.mock import patch

import pytest
from django.test import Client

from chat.models import Generation, Message, Session, User
from chat.plugins import hookimpl, manager
from chat.services.accounts import create_user
from chat.services.providers import save_provider
from chat.slash import dispatch
from tests.chat.pages.conftest import Ask, Response, text_of
from tests.factories import make_session, messages_of


def typed(htmx: Ask, session: Session, words: str, **more: str) -> Response:
    return htmx(f"/chat/{session.id}/send/", {"content": words, **more})


def test_clear_takes_the_messages_and_offers_them_back(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    answer = text_of(typed(htmx, session, "/clear"))
    assert messages_of(session) == []
    assert "<parley-reset>" in answer
    assert f'hx-post="/chat/{session.id}/clear/undo/"' in answer
    htmx(f"/chat/{session.id}/clear/undo/")
    assert [message.content for message in messages_of(session)] == ["Hello", "Hi"]


@pytest.mark.parametrize(
    "words", ["/clear", "/CLEAR  ", "/clear\n", "/help", "/rename A b", "/clera", "/clear it"]
)
def test_nothing_that_looks_like_a_command_reaches_a_model(htmx: Ask, alice: User, words: str) -> None:
    typed(htmx, make_session(alice, ["Hello", "Hi"]), words)
    assert not Generation.objects.exists()
    assert Message.objects.count() == 2


@pytest.mark.parametrize(
    "words",
    [
        "/etc/hosts",
        "/etc/hosts is what?",
        "/* a comment */",
        "/regex/g",
        "/",
        "/ a",
        "//",
        "// a",
        "/clear, please",
        "/1",
        " /clear",
        "/über alles",
        "what does /clear do",
        "//example.org/a",
    ],
)
def test_what_is_no_command_is_sent_as_it_is(htmx: Ask, alice: User, words: str) -> None:
    session = make_session(alice)
    assert typed(htmx, session, words).status_code == 200
    assert messages_of(session)[0].content == words


def test_a_second_slash_sends_a_command_as_text(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    typed(htmx, session, "//clear it all")
    said = messages_of(session)[2]
    assert said.content == "/clear it all"
    assert "//" not in said.html


def test_an_unknown_command_is_refused_with_what_is_near_and_a_way_to_send_it(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    refused = typed(htmx, session, "/claer <b>now</b>")
    assert (refused.status_code, refused["HX-Retarget"]) == (422, "#composer-error")
    words = text_of(refused)
    assert "“/claer” is no command. Did you mean /clear" in words
    assert 'form="composer" name="literal" value="true"' in words
    assert typed(htmx, session, "/claer <b>now</b>", literal="true").status_code == 200
    assert messages_of(session)[0].content == "/claer <b>now</b>"


def test_without_script_a_refused_command_is_still_there(page: Client, alice: User) -> None:
    session = make_session(alice)
    for url in ("/send/", f"/chat/{session.id}/send/"):
        refused = page.post(url, {"content": "/nothing-like-it a"})
        assert refused.status_code == 422
        assert "/nothing-like-it a</textarea>" in text_of(refused)
        assert "Type /help" in text_of(refused)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("/clear it", "It takes nothing more: /clear"),
        ("/rename", "It needs more: /rename TITLE"),
        ("/rename " + "x" * 201, "A title has 1 to 200"),
        ("/model nothing", "No model is called “nothing”"),
        ("/retry", "no reply yet"),
    ],
)
def test_a_command_says_what_it_lacks(htmx: Ask, alice: User, words: str, told: str) -> None:
    refused = typed(htmx, make_session(alice), words)
    assert refused.status_code == 422
    assert told in text_of(refused)


def test_a_command_with_a_file_is_refused_and_the_file_stays(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    refused = htmx(
        f"/chat/{session.id}/send/",
        {"content": "/clear", "attachment_ids": ["01890000-0000-7000-8000-000000000000"]},
    )
    assert "takes no files" in text_of(refused)
    assert len(messages_of(session)) == 2


def test_rename_shows_the_new_title_as_text(htmx: Ask, alice: User) -> None:
    session = make_session(alice)
    answer = text_of(typed(htmx, session, "/rename <img src=x>  and\nmore"))
    session.refresh_from_db()
    assert (session.name, session.is_name_typed) == ("<img src=x> and more", True)
    assert "<img src=x>" not in answer
    assert "&lt;img src=x&gt; and more" in answer


@pytest.mark.parametrize(
    ("words", "model"),
    [
        ("/model small", "small"),
        ("/model fake large-2", "large-2"),
        ("/model ARGE-2", "large-2"),
        ("/model scripted", "default"),
    ],
)
def test_model_finds_one_by_what_is_typed(htmx: Ask, alice: User, words: str, model: str) -> None:
    save_provider(
        name="fake", kind="openai", base_url="http://127.0.0.1:1/v1", models=["small", "large-1", "large-2"]
    )
    session = make_session(alice)
    answer = text_of(typed(htmx, session, words))
    session.refresh_from_db()
    assert session.model == model
    assert f'<parley-model value="{session.provider}::{model}">' in answer


def test_model_asks_which_where_several_fit(htmx: Ask, alice: User) -> None:
    save_provider(name="fake", kind="openai", base_url="http://127.0.0.1:1/v1", models=["large-1", "large-2"])
    refused = text_of(typed(htmx, make_session(alice), "/model large"))
    assert "fits several models: large-1, large-2" in refused


def test_stop_and_retry_do_as_the_buttons_do(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    bubble = text_of(typed(htmx, session, "/retry"))
    reply = messages_of(session)[1]
    assert (reply.content, reply.status) == ("", "pending")
    assert f'id="m-{reply.id}"' in bubble
    typed(htmx, session, "/stop")
    reply.refresh_from_db()
    assert reply.status == "stopped"
    assert "No reply is being written" in text_of(typed(htmx, session, "/stop"))


def test_branch_goes_on_in_a_copy_and_says_there_what_was_typed(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    answer = text_of(typed(htmx, session, "/branch And in\nthe evening?"))
    branch = Session.objects.get(parent=session)
    assert f'<parley-go href="/chat/{branch.id}/">' in answer
    assert [one.content for one in messages_of(branch)] == ["Hello", "Hi", "And in\nthe evening?", ""]
    assert len(messages_of(session)) == 2
    typed(htmx, session, "/branch")
    assert [len(messages_of(one)) for one in session.branches.order_by("created_at")] == [4, 2]


def test_duplicate_opens_a_copy(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    answer = text_of(typed(htmx, session, "/duplicate"))
    copy = Session.objects.exclude(pk=session.pk).get()
    assert f'<parley-go href="/chat/{copy.id}/">' in answer
    assert [one.content for one in messages_of(copy)] == ["Hello", "Hi"]


def test_a_command_whose_answer_was_lost_is_run_once(htmx: Ask, alice: User) -> None:
    session = make_session(alice, ["Hello", "Hi"])
    key = "01a20000-0000-7000-8000-000000000001"
    refused = typed(htmx, session, "/rename", message_id=key)
    assert refused.status_code == 422
    for _ in range(2):
        assert typed(htmx, session, "/branch", message_id=key).status_code == 200
    assert Session.objects.count() == 2


def test_new_and_help_work_where_nothing_is_open(page: Client, htmx: Ask, alice: User) -> None:
    assert '<parley-go href="/">' in text_of(htmx("/send/", {"content": "/new"}))
    assert '<parley-dialog href="/commands/help/">' in text_of(htmx("/send/", {"content": "/help"}))
    assert page.post("/send/", {"content": "/help"})["Location"] == "/commands/help/"
    assert "Open one first" in text_of(htmx("/send/", {"content": "/clear"}))
    assert not Session.objects.exists()


def test_help_lists_every_command(page: Client) -> None:
    shown = text_of(page.get("/commands/help/"))
    for name in dispatch.commands():
        assert f"<dt>/{name}" in shown


def test_the_list_has_what_can_be_run_there(page: Client, alice: User) -> None:
    everywhere, within = (
        text_of(page.get("/commands/")),
        text_of(page.get("/commands/", {"session": str(make_session(alice).id)})),
    )
    assert 'data-name="help"' in everywhere
    assert 'data-name="clear"' not in everywhere
    assert 'data-name="clear"' in within


def test_models_are_offered_where_one_is_typed(page: Client, alice: User) -> None:
    save_provider(name="fake", kind="openai", base_url="http://127.0.0.1:1/v1", models=["small", "large"])
    asked = {"text": "/model lar", "session": str(make_session(alice).id)}
    found = text_of(page.get("/commands/complete/", asked))
    assert found.count('role="option"') == 1
    assert 'data-text="/model large"' in found
    for other in ("/model lar\x00", "/nothing a", "/rename a", "text", "/model"):
        assert page.get("/commands/complete/", {**asked, "text": other}).status_code == 200


def test_a_stranger_completes_nothing_in_anothers_conversation(page: Client) -> None:
    session = make_session(create_user(username="erin"))
    for url in ("/commands/", "/commands/complete/"):
        assert page.get(url, {"session": str(session.id), "text": "/model "}).status_code == 404
        assert page.get(url, {"session": "none"}).status_code == 404


class Broken:
    """A plugin that fails."""

    @hookimpl
    def slash_commands(self) -> list[object]:
        raise RuntimeError("as if badly written")


class Odd:
    """A plugin that gives what is no command."""

    @hookimpl
    def slash_commands(self) -> list[object]:
        return ["clear", *[given for name, given in dispatch.commands().items() if name == "help"]]


@pytest.mark.parametrize("plugin", [Broken(), Odd()])
def test_a_bad_plugin_costs_nobody_the_other_commands(plugin: object) -> None:
    before = list(dispatch.commands())
    manager().register(plugin, "bad")
    dispatch.commands.cache_clear()
    try:
        with patch.object(dispatch.log, "error"), patch.object(dispatch.log, "exception"):
            assert list(dispatch.commands()) == before
    finally:
        manager().unregister(name="bad")
        dispatch.commands.cache_clear()
