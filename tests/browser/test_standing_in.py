"""A reply that breaks off before one's eyes: another takes its place, and what waits behind it stays.

Proves A10 and B15.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import faults
from tests.browser.driving import Chat

pytestmark = pytest.mark.browser
ANSWERED = "Answered by n20-r100, since cut60-r40 was unavailable"


def set_up(chat: Chat, stand_in: str = "n20-r100") -> None:
    """A conversation whose model breaks off after one and a half seconds, and another stands in for it."""
    chat.begin("One", model="cut60-r40")
    chat.expect_ended()
    chat.page.locator("#pane [commandfor=session-settings]").first.click()
    chat.page.get_by_label("First", exact=True).select_option(f"fake::{stand_in}")
    assert faults(chat.page, within="#session-settings") == []
    chat.page.locator("#settings-form").get_by_role("button", name="Save").click()
    expect(chat.toast()).to_contain_text("Settings saved.")


def test_another_takes_its_place_and_what_waits_stays_below_it(chat: Chat) -> None:
    set_up(chat)
    chat.say("Two")
    expect(chat.messages).to_have_count(4)
    chat.expect_words("t3")
    chat.say("Three")
    expect(chat.messages).to_have_count(6)
    replaced = chat.messages.nth(3)
    expect(replaced.locator(".tried")).to_contain_text(ANSWERED, timeout=20_000)
    expect(replaced).to_have_attribute("data-status", "complete", timeout=20_000)
    expect(replaced).to_contain_text("2/2")
    expect(chat.messages).to_have_count(6)
    expect(chat.messages.nth(4)).to_contain_text("Three")
    chat.expect_ended()
    expect(chat.last.locator(".tried")).to_contain_text(ANSWERED, timeout=20_000)
    shown = [bubble.get_attribute("id") for bubble in chat.messages.all()]
    chat.page.reload()
    expect(chat.messages).to_have_count(6)
    assert [bubble.get_attribute("id") for bubble in chat.messages.all()] == shown


def test_why_is_told_on_demand_and_what_had_come_is_one_step_back(chat: Chat) -> None:
    set_up(chat)
    chat.say("Two")
    expect(chat.last.locator(".tried")).to_be_visible(timeout=20_000)
    chat.expect_ended()
    reason = chat.last.get_by_text("The reply was cut off")
    expect(reason).to_be_hidden()
    chat.last.locator(".tried > summary").press("Enter")
    expect(reason).to_be_visible()
    assert faults(chat.page, within="#messages") == []
    chat.last.get_by_label("Previous alternative").click()
    expect(chat.last).to_contain_text("t59", timeout=10_000)
    chat.expect_status("error")


def test_stop_stops_also_who_took_over(chat: Chat) -> None:
    set_up(chat, "hang")
    chat.say("Two")
    chat.expect_words("Asking hang instead…", timeout=20_000)
    chat.page.get_by_label("Stop the reply").click()
    chat.expect_status("stopped")
