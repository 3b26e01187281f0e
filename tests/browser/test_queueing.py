"""While a reply runs one writes on: what is sent waits in its order, and can be had back."""

from __future__ import annotations

import pytest
from playwright.sync_api import Route, expect

from tests.browser.driving import Chat

pytestmark = pytest.mark.browser


def test_what_is_sent_while_a_reply_runs_waits_in_order_also_over_a_reload(chat: Chat) -> None:
    chat.begin("One", model="hang")
    chat.say("Two")
    chat.say("Three")
    expect(chat.messages).to_have_count(6)
    waiting = chat.page.locator(".queued:visible")
    expect(waiting).to_have_count(2)
    chat.page.reload()
    expect(waiting).to_have_count(2)
    bodies = chat.page.locator("#messages > .message--user .message__body")
    expect(bodies).to_have_text(["One", "Two", "Three"])
    expect(waiting.first.get_by_role("button", name="Answer now")).to_be_visible()
    expect(waiting.last.get_by_role("button", name="Answer now")).to_be_hidden()
    for place in (1, 3, 5):
        chat.page.get_by_label("Stop the reply").click()
        expect(chat.messages.nth(place)).to_have_attribute("data-status", "stopped")


def test_a_reply_is_stopped_also_while_something_is_being_sent(chat: Chat) -> None:
    chat.begin("One", model="hang")
    held: list[Route] = []
    chat.page.route("**/send/", lambda route: held.append(route), times=1)
    chat.text.fill("Two")
    chat.text.press("Enter")
    expect(chat.page.locator("#composer.htmx-request")).to_be_attached()
    chat.page.get_by_label("Stop the reply").click()
    chat.expect_status("stopped")
    held.pop().continue_()
    expect(chat.messages).to_have_count(4)


def test_what_waits_is_taken_back_before_what_was_typed_since(chat: Chat) -> None:
    chat.begin("One", model="hang")
    chat.say("Two")
    expect(chat.messages).to_have_count(4)
    chat.text.fill("and this")
    chat.page.get_by_role("button", name="Take back").click()
    expect(chat.messages).to_have_count(2)
    expect(chat.text).to_have_value("Two\n\nand this")
    expect(chat.text).to_be_focused()
    chat.page.get_by_label("Stop the reply").click()
    chat.expect_status("stopped")
    chat.page.reload()
    expect(chat.messages).to_have_count(2)
    expect(chat.text).to_have_value("Two\n\nand this")


def test_what_waits_is_answered_now(chat: Chat) -> None:
    chat.begin("One", model="hang")
    chat.page.select_option("#composer-model", "fake::n20-r100")
    chat.say("Two")
    chat.page.get_by_role("button", name="Answer now").click()
    expect(chat.messages.nth(1)).to_have_attribute("data-status", "stopped")
    chat.expect_status("complete")


def test_control_and_enter_stop_what_runs_and_send(chat: Chat) -> None:
    chat.begin("One", model="hang")
    chat.page.select_option("#composer-model", "fake::n20-r100")
    chat.text.fill("Two")
    expect(chat.page.locator("#composer-hint")).to_be_visible()
    chat.text.press("Control+Enter")
    expect(chat.messages.nth(1)).to_have_attribute("data-status", "stopped")
    expect(chat.messages).to_have_count(4)
    chat.expect_status("complete")
