"""Open conversations as tabs: opened, closed, moved, live, and there again after the browser's restart.

Proves B6.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.browser.test_the_list import item, menu, talk, unique

pytestmark = pytest.mark.browser


def tabs(page: Page) -> Locator:
    return page.locator("#tabs .tab")


def names(page: Page) -> list[str]:
    return page.locator("#tabs .tab__name").all_inner_texts()


def two(chat: Chat) -> tuple[str, str]:
    """Two conversations as tabs, the first one on show."""
    first, second = talk(chat, unique("First")), talk(chat, unique("Second"))
    item(chat.page, first).locator(".item__link").click()
    expect(chat.page.locator(".title")).to_have_value(first)
    item(chat.page, second).locator(".item__link").click(modifiers=["ControlOrMeta"])
    expect(tabs(chat.page)).to_have_count(2)
    return first, second


def expect_shown(page: Page, title: str) -> None:
    expect(page.locator("#tabs [aria-current] .tab__name")).to_have_text(title)
    expect(page.locator(".title")).to_have_value(title)


def test_one_conversation_needs_no_tabs(chat: Chat) -> None:
    first, second = talk(chat, unique("First")), talk(chat, unique("Second"))
    item(chat.page, first).locator(".item__link").click()
    expect(chat.page.locator(".title")).to_have_value(first)
    item(chat.page, second).locator(".item__link").click()
    expect(chat.page.locator(".title")).to_have_value(second)
    expect(chat.page.locator("#tabs")).to_be_hidden()


def test_a_tab_opens_behind_and_back_and_forward_walk(chat: Chat) -> None:
    first, second = two(chat)
    expect_shown(chat.page, first)
    tabs(chat.page).nth(1).locator(".tab__link").click()
    expect_shown(chat.page, second)
    chat.page.go_back()
    expect_shown(chat.page, first)
    chat.page.go_forward()
    expect_shown(chat.page, second)
    item(chat.page, first).locator(".item__link").click()  # it is open already
    expect_shown(chat.page, first)
    expect(tabs(chat.page)).to_have_count(2)
    chat.page.keyboard.press("Alt+Shift+W")
    expect(chat.page.locator("#tabs")).to_be_hidden()
    expect(chat.page.locator(".title")).to_have_value(second)


def test_the_menu_opens_a_tab_and_goes_there(chat: Chat) -> None:
    first, second = talk(chat, unique("First")), talk(chat, unique("Second"))
    menu(chat.page, first, "Open in a new tab")
    expect_shown(chat.page, first)
    assert names(chat.page) == [second, first]


def test_tabs_are_moved_and_closed_by_keyboard(chat: Chat) -> None:
    first, second = two(chat)
    link = tabs(chat.page).nth(0).locator(".tab__link")
    link.focus()
    chat.page.keyboard.press("Control+Shift+ArrowRight")
    assert names(chat.page) == [second, first]
    expect(tabs(chat.page).nth(1).locator(".tab__link")).to_be_focused()
    expect_shown(chat.page, first)
    chat.page.keyboard.press("Delete")
    expect(chat.page.locator("#tabs")).to_be_hidden()
    expect(chat.page.locator(".title")).to_have_value(second)


def test_tabs_are_moved_by_drag_and_closed_by_the_middle_button(chat: Chat) -> None:
    first, second = two(chat)
    tabs(chat.page).nth(0).drag_to(tabs(chat.page).nth(1))
    assert names(chat.page) == [second, first]
    tabs(chat.page).nth(0).locator(".tab__link").click(button="middle")
    expect(chat.page.locator("#tabs")).to_be_hidden()
    expect(chat.page.locator(".title")).to_have_value(first)


def test_tabs_outlive_a_restart_of_the_browser(new_page: NewPage) -> None:
    page = new_page()
    first, second = two(Chat(page))
    context, browser = page.context, page.context.browser
    assert browser
    state = context.storage_state()
    page.close()
    context.close()
    again = browser.new_context(base_url=page.url.split("/chat")[0], storage_state=state).new_page()
    again.goto(page.url)
    expect(tabs(again)).to_have_count(2)
    assert names(again) == [first, second]
    expect_shown(again, first)
    again.context.close()


def test_a_tab_tells_of_its_reply(chat: Chat) -> None:
    first, second = two(chat)
    tabs(chat.page).nth(1).locator(".tab__link").click()
    expect_shown(chat.page, second)
    chat.page.select_option("#composer-model", "fake::n200-r25")
    chat.say("Count")
    tab = tabs(chat.page).nth(1)
    expect(tab).to_have_attribute("data-live", "")
    expect(tab).to_contain_text("a reply is being written")
    tabs(chat.page).nth(0).locator(".tab__link").click()
    expect_shown(chat.page, first)
    expect(tab).to_have_attribute("data-unread", "", timeout=20_000)
    tab.locator(".tab__link").click()
    expect_shown(chat.page, second)
    expect(tab).not_to_have_attribute("data-unread", "")


def test_a_deleted_conversation_leaves_its_tab(chat: Chat) -> None:
    first, second = two(chat)
    menu(chat.page, second, "Delete")
    chat.page.locator("#confirm-yes").click()
    expect(chat.page.locator("#tabs")).to_be_hidden()
    expect(chat.page.locator(".title")).to_have_value(first)


def test_on_a_phone_they_are_behind_a_button_that_counts_them(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    chat = Chat(page)
    chat.begin("Before")
    chat.begin("Hello")
    chat.expect_ended()
    url = page.url
    page.locator("#pane [popovertarget=sidebar]").tap()
    page.locator("#sessions .item:not(:has([aria-current])) .item__more").first.tap()
    page.locator("#item-menu").get_by_text("Open in a new tab").tap()
    expect(page).not_to_have_url(url)
    button = page.locator("#header [data-tabs-count]")
    expect(button).to_have_text("2")
    expect(page.locator("#sidebar")).to_be_hidden()
    expect(page.locator("#tabs")).to_be_hidden()
    button.tap()
    expect(page.locator("#tabs")).to_be_visible()
    tabs(page).nth(0).locator(".tab__link").tap()
    expect(page.locator("#tabs")).to_be_hidden()
