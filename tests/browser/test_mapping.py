"""The map walked by keyboard and by touch: from row to row, and to what a row says.

Proves B8.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.browser.touring import furnish
from tests.services import Parley

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def forked(site: Parley, login: object) -> str:
    """The path of a conversation with another answer beside its first."""
    return furnish(site)


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def test_arrows_walk_the_map_and_enter_goes_there(new_page: NewPage, forked: str) -> None:
    page = new_page()
    page.goto(forked)
    page.keyboard.press("Alt+Shift+g")
    tree = page.get_by_role("tree", name="Versions and branches")
    expect(focused(page)).to_contain_text("Nothing.")  # the newest
    page.keyboard.press("Home")
    expect(focused(page)).to_contain_text("Look at these")
    page.keyboard.press("ArrowRight")
    expect(focused(page)).to_contain_text("Another answer")
    expect(focused(page)).to_have_attribute("aria-level", "2")
    page.keyboard.press("ArrowLeft")
    expect(focused(page)).to_contain_text("Look at these")
    expect(tree.locator("[tabindex='0']")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator("#pane .apart")).to_contain_text("Another answer")
    page.go_back()
    expect(page.locator("#pane")).not_to_contain_text("Another answer")


def test_on_a_phone_a_row_opens_what_it_says(new_page: NewPage, forked: str) -> None:
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    page.goto(f"{forked}map/")
    scrolls = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
    assert page.evaluate(scrolls) <= 0
    page.get_by_role("treeitem", name="Look at these").tap()
    page.wait_for_url("**/?at=*")
    expect(Chat(page).messages).to_have_count(4)
