"""What a template said before: its versions in the pages, and the way back to one.

Proves B10.
"""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from chat.models import Session, Template, User
from chat.services.beginnings import begin_session
from chat.services.templates import duplicate_template, save_template
from tests.chat.pages.conftest import Ask, text_of
from tests.factories import make_session


def saved(owner: User, template: Template | None = None, **values: Any) -> Template:
    return save_template(owner=owner, template=template, values=values)


@pytest.fixture
def letter(alice: User) -> Template:
    template = saved(alice, name="Letter", settings={"system_prompt": "Be kind to everybody."})
    return saved(alice, template, settings={"system_prompt": "Be cruel to everybody.", "temperature": 0.5})


def test_each_saving_is_in_the_list_with_its_differences_in_words(page: Client, letter: Template) -> None:
    html = text_of(page.get(f"/templates/{letter.pk}/versions/"))
    newest, first = html.split('<li class="revision">')[1:]
    assert re.search(r"Be <del>.*kind</del><ins>.*cruel</ins> to everybody", newest)
    assert "0.5" in newest
    assert "Description" not in newest
    assert "Be kind to everybody." in first
    assert "<ins>" not in first
    assert [part.count("Go back to it") for part in (newest, first)] == [0, 1]


def test_what_is_saved_unchanged_makes_none(alice: User, letter: Template) -> None:
    saved(alice, letter, name="Letter", settings={**letter.all_settings})
    saved(alice, letter, is_shared=False)
    assert letter.versions.count() == Template.objects.get().version == 2


def test_going_back_shows_what_it_takes_away_and_makes_a_new_one(
    page: Client, htmx: Ask, letter: Template
) -> None:
    address = f"/templates/{letter.pk}/versions/1/restore/"
    assert re.search(r"<del>.*cruel</del><ins>.*kind</ins> to everybody", text_of(page.get(address)))
    told = text_of(htmx(address))
    assert f"/templates/{letter.pk}/versions/2/restore/" in told
    letter.refresh_from_db()
    assert (letter.version, letter.settings) == (3, {"system_prompt": "Be kind to everybody."})
    assert [one.restored_from for one in letter.versions.order_by("number")] == [None, None, 1]
    assert "says what version 1 said" in text_of(page.get(f"/templates/{letter.pk}/versions/"))
    assert "nothing to go back to" in text_of(page.get(address))


def test_who_goes_back_from_what_somebody_has_changed_since_is_asked_again(
    page: Client, htmx: Ask, alice: User, letter: Template
) -> None:
    address = f"/templates/{letter.pk}/versions/1/restore/"
    known = re.findall(r'name="version" value="(\w+)"', text_of(page.get(address)))[-1]
    saved(alice, letter, settings={"system_prompt": "Be precise."})
    told = htmx(address, {"version": known})
    assert (told.status_code, told["HX-Retarget"]) == (412, "#dialog-body")
    assert "precise" in text_of(told)
    assert Template.objects.get().version == 3
    known = re.findall(r'name="version" value="(\w+)"', text_of(told))[-1]
    assert htmx(address, {"version": known}).status_code == 200


def test_a_copy_begins_with_a_first_version(alice: User, letter: Template) -> None:
    copy = duplicate_template(template=letter, owner=alice)
    assert [one.number for one in copy.versions.all()] == [copy.version] == [1]


def test_a_conversation_says_by_which_version_it_was_set(page: Client, alice: User, letter: Template) -> None:
    session = begin_session(template=letter, owner=alice, values={}, messages=[])
    saved(alice, letter, name="Note")
    html = text_of(page.get(f"/chat/{session.id}/"))
    assert "Set by the template “Note”, version 2." in html
    assert "By now there is version 3." in html
    other = make_session(alice)
    assert "Set by the template" not in text_of(page.get(f"/chat/{other.id}/"))
    page.post(f"/templates/{letter.pk}/use/", {"session": str(other.id)})
    assert Session.objects.get(pk=other.pk).template_version == letter.versions.get(number=3)


def test_they_are_read_page_by_page_at_one_cost(page: Client, alice: User, letter: Template) -> None:
    address = f"/templates/{letter.pk}/versions/"

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert page.get(address).status_code == 200
        return len(queries)

    before = cost()
    for number in range(11):
        saved(alice, letter, description=f"Text {number}")
    assert cost() == before
    first, second = (text_of(page.get(address + more)) for more in ("", "?before=4"))
    assert [html.count('class="revision"') for html in (first, second)] == [10, 3]
    assert "?before=4" in first
    assert re.search(r"Text <del>.*0</del><ins>.*1</ins>", first.rsplit('class="revision"', 1)[1])
    assert page.get(address, {"before": "9" * 30}).status_code == 200
