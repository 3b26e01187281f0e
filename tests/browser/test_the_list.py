"""The list of conversations in two windows: live, narrowed, several at once, renamed, resized, on a phone.

Proves A6, A12, B1 and C10.
"""

from __future__ import annotations

import re
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat

pytestmark = pytest.mark.browser
HIDE = """
window.hide = (state) => {
  Object.defineProperty(document, 'visibilityState', { value: state, configurable: true });
  document.dispatchEvent(new Event('visibilitychange'));
};
"""


def item(page: Page, title: str) -> Locator:
    return page.locator("#sessions > .item", has_text=title)


def talk(chat: Chat, title: str) -> str:
    """A conversation with that title, ended."""
    chat.begin("Hello")
    chat.expect_ended()
    field = chat.page.locator(".title")
    field.fill(title)
    field.press("Enter")
    expect(item(chat.page, title)).to_be_visible()
    return title


def menu(page: Page, title: str, entry: str) -> None:
    row = item(page, title)
    row.hover()
    row.locator(".item__more").click()
    page.locator("#item-menu").get_by_text(entry, exact=True).click()


def unique(word: str) -> str:
    return f"{word} {uuid4().hex[:6]}"


def test_another_window_sees_the_list_change(new_page: NewPage) -> None:
    here, there = Chat(new_page()), Chat(new_page())
    there.page.goto("/")
    title = unique("Harbour")
    here.begin(title, model="n200-r25")
    row = item(there.page, title)
    expect(row).to_have_attribute("data-live", "")
    expect(row).to_contain_text("a reply is being written")
    here.expect_ended()
    expect(row).not_to_have_attribute("data-live", "")
    expect(row).not_to_have_attribute("data-unread", re.compile("."))  # it was seen in the other window
    menu(here.page, title, "Star")
    expect(row).to_have_attribute("data-starred", "")
    expect(there.page.locator("#sessions .day").first).to_have_text("Starred")
    menu(here.page, title, "Archive")
    expect(row).to_have_count(0)
    here.toast().get_by_text("Undo").click()
    expect(row).to_be_visible()


def test_what_is_deleted_in_one_window_is_left_in_the_other(new_page: NewPage) -> None:
    here, there = Chat(new_page()), Chat(new_page())
    title = talk(here, unique("Harbour"))
    there.page.goto(here.page.url)
    expect(there.messages).to_have_count(2)
    menu(here.page, title, "Delete")
    here.page.locator("#confirm-yes").click()
    expect(there.page.locator(".welcome")).to_be_visible()
    expect(there.toast()).to_contain_text("not there any more")
    expect(item(there.page, title)).to_have_count(0)


def test_a_reply_that_nobody_saw_is_unread_until_it_is_opened(new_page: NewPage) -> None:
    here, there = Chat(new_page()), Chat(new_page())
    there.page.goto("/")
    title = unique("Harbour")
    here.begin(title, model="n200-r25")
    here.page.close()
    row = item(there.page, title)
    expect(row).to_have_attribute("data-unread", re.compile(r"\d"), timeout=20_000)
    expect(row).to_contain_text("unread reply")
    there.page.reload()
    expect(row).to_contain_text("unread reply")
    row.locator(".item__link").click()
    expect(row).not_to_have_attribute("data-unread", re.compile("."))
    there.page.reload()
    expect(row).not_to_contain_text("unread")


