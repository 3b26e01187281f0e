"""From one conversation to the next, while answers are under way: nothing lands where it does not belong.

Proves B6 and C3.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.browser.test_keyboard import opened, run
from tests.browser.test_tabs import expect_shown, tabs, two
from tests.browser.test_the_list import item, menu, talk, unique

pytestmark = pytest.mark.browser
KEPT = "JSON.stringify(localStorage)"
MORE_BELOW = """
() => {
  const link = document.querySelector('#newer-end').content.querySelector('a').cloneNode(true);
  link.removeAttribute('hx-get');
  document.querySelector('#messages').append(link);
}
"""


def hold(page: Page, url: str) -> Callable[[], None]:
    """Keeps the next request for `url` back, until what this answers with is called."""
    held: list[Route] = []
    page.route(url, lambda route: held.append(route), times=1)

    def release() -> None:
        held[0].continue_()

    return release


def open_item(chat: Chat, title: str) -> None:
    item(chat.page, title).locator(".item__link").click()


def expect_open(chat: Chat, title: str) -> None:
    expect(chat.page.locator(".title")).to_have_value(title)


def test_a_mark_on_another_conversation_leaves_the_header_alone(chat: Chat) -> None:
    first, second = talk(chat, unique("First")), talk(chat, unique("Second"))
    menu(chat.page, first, "Star")
    expect(item(chat.page, first)).to_have_attribute("data-starred", "")
    expect_open(chat, second)
    expect(chat.page.locator("#title .header__star")).to_have_count(0)
    chat.page.locator(".title").fill(second + "!")
    chat.page.locator(".title").press("Enter")
    expect(item(chat.page, second + "!")).to_be_visible()
    expect(item(chat.page, first)).to_be_visible()
    menu(chat.page, first, "Remove star")
    expect(item(chat.page, first)).not_to_have_attribute("data-starred", "")


def test_what_is_undone_at_once_is_where_one_is_taken(chat: Chat) -> None:
    title = talk(chat, unique("Back"))
    release = hold(chat.page, chat.page.url.split("/chat/")[0] + "/")  # the start page is on its way
    menu(chat.page, title, "Delete")
    chat.page.locator("#confirm-yes").click()
    with chat.page.expect_response(re.compile("/chat/[0-9a-f-]+/$")):
        chat.toast().get_by_text("Undo").click()
    expect_open(chat, title)
    release()
    chat.page.wait_for_timeout(500)
    expect_open(chat, title)
    expect(chat.page).to_have_url(re.compile("/chat/"))


def test_what_is_deleted_and_brought_back_elsewhere_stays_on_the_screen(
    chat: Chat, new_page: NewPage
) -> None:
    title = talk(chat, unique("Here"))
    other = Chat(new_page())
    other.page.goto("/")
    chat.page.clock.install()
    chat.page.clock.pause_at(datetime.now() + timedelta(minutes=1))
    menu(other.page, title, "Delete")
    other.page.locator("#confirm-yes").click()
    expect(item(chat.page, title)).to_have_count(0)
    other.toast().get_by_text("Undo").click()
    expect(item(chat.page, title)).to_have_count(1)
    chat.page.clock.run_for(2500)  # longer than one waits for the answer to a deletion of one's own
    chat.page.wait_for_timeout(500)
    expect_open(chat, title)


def test_an_answer_that_is_late_stays_out_of_the_next_conversation(chat: Chat) -> None:
    first, second = talk(chat, unique("First")), talk(chat, unique("Second"))
    open_item(chat, first)
    expect_open(chat, first)
    release = hold(chat.page, "**/send/")
    chat.say("Only for the first one")
    open_item(chat, second)
    expect_open(chat, second)
    with chat.page.expect_response("**/send/"):
        release()
    chat.page.wait_for_timeout(200)  # in which it would be played
    expect(chat.messages).to_have_count(2)
    expect(chat.page.locator("#messages")).not_to_contain_text("Only for the first one")
    expect(chat.text).to_have_value("")
    open_item(chat, first)
    expect(chat.messages).to_have_count(4)
    expect(chat.page.locator("#messages")).to_contain_text("Only for the first one")
    expect(chat.text).to_have_value("")


def test_of_two_that_are_asked_for_the_last_one_comes(chat: Chat) -> None:
    first, second = talk(chat, unique("First")), talk(chat, unique("Second"))
    chat.page.goto("/")
    link = item(chat.page, first).locator(".item__link")
    release = hold(chat.page, f"**{link.get_attribute('href')}")
    link.click()
    open_item(chat, second)
    expect_open(chat, second)
    with chat.page.expect_response(f"**{link.get_attribute('href')}"):
        release()
    chat.page.wait_for_timeout(200)  # in which it would be put in
    expect_open(chat, second)
    expect(chat.page).to_have_url(
        re.compile(str(item(chat.page, second).locator(".item__link").get_attribute("href")))
    )


def test_what_is_typed_stays_with_its_conversation(chat: Chat) -> None:
    first, second = two(chat)
    for _ in range(3):
        chat.text.fill("half a thought")
        chat.page.keyboard.press("Alt+PageDown")
        expect_shown(chat.page, second)
        expect(chat.text).to_have_value("")
        chat.text.fill("another one")
        chat.page.keyboard.press("Alt+PageUp")
        expect_shown(chat.page, first)
        expect(chat.text).to_have_value("half a thought")
        chat.page.keyboard.press("Alt+PageDown")
        expect(chat.text).to_have_value("another one")
        chat.text.fill("")
        chat.page.keyboard.press("Alt+PageUp")
        expect_shown(chat.page, first)


def test_the_palette_offers_tabs_where_there_are_some(chat: Chat) -> None:
    chat.page.goto("/")
    palette = opened(chat.page)
    expect(palette.locator("[data-run=next-tab]")).to_be_hidden()
    expect(palette.locator("[data-run=close-tab]")).to_be_hidden()
    chat.page.keyboard.press("Escape")
    first, second = two(chat)
    run(chat.page, "Next tab")
    expect_shown(chat.page, second)
    run(chat.page, "Close this tab")
    expect(chat.page.locator("#tabs")).to_be_hidden()
    expect_open(chat, first)


def test_a_tab_whose_conversation_is_gone_goes_too(new_page: NewPage) -> None:
    chat = Chat(new_page(noisy=True))
    first, _ = two(chat)
    chat.page.route("**/chat/*/", lambda route: route.fulfill(status=404), times=1)
    tabs(chat.page).nth(1).locator(".tab__link").click()
    expect(chat.toast()).to_contain_text("not there any more")
    expect(tabs(chat.page)).to_have_count(1)
    expect_open(chat, first)


def test_of_a_temporary_conversation_the_browser_keeps_nothing(chat: Chat) -> None:
    chat.page.goto("/")
    run(chat.page, "New temporary conversation")
    expect(chat.page.get_by_role("switch", name="Temporary")).to_be_checked()
    chat.page.select_option("#composer-model", "fake::n20-r100")
    chat.say("A passing secret")
    chat.page.wait_for_url("**/chat/*/")
    chat.expect_ended()
    chat.text.fill("an unsent secret")
    chat.page.reload()
    expect(chat.text).to_have_value("an unsent secret")
    chat.action("Edit", chat.messages.first)
    chat.page.locator(".editor textarea").fill("an edited secret")
    assert "secret" not in chat.page.evaluate(KEPT)
    chat.page.get_by_text("New conversation").first.click()
    expect(chat.page.locator(".welcome")).to_be_visible()
    assert "secret" not in chat.page.evaluate(KEPT)


def test_the_last_reply_is_the_last_one_wherever_one_reads(chat: Chat) -> None:
    talk(chat, unique("Long"))
    chat.page.evaluate(MORE_BELOW)
    chat.page.locator("#scroller").focus()
    chat.page.keyboard.press("Alt+Shift+R")
    expect(chat.page.locator("#messages > [data-newer]")).to_have_count(0)
    expect(chat.last.locator(".siblings__place")).to_have_text("2/2")


def test_what_waits_to_be_deleted_is_what_was_meant(talk_of_two: Chat) -> None:
    """The menu serves all messages; it is open for another by the time the second one's turn comes."""
    chat, page = talk_of_two, talk_of_two.page
    release = hold(page, "**/delete/")
    for number in (0, 2):
        chat.menu(chat.messages.nth(number)).get_by_text("Delete", exact=True).click()
    chat.menu(chat.messages.nth(1))
    release()
    expect(chat.messages).to_have_count(2)
    expect(page.locator("#messages > .message--user")).to_have_count(0)


@pytest.fixture
def talk_of_two(chat: Chat) -> Chat:
    """Two questions with their answers."""
    chat.begin("First")
    chat.expect_ended()
    chat.say("Second")
    expect(chat.messages).to_have_count(4)
    chat.expect_ended()
    return chat
