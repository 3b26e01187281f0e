"""Templates in the pages: made, found, filled in, applied, shared and put away.

Proves B10.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from chat.models import Session, Template, User
from chat.services.templates import save_template
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_session, messages_of

FORM = {
    "name": "Letter",
    "description": "Kind words",
    "model": "scripted::default",
    "system_prompt": "You write to {{whom}}.",
    "role": ["assistant", "user", "user"],
    "content": ["Whom?", "To {{whom}}, in {{language}}.", " "],
    "variable": ["whom", "language"],
    "variable_label": ["Whom to", "Language"],
    "variable_default": ["", "German"],
    "variable_choices": ["", "German, French"],
    "variable_required": ["whom"],
    "auto_context": "on",
}


@pytest.fixture
def letter(page: Client) -> Template:
    assert page.post("/templates/new/", FORM)["Location"] == "/templates/"
    return Template.objects.get()


def test_one_is_made_and_its_form_shows_it_again(page: Client, letter: Template) -> None:
    assert (letter.model, len(letter.messages)) == ("default", 2)
    assert letter.variables[1] == {
        "name": "language",
        "label": "Language",
        "default": "German",
        "choices": ["German", "French"],
        "required": False,
    }
    form = text_of(page.get(f"/templates/{letter.pk}/edit/"))
    for words in ("You write to {{whom}}.", "To {{whom}}, in {{language}}.", "Whom to", "German, French"):
        assert words in form
    page.post(f"/templates/{letter.pk}/edit/", {**FORM, "name": "Note"})
    assert Template.objects.get().name == "Note"


def test_what_will_not_do_is_refused_and_stays(page: Client, htmx: Ask) -> None:
    refused = page.post("/templates/new/", {**FORM, "name": " ", "is_shared": "true"})
    assert refused.status_code == 422
    assert "To {{whom}}, in {{language}}." in text_of(refused)
    assert htmx("/templates/new/", {**FORM, "temperature": "9"})["HX-Retarget"] == "#template-error"
    assert "Only staff" in text_of(htmx("/templates/new/", {**FORM, "is_shared": "true"}))
    assert not Template.objects.exists()


def test_variables_follow_the_texts_as_they_are_typed(htmx: Ask) -> None:
    found = text_of(htmx("/templates/variables/", {**FORM, "system_prompt": "{{ mood }} {{ 1 }} {{a b}}"}))
    assert found.count('name="variable"') == 3
    assert 'value="mood"' in found
    assert 'value="Whom to"' in found


def test_beginning_asks_for_what_is_missing_and_sends_the_last_word(page: Client, letter: Template) -> None:
    url = f"/templates/{letter.pk}/use/"
    assert "Whom to" in text_of(page.get(url))
    refused = page.post(url, {"v_language": "French"})
    assert refused.status_code == 422
    assert "Fill in “Whom to”" in text_of(refused)
    assert not Session.objects.exists()
    page.post(url, {"v_whom": "<b>{{language}}</b>", "v_language": "French"})
    session = Session.objects.get()
    said = messages_of(session)
    assert [one.content for one in said] == ["Whom?", "To <b>{{language}}</b>, in French.", ""]
    assert said[2].status == "pending"
    assert session.settings["system_prompt"] == "You write to <b>{{language}}</b>."
    assert "<b>{{language}}" not in text_of(page.get(f"/chat/{session.id}/")).replace("&lt;b&gt;", "")


def test_a_running_conversation_takes_over_its_settings(page: Client, alice: User) -> None:
    preset = save_template(owner=alice, values={"name": "Calm", "settings": {"temperature": 0.1}})
    session = make_session(alice, ["Hello", "Hi"])
    assert "Calm" in text_of(page.get(f"/chat/{session.id}/preset/"))
    answer = page.post(f"/templates/{preset.pk}/use/", {"session": str(session.id)})
    assert answer["Location"] == f"/chat/{session.id}/"
    session.refresh_from_db()
    assert session.settings["temperature"] == 0.1
    assert len(messages_of(session)) == 2


def test_a_conversation_is_saved_as_one(page: Client, alice: User) -> None:
    session = make_session(alice, name="Boats", settings={"system_prompt": "You know boats."})
    form = text_of(page.get("/templates/new/", {"session": str(session.id)}))
    assert 'value="Boats"' in form
    assert "You know boats." in form
    assert page.get("/templates/new/", {"session": "none"}).status_code == 404


def test_the_start_page_shows_ones_own_else_ideas(page: Client, alice: User) -> None:
    assert "Explain something" in text_of(page.get("/"))
    hostile = "<img src=x onerror=alert(1)>{{ 7|add:7 }}{% now 'Y' %}"
    save_template(owner=alice, values={"name": hostile})
    start = text_of(page.get("/"))
    assert "Explain something" not in start
    assert "<img src=x" not in start
    assert "{{ 7|add:7 }}{% now &#x27;Y&#x27; %}" in start


def test_the_list_finds_by_words_and_costs_the_same(
    page: Client, alice: User, django_assert_max_num_queries: Any
) -> None:
    for number in range(12):
        save_template(owner=alice, values={"name": f"Template {number}", "description": "harbour"})
    with django_assert_max_num_queries(12):
        assert text_of(page.get("/templates/")).count('class="tile"') == 12
    assert text_of(page.get("/templates/", {"q": "HARB 11"})).count('class="tile"') == 1
    assert "No template fits" in text_of(page.get("/templates/", {"q": "nothing"}))


def test_one_is_copied_put_away_and_brought_back(page: Client, htmx: Ask, letter: Template) -> None:
    page.post(f"/templates/{letter.pk}/duplicate/")
    assert sorted(Template.objects.values_list("name", flat=True)) == ["Letter", "Letter (copy)"]
    undo = f"/templates/{letter.pk}/restore/"
    assert undo in text_of(htmx(f"/templates/{letter.pk}/delete/"))
    assert page.get(f"/templates/{letter.pk}/use/").status_code == 404
    htmx(undo)
    assert Template.objects.live().count() == 2


def test_what_is_shared_is_anothers_to_use_and_copy_but_not_to_change(page: Client, dana: User) -> None:
    shared = save_template(owner=dana, values={"name": "House style", "is_shared": True})
    shown = text_of(page.get("/templates/"))
    assert "House style" in shown
    assert "Shared by dana" in shown
    for action in ("edit", "delete", "restore"):
        assert page.post(f"/templates/{shared.pk}/{action}/", FORM).status_code == 404
    page.post(f"/templates/{shared.pk}/duplicate/")
    assert Template.objects.filter(owner__username="alice", is_shared=False).count() == 1
