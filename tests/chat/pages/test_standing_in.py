"""Who answers where a model does not is chosen in the settings, and the reply says who did and why.

Proves A10, B10 and B15.
"""

from __future__ import annotations

from typing import Any

from django.test import Client

from chat.generation.chain import entry_of
from chat.models import ConfiguredProvider, Message, Session, Template, User
from chat.phrases import Phrase
from chat.providers.contract import ProviderError
from chat.services.beginnings import begin_session
from chat.services.content import draft_of
from chat.services.sending import send_message
from chat.services.templates import restore_version
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import add_message, make_session, messages_of

SETTINGS = {"system_prompt": "", "temperature": "", "max_tokens": "", "context_window": ""}
DOWN = ProviderError(
    Phrase("%(name)s cannot be reached", name="work"),
    Phrase("Nothing answers at its address. Is the server running?"),
)
MAIN = {"provider": "work", "model": "large"}
SPARE = {"provider": "work", "model": "small"}


def offer(*models: str) -> None:
    ConfiguredProvider.objects.create(name="work", kind="openai", base_url="http://x/v1", model_names=models)


def answered(alice: User, *tried: dict[str, Any], **fields: Any) -> Session:
    session = make_session(alice, ["Hello"])
    [question] = messages_of(session)
    values = {"provider": "scripted", "model": "spare", **fields}
    add_message(session, question, "Here", tried=list(tried), **values)
    return session


def test_a_reply_says_who_answered_and_why(page: Client, alice: User) -> None:
    session = answered(alice, entry_of("work", "large", DOWN))
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "Answered by spare, since large was unavailable" in html
    assert "work cannot be reached: Nothing answers at its address." in html


def test_it_says_so_in_the_readers_language_and_a_providers_own_words_as_they_came(
    page: Client, alice: User
) -> None:
    own = ProviderError("<b>Nope</b>", "No room")
    session = answered(alice, entry_of("work", "large", DOWN), entry_of("other", "huge", own))
    html = text_of(page.get(f"/chat/{session.id}/", headers={"Accept-Language": "de"}))
    assert "Läuft der Server?" in html
    assert "&lt;b&gt;Nope&lt;/b&gt;: No room" in html


def test_the_same_model_elsewhere_is_told_apart(page: Client, alice: User) -> None:
    session = answered(alice, entry_of("work", "large", DOWN), model="large")
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "Answered by large · scripted, since large · work was unavailable" in html


def test_what_broke_off_is_said_to_be_kept(page: Client, alice: User) -> None:
    entry = {**entry_of("work", "large", DOWN), "message_id": "0" * 32}
    assert "is kept as an alternative" in text_of(page.get(f"/chat/{answered(alice, entry).id}/"))


def test_if_all_failed_it_says_who_was_asked_as_well(page: Client, alice: User) -> None:
    error = {"title": "It broke", "detail": "Twice", "retryable": True}
    session = answered(alice, entry_of("work", "large", DOWN), status="error", error=error)
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "It broke" in html
    assert "Also asked: large" in html
    assert "Answered by" not in html


def test_a_reply_that_nobody_else_was_asked_for_says_nothing(page: Client, alice: User) -> None:
    assert 'class="tried"' not in text_of(page.get(f"/chat/{answered(alice).id}/"))


def test_while_another_is_asked_the_bubble_says_whom(page: Client, alice: User) -> None:
    session = make_session(alice, provider="work", model="large")
    reply = send_message(session=session, author=alice, draft=draft_of("Hello")).assistant_message
    Message.objects.filter(pk=reply.pk).update(model="small", tried=[entry_of("work", "large", DOWN)])
    reply.generation.note = "Asking %(name)s instead…"
    reply.generation.save()
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "Asking small instead…" in html
    assert "Answered by" not in html


def test_stand_ins_are_chosen_in_the_settings(page: Client, htmx: Ask, alice: User) -> None:
    offer("large", "small", "tiny")
    session = make_session(alice, **MAIN)
    url = f"/chat/{session.id}/settings/"
    answer = htmx(url, {**SETTINGS, "fallback": ["work::small", "", "work::small"]})
    assert answer.status_code == 200
    session.refresh_from_db()
    assert session.fallbacks == [SPARE]
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert html.count('<option value="work::small" selected>') == 1
    assert html.count('name="fallback"') == 3
    htmx(url, {**SETTINGS, "fallback": ["", "", ""]})
    session.refresh_from_db()
    assert session.fallbacks == []


def test_a_form_without_them_leaves_them_as_they_are(htmx: Ask, alice: User) -> None:
    session = make_session(alice, fallbacks=[SPARE])
    htmx(f"/chat/{session.id}/settings/", {**SETTINGS, "temperature": "1"})
    session.refresh_from_db()
    assert (session.settings["temperature"], session.fallbacks) == (1.0, [SPARE])


def test_a_model_that_is_not_offered_does_not_stand_in(page: Client, htmx: Ask, alice: User) -> None:
    session = make_session(alice, **MAIN)
    for ask in (htmx, page.post):
        answer = ask(f"/chat/{session.id}/settings/", {**SETTINGS, "fallback": ["work::small"]})
        assert answer.status_code == 422
        assert "not offered any more" in text_of(answer)
        assert '<option value="work::small" selected>' in text_of(answer)
    session.refresh_from_db()
    assert session.fallbacks == []


def test_one_that_is_not_offered_any_more_can_stay(htmx: Ask, page: Client, alice: User) -> None:
    session = make_session(alice, fallbacks=[SPARE])
    assert '<option value="work::small" selected>small · work' in text_of(page.get(f"/chat/{session.id}/"))
    assert htmx(f"/chat/{session.id}/settings/", {**SETTINGS, "fallback": ["work::small"]}).status_code == 200


def test_who_changed_them_meanwhile_is_not_overwritten(page: Client, htmx: Ask, alice: User) -> None:
    offer("small")
    session = make_session(alice)
    html = text_of(page.get(f"/chat/{session.id}/"))
    version = html.split('name="version" value="')[1].split('"')[0]
    Session.objects.filter(pk=session.pk).update(fallbacks=[MAIN])
    answer = htmx(
        f"/chat/{session.id}/settings/", {**SETTINGS, "version": version, "fallback": ["work::small"]}
    )
    assert answer.status_code == 412
    assert "If the model does not answer" in text_of(answer)


def test_a_template_has_its_own_and_hands_them_on(page: Client, alice: User) -> None:
    offer("small")
    form = {**SETTINGS, "name": "Careful", "fallback": ["work::small"]}
    assert page.post("/templates/new/", form).status_code == 302
    template = Template.objects.get()
    assert template.fallbacks == [SPARE]
    assert '<option value="work::small" selected>' in text_of(page.get(f"/templates/{template.pk}/edit/"))
    session = begin_session(template=template, owner=alice, values={}, messages=[])
    assert session.fallbacks == [SPARE]


def test_a_template_that_goes_back_to_a_version_before_there_were_any_has_none(alice: User) -> None:
    template = Template.objects.create(owner=alice, name="Old", fallbacks=[SPARE])
    said = {name: value for name, value in template.content.items() if name != "fallbacks"}
    version = template.versions.create(number=1, content=said)
    assert restore_version(version=version, editor=alice).fallbacks == []
