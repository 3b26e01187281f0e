"""A template is given to people by name: what each may do with it, and how it is taken away and given up.

Proves B10.
"""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Role, Session, Template, User
from chat.services.template_members import set_template_member
from chat.services.templates import save_template
from tests.chat.pages.conftest import Ask, text_of
from tests.chat.pages.test_templates import FORM
from tests.factories import make_user

# What an editor may open beyond what a viewer may.
EDITING = ("edit", "versions", "versions/1/restore")


@pytest.fixture
def letter(alice: User) -> Template:
    return save_template(owner=alice, values={"name": "Letter", "settings": {"system_prompt": "Be kind."}})


@pytest.fixture
def others(letter: Template, bob: User) -> Client:
    """Bob's browser; he was given the template to use it."""
    set_template_member(template=letter, user=bob, role=Role.VIEWER)
    client = Client()
    client.force_login(bob)
    return client


def test_it_is_given_another_role_and_taken_away_by_name(htmx: Ask, letter: Template, bob: User) -> None:
    people = f"/templates/{letter.pk}/people/"
    told = text_of(htmx(people, {"username": "bob", "role": "viewer"}))
    assert "bob" in told
    assert "Shared with 1 person" in told
    htmx(people, {"username": "bob", "role": "editor"})
    assert letter.members.get().standing is Role.EDITOR
    for values in ({"username": "nobody"}, {"username": "alice"}, {"username": "bob", "role": "owner"}):
        refused = htmx(people, {"role": "viewer", **values})
        assert (refused.status_code, refused["HX-Retarget"]) == (422, "#member-error")
    User.objects.filter(pk=bob.pk).update(is_active=False)
    htmx(f"{people}remove/", {"username": "bob"})
    assert not letter.members.exists()


def test_a_viewer_uses_and_copies_it_and_changes_nothing(others: Client, letter: Template, bob: User) -> None:
    shown = text_of(others.get("/templates/?of=others"))
    assert "Letter" in shown
    assert "Shared by alice" in shown
    others.post(f"/templates/{letter.pk}/use/")
    assert Session.objects.get(owner=bob).settings["system_prompt"] == "Be kind."
    begun = text_of(others.get(f"/chat/{Session.objects.get(owner=bob).pk}/"))
    assert "Set by the template “Letter”, version 1." in begun
    assert f"/templates/{letter.pk}/versions/" not in begun
    others.post(f"/templates/{letter.pk}/duplicate/")
    copy = Template.objects.get(owner=bob)
    assert not copy.members.exists()
    for action in (*EDITING, "delete"):
        assert others.post(f"/templates/{letter.pk}/{action}/", FORM).status_code in (403, 405)
        assert others.get(f"/templates/{letter.pk}/{action}/").status_code in (403, 405)
    assert others.post(f"/templates/{letter.pk}/people/", {"username": "dana"}).status_code == 403
    assert Template.objects.get(pk=letter.pk).name == "Letter"


def test_an_editor_changes_it_in_their_name_and_not_who_has_it(
    others: Client, letter: Template, bob: User, dana: User
) -> None:
    save_template(owner=dana, values={"name": "House style", "is_shared": True})
    set_template_member(template=letter, user=bob, role=Role.EDITOR)
    User.objects.filter(pk=bob.pk).update(is_staff=True)
    assert "for everybody" not in text_of(others.get(f"/templates/{letter.pk}/edit/"))
    others.post(f"/templates/{letter.pk}/edit/", {**FORM, "name": "Note", "is_shared": "true"})
    changed = Template.objects.get(pk=letter.pk)
    assert (changed.name, changed.is_shared, changed.owner.username) == ("Note", False, "alice")
    assert "bob ·" in text_of(others.get(f"/templates/{letter.pk}/versions/"))
    others.post(f"/templates/{letter.pk}/versions/1/restore/")
    assert Template.objects.get(pk=letter.pk).name == "Letter"
    assert others.post(f"/templates/{letter.pk}/people/", {"username": "dana"}).status_code == 403
    assert others.post(f"/templates/{letter.pk}/delete/").status_code == 403


def test_who_gives_it_up_does_not_find_it_any_more(others: Client, letter: Template) -> None:
    people = f"/templates/{letter.pk}/people/"
    assert "Give it up" in text_of(others.get(people))
    assert others.post(f"{people}remove/", {"username": "alice"}).status_code == 403
    assert others.post(f"{people}remove/", {"username": "bob"})["Location"] == "/templates/"
    for path in (people, f"/templates/{letter.pk}/use/"):
        assert others.get(path).status_code == 404


def test_who_has_it_because_everybody_has_is_not_told_who_else_has(
    others: Client, letter: Template, charlie: User
) -> None:
    Template.objects.update(is_shared=True)
    stranger = Client()
    stranger.force_login(charlie)
    assert stranger.get(f"/templates/{letter.pk}/use/").status_code == 200
    assert stranger.get(f"/templates/{letter.pk}/people/").status_code == 404
    assert "Everybody here may use it." in text_of(others.get(f"/templates/{letter.pk}/people/"))


def test_one_that_was_put_away_is_there_for_its_owner_alone(
    others: Client, page: Client, letter: Template
) -> None:
    page.post(f"/templates/{letter.pk}/delete/")
    assert others.get(f"/templates/{letter.pk}/use/").status_code == 404
    assert others.post(f"/templates/{letter.pk}/restore/").status_code == 404
    page.post(f"/templates/{letter.pk}/restore/")
    assert others.get(f"/templates/{letter.pk}/use/").status_code == 200


def test_the_lists_cost_the_same_however_many_have_it(page: Client, alice: User, letter: Template) -> None:
    def cost(url: str) -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page.get(url).status_code == 200
        return len(queries)

    def grow(number: int) -> None:
        person = make_user(f"user{number}")
        set_template_member(template=letter, user=person, role=Role.VIEWER)
        theirs = save_template(owner=person, values={"name": f"Theirs {number}"})
        set_template_member(template=theirs, user=alice, role=Role.EDITOR)

    urls = ("/templates/", "/templates/?of=others", f"/templates/{letter.pk}/people/")
    grow(0)
    before = [cost(url) for url in urls]
    for number in range(1, 5):
        grow(number)
    assert [cost(url) for url in urls] == before
    assert text_of(page.get("/templates/")).count('class="tile"') == 6
    assert text_of(page.get("/templates/?of=own")).count('class="tile"') == 1
