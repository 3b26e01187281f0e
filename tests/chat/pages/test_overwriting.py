"""Who saves a form over what somebody else saved meanwhile is told in place, and keeps both texts.

Proves C11.
"""

from __future__ import annotations

import re

import pytest
from django.test import Client

from chat.models import Role, Session, Template, User
from chat.services.projects import change_project
from chat.services.templates import save_template
from tests.chat.pages.conftest import Ask, text_of
from tests.chat.pages.test_templates import FORM
from tests.factories import add_member, make_project, make_session, messages_of


def version_in(html: str) -> str:
    """What the browser would send: of fields with one name, the last."""
    found: list[str] = re.findall(r'name="version" value="(\w+)"', html)
    return found[-1]


@pytest.fixture
def shared(alice: User, bob: User) -> Session:
    project = make_project(alice)
    add_member(project, bob, Role.EDITOR)
    return make_session(alice, ["Hello", "Hi"], project=project)


@pytest.fixture
def colleague(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


@pytest.mark.parametrize("action", ["edit", "resend"])
def test_an_edit_over_anothers_edit_shows_both(
    page: Client, htmx: Ask, colleague: Client, shared: Session, action: str
) -> None:
    question = messages_of(shared)[0]
    here, there = f"/messages/{question.id}/{action}/", f"/messages/{question.id}/edit/"
    version = version_in(text_of(page.get(there, headers={"HX-Request": "true"})))
    colleague.post(there, {"content": "Hello, colleagues", "version": version})
    told = htmx(here, {"content": "Hello, friends", "version": version})
    assert (told.status_code, told["HX-Retarget"]) == (412, f"#edit-{question.id}-error")
    assert re.search(r"<del>.*colleagues</del><ins>.*friends</ins>", text_of(told))
    question.refresh_from_db()
    assert question.content == "Hello, colleagues"
    assert htmx(here, {"content": "Hello, friends", "version": version_in(text_of(told))}).status_code == 200
    assert [row.content for row in messages_of(shared) if row.role == "user"] == ["Hello, friends"]


def test_without_script_the_page_shows_both(page: Client, colleague: Client, shared: Session) -> None:
    question = messages_of(shared)[0]
    address = f"/messages/{question.id}/edit/"
    version = version_in(text_of(page.get(address)))
    colleague.post(address, {"content": "Hello, colleagues"})
    told = page.post(address, {"content": "Hello, friends", "version": version})
    assert told.status_code == 412
    assert ">Hello, friends</textarea>" in text_of(told)
    assert "colleagues</del>" in text_of(told)
    again = {"content": "Hello, friends", "version": version_in(text_of(told))}
    assert page.post(address, again)["Location"] == f"/chat/{shared.id}/"


def test_settings_over_anothers_settings_are_told(
    page: Client, htmx: Ask, colleague: Client, shared: Session
) -> None:
    address = f"/chat/{shared.id}/settings/"
    version = version_in(text_of(page.get(f"/chat/{shared.id}/")))
    colleague.post(f"/chat/{shared.id}/model/", {"model": "scripted::default"})  # another field
    colleague.post(address, {"system_prompt": "Be brief.", "temperature": "0.5", "version": version})
    mine = {"system_prompt": "Be kind.", "temperature": "0.5"}
    told = htmx(address, {**mine, "version": version})
    assert (told.status_code, told["HX-Retarget"]) == (412, "#settings-error")
    html = text_of(told)
    assert "brief</del>" in html
    assert "Temperature" not in html  # where both say the same there is nothing to choose
    plain = page.post(address, {**mine, "version": version})
    assert (plain.status_code, "Be kind.</textarea>" in text_of(plain)) == (412, True)
    assert page.post(address, {"temperature": "9"}).status_code == 422
    assert htmx(address, {**mine, "version": version_in(html)}).status_code == 200
    shared.refresh_from_db()
    assert shared.all_settings["system_prompt"] == "Be kind."


def test_who_saves_settings_twice_in_one_page_does_not_overwrite_anybody(htmx: Ask, shared: Session) -> None:
    address = f"/chat/{shared.id}/settings/"
    told = htmx(address, {"system_prompt": "Be brief.", "version": "of long ago"})
    saved = htmx(address, {"system_prompt": "Be kind.", "version": version_in(text_of(told))})
    assert f'id="settings-version-{shared.id}" hx-swap-oob="true"' in text_of(saved)
    assert "Changed meanwhile" not in text_of(saved)
    again = {"system_prompt": "Be kind and brief.", "version": version_in(text_of(saved))}
    assert htmx(address, again).status_code == 200


def test_a_template_over_its_other_version_is_told(page: Client, htmx: Ask, alice: User) -> None:
    page.post("/templates/new/", FORM)
    letter = Template.objects.get()
    address = f"/templates/{letter.pk}/edit/"
    version = version_in(text_of(page.get(address)))
    save_template(owner=alice, template=letter, values={"description": "Sincere words"})
    mine = {**FORM, "description": "Warm words", "version": version}
    told = htmx(address, mine)
    assert (told.status_code, told["HX-Retarget"]) == (412, "#template-error")
    html = text_of(told)
    assert re.search(r">Description</p>.*Sincere</del><ins>.*Warm</ins>", html, re.DOTALL)
    assert html.count("changed__name") == 1
    plain = page.post(address, mine)
    assert (plain.status_code, 'value="Warm words"' in text_of(plain)) == (412, True)
    assert Template.objects.get().description == "Sincere words"
    assert page.post(address, {**mine, "version": version_in(text_of(plain))})["Location"] == "/templates/"
    assert Template.objects.get().description == "Warm words"


def test_a_project_over_its_other_version_is_told(page: Client, htmx: Ask, shared: Session) -> None:
    assert shared.project
    address = f"/projects/p/{shared.project.slug}/edit/"
    version = version_in(text_of(page.get(address)))
    change_project(project=shared.project, changes={"instructions": "Be brief."})
    mine = {"name": "A project", "instructions": "Be kind.", "version": version}
    told = htmx(address, mine)
    assert (told.status_code, told["HX-Retarget"]) == (412, "#project-error")
    assert "brief</del>" in text_of(told)
    plain = page.post(address, mine)
    assert (plain.status_code, "Be kind.</textarea>" in text_of(plain)) == (412, True)
    assert htmx(address, {**mine, "version": version_in(text_of(told))}).status_code == 200
    shared.project.refresh_from_db()
    assert shared.project.instructions == "Be kind."


def test_a_form_that_names_no_version_saves_as_before(htmx: Ask, alice: User) -> None:
    question = messages_of(make_session(alice, ["Hello"]))[0]
    assert htmx(f"/messages/{question.id}/edit/", {"content": "Hey"}).status_code == 200
