"""Why a reply failed is told to programs in English and to people in their language."""

from __future__ import annotations

import ast
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from chat.generation.engine import Engine
from chat.generation.failure import failure_of
from chat.models import Generation, Message, User
from chat.phrases import Phrase
from chat.providers.contract import ProviderError, Text
from chat.providers.scripted import ScriptedProvider
from chat.speaking import spoken, translated
from chat.text import clean_text
from tests import catalogue
from tests.chat.engine.driving import ask, ended, new_session
from tests.factories import add_message, make_session, messages_of

SILENT = Phrase("%(name)s stopped answering", name="<b>Fritz</b>\x00")
SAID = Phrase("It said: %(words)s", words="<script>alert(1)</script> 100 %(n)s")


def failed_page(client: Client, owner: User, error: dict[str, Any], language: str) -> str:
    session = make_session(owner, ["Hello"])
    add_message(session, messages_of(session)[0], "", status="error", error=error)
    return page_of(client, owner, session.pk, language)


def page_of(client: Client, owner: User, session_id: object, language: str) -> str:
    owner.preferences = {"language": language}
    owner.save()
    client.force_login(owner)
    return client.get(f"/chat/{session_id}/").content.decode()


@pytest.mark.parametrize(
    ("language", "title", "detail"),
    [("en", "stopped answering", "It said:"), ("de", "antwortet nicht mehr", "Die Meldung lautet:")],
)
def test_the_page_says_it_in_the_readers_language(
    client: Client, alice: User, language: str, title: str, detail: str
) -> None:
    html = failed_page(client, alice, failure_of(SILENT, SAID, is_retryable=True), language)
    assert f"&lt;b&gt;Fritz&lt;/b&gt; {title}" in html
    assert f"{detail} &lt;script&gt;alert(1)&lt;/script&gt; 100 %(n)s" in html


@pytest.mark.parametrize("said", [None, 7, {}, {"title": {"msgid": "", "values": {}}, "detail": ["x"]}])
def test_what_was_kept_before_is_shown_as_it_is(client: Client, alice: User, said: object) -> None:
    error = {"title": "Old & grey", "detail": "As it was.", "retryable": True, "said": said}
    html = failed_page(client, alice, error, "de")
    assert "Old &amp; grey" in html
    assert "As it was." in html


@pytest.mark.parametrize(
    "kept",
    [
        {"msgid": "%(name)s stopped answering", "values": {"another": "x"}},
        {"msgid": "%(name)s stopped answering", "values": {"name": [1]}},
        {"msgid": "%(name)s stopped answering", "values": {"name": float("nan")}},
        {"msgid": "%(name)", "values": {"name": "x"}},
        {"msgid": 7, "values": {}},
    ],
)
def test_what_does_not_fit_together_is_told_in_english(kept: dict[str, Any]) -> None:
    with translation.override("de"):
        assert spoken(kept, "It stopped") == "It stopped"


@pytest.mark.parametrize(("language", "words"), [("en", "for 0.3 seconds"), ("de", "0,3 Sekunden lang")])
def test_numbers_are_written_as_the_language_has_them(language: str, words: str) -> None:
    phrase = Phrase("Nothing came for %(seconds)s seconds, so the request was given up.", seconds=0.3)
    with translation.override(language):
        assert words in translated(phrase)
    assert "for 0.3 seconds" in phrase


def test_what_a_reply_waits_for_is_said_too(client: Client, alice: User) -> None:
    session = make_session(alice, ["Hello"])
    reply = add_message(session, messages_of(session)[0], "", status="pending")
    Generation.objects.create(message=reply, session=session, note="Waking the model…")
    assert "Das Modell wird geweckt …" in page_of(client, alice, session.pk, "de")
    Generation.objects.update(note="<i>Who knows</i>")
    assert "&lt;i&gt;Who knows&lt;/i&gt;" in page_of(client, alice, session.pk, "de")


@pytest.mark.django_db(transaction=True)
async def test_programs_are_told_in_english_and_nothing_more(
    alice: User, live_engine: Engine, scripts: type[ScriptedProvider]
) -> None:
    scripts.script("default", [Text("half"), ProviderError(SILENT, SAID, retryable=True)])
    sent = await ask(await new_session(alice))
    assert (await ended(sent))["error"] == {
        "title": "<b>Fritz</b> stopped answering",
        "detail": str(SAID),
        "retryable": True,
    }
    row = await Message.objects.aget(pk=sent.assistant_message.pk)
    assert row.error
    assert row.error["said"]["title"]["values"] == {"name": clean_text("<b>Fritz</b>\x00")}


def test_every_error_of_a_provider_can_be_translated() -> None:
    """A title or a detail that is made any other way would be read in English by everybody."""
    plain = [
        f"{path.name}: {ast.unparse(argument)}"
        for path in catalogue.python_files()
        if path.name != "scripted.py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("ProviderError", "cannot_run")
        for argument in node.args
        if isinstance(argument, ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert plain == []
