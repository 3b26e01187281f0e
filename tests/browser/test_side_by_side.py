"""Several models asked at once, in a browser: chosen by keys, read side by side, one of them kept.

Proves F2, F5 and C3.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat, ask_several, press_without_script, reload_until

pytestmark = pytest.mark.browser
HEARD = """
() => {
  window.heard = [];
  const region = document.querySelector('#announcer');
  new MutationObserver(() => region.textContent && window.heard.push(region.textContent))
    .observe(region, {childList: true, characterData: true, subtree: true});
}
"""
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def begin(chat: Chat, *models: str, words: str = "Which of you?") -> None:
    chat.page.goto("/")
    ask_several(chat, *models)
    chat.say(words)
    chat.page.wait_for_url("**/chat/*/")


def expect_all_ended(page: Page, count: int) -> None:
    expect(page.locator(".lineup:not([data-running]) .column")).to_have_count(count, timeout=20_000)


def names(page: Page) -> list[str]:
    return page.locator(".column__name").all_inner_texts()


def test_several_are_chosen_by_keys_and_off_again(chat: Chat) -> None:
    page = chat.page
    page.goto("/")
    page.keyboard.press("Alt+Shift+A")
    expect(page.get_by_role("combobox", name="Search models")).to_be_focused()
    for name in ("echo", "n40", "n200-r50", "e500"):
        page.keyboard.type(name)
        page.keyboard.press("Enter")
        page.get_by_role("combobox", name="Search models").fill("")
    expect(page.locator("#asking .asked")).to_have_count(4)
    expect(page.get_by_role("option", name="length5")).to_have_attribute("aria-disabled", "true")
    page.keyboard.press("Escape")
    expect(page.locator("#model-button")).to_contain_text("4 models")
    for name in ("n20-r100", "echo", "n40-r10"):
        page.get_by_role("button", name=f"Do not ask {name}").click()
    expect(page.locator("#asking")).to_be_hidden()
    expect(page.locator("#model-button")).to_contain_text("n200-r50")


def test_they_stream_side_by_side_and_a_reload_and_a_second_window_show_the_same(
    chat: Chat, new_page: NewPage
) -> None:
    page = chat.page
    begin(chat, "n200-r50", "n200-r25", "echo")
    expect(page.locator("#asking")).to_be_hidden()  # it was for that message
    columns = page.locator(".column")
    expect(columns).to_have_count(3)
    expect(columns.nth(0)).to_contain_text("t20")
    expect(columns.nth(1)).to_contain_text("t10")
    other = new_page()
    other.goto(page.url)
    page.reload()
    for window in (page, other):
        expect_all_ended(window, 3)
        assert names(window) == ["n200-r50", "n200-r25", "echo"]
        for place in (0, 1):
            words = window.locator(".column").nth(place).locator(".message__body").inner_text().split()
            assert words == [f"t{number}" for number in range(200)]


def test_what_is_read_stays_in_its_place_while_they_grow(chat: Chat) -> None:
    page = chat.page
    begin(chat, "md150-r50", "n900-r30", words="A short question")
    expect(page.locator(".column").nth(1)).to_contain_text("t30")
    head = page.locator(".column__head").first
    before = head.bounding_box()
    expect(page.locator(".column").nth(1)).to_contain_text("t120", timeout=20_000)
    assert head.bounding_box() == before
    page.get_by_role("button", name="Stop the reply of n900-r30").click()
    expect_all_ended(page, 2)
    assert head.bounding_box() == before
    expect(page.locator(".column").nth(1)).to_have_attribute("data-status", "stopped")


def test_one_is_kept_also_in_another_window_and_laid_beside_the_others_again(
    chat: Chat, new_page: NewPage
) -> None:
    page = chat.page
    begin(chat, "md150-r500", "echo")
    expect_all_ended(page, 2)
    other = new_page()
    other.goto(page.url)
    page.get_by_role("button", name="Keep the reply of md150-r500").click()
    for window in (page, other):
        expect(window.locator(".lineup")).to_have_count(0)
        expect(window.locator("#messages > .message").last).to_contain_text("Section 2")
        expect(window.locator(".siblings__place")).to_have_text("1/2")
    page.get_by_role("button", name="Show the alternatives side by side").click()  # at its end
    for window in (page, other):
        expect(window.locator(".column")).to_have_count(2)
        expect(window.get_by_role("heading", name="Section 1").first).to_be_in_viewport()
    chat.say("And now?")  # goes on from the one that is on show
    expect(chat.messages).to_have_count(4)
    expect(page.locator(".lineup")).to_have_count(0)


def test_without_script_one_is_kept_laid_out_again_answered_again_and_reacted_to(
    chat: Chat, new_page: NewPage
) -> None:
    begin(chat, "md150-r500", "echo")
    expect_all_ended(chat.page, 2)
    page = new_page(java_script_enabled=False)
    page.goto(chat.page.url)
    press_without_script(page.get_by_role("button", name="Keep the reply of echo"))
    expect(page.locator(".lineup")).to_have_count(0)
    expect(page.locator("#messages > .message").last).to_contain_text("Which of you?")
    press_without_script(page.get_by_role("button", name="Previous alternative"))
    expect(page.locator("#messages > .message").last).to_contain_text("Section 2")
    press_without_script(page.get_by_role("button", name="Show the alternatives side by side"))
    expect(page.locator(".column")).to_have_count(2)
    press_without_script(page.get_by_role("button", name="Keep the reply of echo"))
    press_without_script(page.get_by_role("button", name="Answer again"))
    reload_until(page.locator(".siblings__place", has_text="3/3"))
    page.get_by_role("button", name="Add a reaction").last.click()
    page.locator(".emojis button").first.click()
    chip = page.locator(".reaction[aria-pressed=true]")
    press_without_script(chip)
    expect(chip).to_have_count(0)


def test_one_that_fails_says_so_in_its_column_and_is_tried_again_there(chat: Chat) -> None:
    page = chat.page
    begin(chat, "n20-r100", "e500")
    expect_all_ended(page, 2)
    failed = page.locator(".column").last
    expect(failed.locator(".callout--error")).to_be_visible()
    first = failed.get_attribute("id")
    failed.get_by_role("button", name="Try again").click()
    expect(page.locator(f"#{first}")).to_have_count(0)
    expect_all_ended(page, 2)
    assert names(page) == ["n20-r100", "e500"]


def test_on_a_phone_the_names_lead_from_one_to_the_next(new_page: NewPage) -> None:
    chat = Chat(new_page(width=390, height=844, has_touch=True, is_mobile=True))
    page = chat.page
    begin(chat, "n20-r100", "md150-r500", "echo")
    expect_all_ended(page, 3)
    tabs = page.locator(".lineup__tab")
    expect(tabs.first).to_have_attribute("aria-current", "true")
    tabs.nth(2).tap()
    expect(tabs.nth(2)).to_have_attribute("aria-current", "true")
    expect(page.locator(".column").nth(2)).to_be_in_viewport(ratio=0.5)
    assert page.evaluate(OVERFLOW) <= 0


def test_the_sheet_of_a_column_has_its_own_model_answer_again(new_page: NewPage) -> None:
    chat = Chat(new_page(width=390, height=844, has_touch=True, is_mobile=True))
    page = chat.page
    begin(chat, "n20-r100", "echo")
    expect_all_ended(page, 2)
    column = page.locator(".column").nth(1)
    column.evaluate("column => document.dispatchEvent(new CustomEvent('parley:sheet', { detail: column }))")
    with page.expect_request("**/regenerate/") as asked:
        page.locator("#message-menu [data-action=regenerate]").tap()
    assert "echo" in (asked.value.post_data or "")
    expect(page.locator("#messages > .message").last).to_contain_text("Which of you?", timeout=20_000)


def test_a_screen_reader_hears_when_each_is_done_and_no_more(chat: Chat) -> None:
    page = chat.page
    chat.begin("Hello")
    chat.expect_ended()
    ask_several(chat, "n20-r100", "n40-r10")
    page.evaluate(HEARD)
    chat.say("Which of you?")
    expect_all_ended(page, 2)
    page.wait_for_function("() => window.heard.some((words) => words.startsWith('n40-r10: '))")
    heard = page.evaluate("window.heard")
    assert [words for words in heard if "finished" in words] == [
        "n20-r100: Reply finished",
        "n40-r10: Reply finished",
    ]
    assert not [words for words in heard if re.search(r"started|\bt\d", words)]


def test_by_keys_the_focus_stays_where_one_merges_lays_out_again_and_keeps(chat: Chat) -> None:
    page = chat.page
    begin(chat, "md150-r500", "echo")
    expect_all_ended(page, 2)
    page.get_by_role("link", name="Merge them…").press("Enter")
    page.locator("#dialog [value='fake::md150-r500']").press("Enter")
    chat.expect_ended()
    expect(page.locator("#scroller:focus, #scroller :focus")).to_have_count(1)
    page.get_by_role("button", name="Show the alternatives side by side").press("Enter")
    expect(page.locator(".column")).to_have_count(3)
    expect(page.locator(".column__keep:focus")).to_have_count(1)
    expect(page.locator(".column__head").first).to_be_in_viewport()  # and not the end of the longest
    page.get_by_role("button", name="Keep the reply of echo").press("Enter")
    expect(page.locator(".lineup")).to_have_count(0)
    expect(page.locator("#messages .foot :focus")).to_have_count(1)