def test_title_and_icon_tell_of_what_ended_in_the_background(new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script(HIDE)
    chat = Chat(page)
    title = unique("Harbour")
    chat.begin(title, model="n200-r25")
    page.evaluate("hide('hidden')")
    expect(page).to_have_title(f"(1) {title} — Parley", timeout=20_000)
    expect(page.locator("link[rel=icon]")).to_have_attribute("href", re.compile("unread"))
    page.evaluate("hide('visible')")
    expect(page).to_have_title(f"{title} — Parley")
    expect(page.locator("link[rel=icon]")).not_to_have_attribute("href", re.compile("unread"))
    expect(item(page, title)).not_to_contain_text("unread")


def test_the_list_is_narrowed_as_one_types(chat: Chat) -> None:
    harbour, forest = talk(chat, unique("Harbour")), talk(chat, unique("Forest"))
    words = chat.page.locator("#filter-text")
    words.fill(harbour[-6:])
    expect(item(chat.page, forest)).to_have_count(0)
    expect(item(chat.page, harbour).locator("mark")).to_have_text(harbour[-6:])
    words.fill("zzzz nothing")
    expect(chat.page.locator("#sessions-empty")).to_contain_text("Nothing is called or tagged")
    chat.page.get_by_text("Show all", exact=True).click()
    expect(item(chat.page, forest)).to_be_visible()


def test_tags_are_given_and_narrow_the_list(chat: Chat) -> None:
    title, tag = talk(chat, unique("Harbour")), unique("sea")
    menu(chat.page, title, "Tags…")
    field = chat.page.locator("#new-tags")
    expect(field).to_be_focused()
    field.fill(f"#{tag}, other")
    field.press("Enter")
    chat.page.locator("#title").get_by_text(f"#{tag}").click()
    expect(chat.page.locator("#sessions > .item")).to_have_count(1)
    chat.page.get_by_label("Show all conversations again").click()
    expect(chat.page.locator(".narrowed")).to_have_count(0)


def test_several_are_tagged_at_once(chat: Chat) -> None:
    word, tag = unique("Harbour"), unique("sea")
    titles = [talk(chat, f"{word} {number}") for number in range(2)]
    chat.page.goto("/")
    menu(chat.page, titles[0], "Select")
    item(chat.page, titles[1]).locator(".item__link").click()
    expect(chat.page.locator("#bulk output")).to_have_text("2 chosen")
    chat.page.locator("#bulk").get_by_text("Tag", exact=True).click()
    expect(chat.page.locator("#dialog #new-tags")).to_be_focused()
    expect(chat.page.locator("#dialog .htmx-added")).to_have_count(0)  # till then its form is a plain one
    chat.page.locator("#dialog #new-tags").fill(tag)
    chat.page.keyboard.press("Enter")
    expect(chat.toast()).to_contain_text("2 conversations tagged.")
    chat.page.locator("#filter-text").fill(f"#{tag}")
    expect(chat.page.locator("#sessions > .item")).to_have_count(2)


def test_several_are_deleted_and_come_back(chat: Chat) -> None:
    word = unique("Harbour")
    titles = [talk(chat, f"{word} {number}") for number in range(3)]
    chat.page.goto("/")
    menu(chat.page, titles[0], "Select")
    link = item(chat.page, titles[2]).locator(".item__link")
    link.click(modifiers=["Shift"])
    expect(chat.page.locator("#bulk output")).to_have_text("3 chosen")
    chat.page.locator("#bulk").get_by_text("Delete").click()
    chat.page.locator("#confirm-yes").click()
    expect(item(chat.page, word)).to_have_count(0)
    expect(chat.page.locator("#bulk")).to_be_hidden()
    chat.toast().get_by_text("Undo").click()
    expect(item(chat.page, word)).to_have_count(3)
    chat.page.reload()
    expect(item(chat.page, word)).to_have_count(3)


def test_the_width_is_changed_by_keyboard_and_by_drag_and_kept(chat: Chat) -> None:
    chat.page.goto("/")
    separator, sidebar = chat.page.get_by_role("separator"), chat.page.locator("#sidebar")
    separator.focus()
    chat.page.keyboard.press("ArrowRight")
    chat.page.keyboard.press("ArrowRight")
    expect(separator).to_have_attribute("aria-valuenow", "312")
    expect(sidebar).to_have_css("width", "312px")
    chat.page.reload()
    expect(sidebar).to_have_css("width", "312px")
    expect(separator).to_have_attribute("aria-valuenow", "312")
    separator.hover()
    chat.page.mouse.down()
    chat.page.mouse.move(400, 300, steps=4)
    chat.page.mouse.up()
    expect(sidebar).to_have_css("width", "400px")
    separator.dblclick()
    expect(sidebar).to_have_css("width", "280px")


def test_the_header_shows_and_switches_the_marks(chat: Chat) -> None:
    title = talk(chat, unique("Harbour"))
    header = chat.page.locator("#header")
    for name in ("Star", "Remove star"):
        header.get_by_label("More").click()
        chat.page.locator("#session-menu").get_by_text(name, exact=True).click()
        expect(header.locator(".header__star")).to_have_count(1 if name == "Star" else 0)
    header.get_by_label("More").click()
    chat.page.locator("#session-menu").get_by_text("Archive", exact=True).click()
    expect(header.get_by_text("Archived")).to_be_visible()
    expect(item(chat.page, title)).to_have_count(0)
    header.get_by_label("More").click()
    chat.page.locator("#session-menu").get_by_text("Rename").click()
    expect(chat.page.locator(".title")).to_be_focused()


def test_the_drawer_does_all_this_on_a_phone(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    chat = Chat(page)
    title = unique("Hello")
    chat.begin(title)
    chat.expect_ended()
    page.locator("#pane [popovertarget=sidebar]").tap()
    page.locator("#filter-text").fill(title[-6:])
    row = page.locator("#sessions > .item")
    expect(row).to_have_count(1)
    row.locator(".item__more").tap()
    page.locator("#item-menu").get_by_text("Select", exact=True).tap()
    expect(page.locator("#bulk output")).to_have_text("1 chosen")
    small = page.locator("#sidebar").evaluate(
        "box => [...box.querySelectorAll('button, a, label.bulk__all')].filter(e => e.checkVisibility())"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []


def test_what_the_list_shows_is_chosen_by_arrows(chat: Chat) -> None:
    title = talk(chat, unique("Arrow"))
    chat.page.locator("[popovertarget=filter-menu]").press("Enter")
    choices = chat.page.locator("#filter-menu [name=show]")
    expect(choices.first).to_be_focused()
    chat.page.keyboard.press("ArrowDown")
    expect(choices.nth(1)).to_be_focused()
    chat.page.keyboard.press("Space")
    expect(item(chat.page, title)).to_have_count(0)
    expect(chat.page.locator("#filter-menu")).to_be_hidden()
    chat.page.keyboard.press("Enter")
    expect(choices.nth(1)).to_be_focused()
    chat.page.keyboard.press("Home")
    chat.page.keyboard.press("Space")
    expect(item(chat.page, title)).to_be_visible()


def test_the_list_is_narrowed_by_its_menu_beside_what_was_typed(chat: Chat) -> None:
    title = talk(chat, unique("Lately"))
    field = chat.page.locator("#filter-text")
    field.fill(f"{title} before:2020")
    expect(item(chat.page, title)).to_have_count(0)
    for name, words in (("yesterday", "after:yesterday"), ("today", "after:today")):
        chat.page.locator("[popovertarget=filter-menu]").click()
        chat.page.locator("#filter-menu").get_by_role("link", name=name).click()
        expect(field).to_have_value(f"{title} before:2020 {words}")
    field.fill(f"{title} after:today")
    expect(item(chat.page, title)).to_be_visible()


def test_what_the_list_shows_does_not_wait_for_the_tags(chat: Chat) -> None:
    title = talk(chat, unique("Slow tags"))
    held: list[Route] = []
    with chat.page.expect_request("**/chat/tags/"):
        chat.page.route("**/chat/tags/", lambda route: held.append(route), times=1)
        chat.page.locator("[popovertarget=filter-menu]").click()
    chat.page.locator("#filter-menu").get_by_text("Starred").click()
    expect(item(chat.page, title)).to_have_count(0)
    held.pop().continue_()


def test_the_focus_goes_with_the_sidebar(chat: Chat) -> None:
    chat.page.goto("/")
    chat.page.get_by_label("Hide the sidebar").press("Enter")
    expect(chat.page.get_by_label("Show the sidebar")).to_be_focused()
    chat.page.keyboard.press("Enter")
    expect(chat.page.get_by_label("Hide the sidebar")).to_be_focused()


def test_a_projects_page_shows_at_once_what_comes_and_goes_elsewhere(new_page: NewPage) -> None:
    page, chat = new_page(), Chat(new_page())
    page.goto("/projects/new/")
    page.fill("#project-name", unique("Harbour"))
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#project-list .cards__empty")).to_be_visible()
    title = talk(chat, unique("Cranes"))
    for choice, count in ((page.locator("h1").inner_text(), 1), ("None", 0)):
        chat.page.locator("#session-menu [data-action=project]").evaluate("entry => entry.click()")
        chat.page.locator("#dialog .option").filter(has_text=choice).click()
        chat.page.get_by_role("button", name="Move", exact=True).click()
        expect(page.locator("#project-list .line").filter(has_text=title)).to_have_count(count)
