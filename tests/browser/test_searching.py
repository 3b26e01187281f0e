"""Searching everything: by key, with filters completed, and a hit opened deep in its conversation.

Proves B5.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
FILL = """
from chat.index import index_session
from chat.models import User
from tests.factories import make_session
alice = User.objects.get(username="alice")
deep = "The quay is long. " * 2000 + "There stands the derrick crane."
words = [*["Nothing of it"] * 150, deep, *["More of it"] * 150]
for one in (make_session(alice, words, name="A walk", is_starred=True), make_session(alice, ["No derrick"])):
    index_session(one)
"""
# What is starred stays first in the list of all tests after this one.
LEAVE = "from chat.models import Session; Session.objects.filter(name='A walk').update(is_starred=False)"
# The mark that is in question, and whether it is on the screen.
MARKED = """() => {
  const now = [...(CSS.highlights.get("find-now") ?? [])][0];
  const box = now?.getBoundingClientRect();
  return Boolean(box && now.toString() === "derrick" && box.top > 56 && box.bottom < innerHeight - 100);
}"""


@pytest.fixture
def written(site: Parley, login: object) -> Iterator[None]:
    site.manage("shell", "-v0", "-c", FILL)
    yield
    site.manage("shell", "-v0", "-c", LEAVE)


@pytest.mark.usefixtures("written")
def test_filters_are_completed_and_a_hit_opens_deep_in_its_conversation(chat: Chat, site: Parley) -> None:
    page, field = chat.page, chat.page.locator("#search-text")
    page.goto("/")
    page.keyboard.press("Control+Shift+F")
    expect(field).to_be_focused()
    page.keyboard.type("derrick")
    expect(page.locator(".hit")).to_have_count(2)
    page.keyboard.type(" is")
    expect(page.get_by_role("option")).to_have_count(1)
    page.keyboard.press("Tab")
    page.keyboard.type("st")
    page.keyboard.press("ArrowDown")
    expect(page.locator("#search-offers [aria-selected=true]")).to_contain_text("starred")
    page.keyboard.press("Enter")
    expect(field).to_have_value("derrick is:starred ")
    expect(page.locator(".hit")).to_have_count(1)
    expect(page).to_have_url(f"{site.url}/search/?q=derrick%20is%3Astarred%20")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator(".message[data-depth='150']")).to_be_in_viewport()
    page.wait_for_function(MARKED)
    expect(page.locator(".message[data-depth='149']")).to_be_attached()
    page.go_back()
    expect(field).to_have_value("derrick is:starred ")
    expect(page.locator(".hit")).to_have_count(1)
    page.get_by_role("link", name="Starred (remove)").click()
    expect(page.locator(".hit")).to_have_count(2)
    expect(field).to_have_value("derrick")


def test_what_is_wrong_is_told_in_place_and_escape_closes_what_is_offered(chat: Chat) -> None:
    page, field = chat.page, chat.page.locator("#search-text")
    page.goto("/search/")
    field.press_sequentially("role:")
    expect(page.get_by_role("option")).to_have_count(4)
    page.keyboard.press("Escape")
    expect(field).to_have_attribute("aria-expanded", "false")
    field.press_sequentially("king")
    expect(page.locator("#search-problem mark")).to_have_text("role:king")
    field.fill("")
    expect(page.get_by_role("heading", name="What you can ask for")).to_be_visible()
