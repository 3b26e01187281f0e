"""Templates in the browser: made while what is to be filled in is shown, begun from the start, applied.

Proves B10.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat

pytestmark = pytest.mark.browser


def make(page: Page, name: str) -> None:
    page.goto("/templates/new/")
    page.fill("#template-name", name)
    page.locator("[name=system_prompt]").fill("You answer in {{language}}.")
    expect(page.locator(".variable")).to_have_count(1)
    page.locator("[name=content]").first.fill("Tell {{whom}} of the sea.")
    expect(page.locator(".variable")).to_have_count(2)
    page.locator("[name=variable_choices]").first.fill("German, French")
    page.locator("[name=variable_default]").first.fill("German")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#toasts .toast").last).to_contain_text("is saved")
    expect(page.locator(".tile").filter(has_text=name)).to_have_count(1)


def test_one_is_made_and_begun_from_the_start_page_by_keys(new_page: NewPage) -> None:
    chat = Chat(new_page())
    make(chat.page, "A <b>tale</b>")
    chat.page.goto("/")
    chat.page.get_by_role("link", name="A <b>tale</b>").press("Enter")
    expect(chat.page.locator("#dialog select")).to_be_focused()
    chat.page.keyboard.press("Tab")
    chat.page.keyboard.type("{{language}} Ann")
    chat.page.keyboard.press("Enter")
    chat.page.wait_for_url("**/chat/*/")
    expect(chat.messages).to_have_count(2)
    expect(chat.messages.first).to_contain_text("Tell {{language}} Ann of the sea.")
    expect(chat.page.locator("#dialog")).to_be_hidden()


def test_a_running_conversation_takes_one_over(new_page: NewPage) -> None:
    chat = Chat(new_page())
    make(chat.page, "Taken over")
    chat.begin("Hello")
    chat.expect_ended()
    chat.page.locator("[commandfor=session-settings]").first.click()
    chat.page.get_by_text("Apply a template").click()
    chat.page.locator("#dialog").get_by_text("Taken over").click()
    chat.page.locator("[name=v_whom]").fill("Ann")
    chat.page.get_by_role("button", name="Apply to this conversation").click()
    expect(chat.page.locator("#settings-form [name=system_prompt]")).to_have_value("You answer in German.")
    expect(chat.messages).to_have_count(2)


def test_one_that_is_deleted_comes_back(new_page: NewPage) -> None:
    page = new_page()
    make(page, "Put away")
    tile = page.locator(".tile").filter(has_text="Put away")
    tile.get_by_label("Delete Put away").click()
    expect(tile).to_have_count(0)
    page.locator("#toasts .toast").last.get_by_text("Undo").click()
    expect(tile).to_have_count(1)


def test_the_palette_finds_one(new_page: NewPage) -> None:
    chat = Chat(new_page())
    make(chat.page, "Lighthouse")
    chat.page.goto("/settings/")
    chat.page.keyboard.press("Control+k")
    chat.page.keyboard.type("lighth")
    expect(chat.page.locator("#palette [aria-selected=true]")).to_contain_text("Lighthouse")
    chat.page.keyboard.press("Enter")
    expect(chat.page.locator("#dialog")).to_contain_text("Lighthouse")
    expect(chat.page.locator("#dialog select")).to_be_focused()
