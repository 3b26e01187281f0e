"""The list of models: searched as one types, walked by keys, and the select below it says the same.

Proves A13 and B15.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
WHERE = ["--kind", "openai", "--base-url", "http://127.0.0.1:9/v1"]


@pytest.fixture
def many(site: Parley) -> Iterator[None]:
    """A second provider, with dozens of models."""
    models = [word for number in range(60) for word in ("--model", f"maker/model-{number:02}")]
    site.manage("add_provider", "zoo", *WHERE, *models)
    yield
    site.manage(
        "add_provider", "zoo", "--kind", "openai", "--base-url", "http://127.0.0.1:9/v1", "--model", "a"
    )


def open_picker(chat: Chat) -> Locator:
    chat.page.locator("#model-button").click()
    picker = chat.page.locator("#model-picker")
    expect(picker).to_be_visible()
    expect(picker.get_by_role("combobox", name="Search models")).to_be_focused()
    return picker


def test_a_model_is_found_by_typing_and_chosen_by_keys(chat: Chat, many: None) -> None:
    chat.page.goto("/")
    picker = open_picker(chat)
    chat.page.keyboard.type("zoo 4")
    expect(picker.get_by_role("option")).to_have_count(15)  # 04, 14, … and 40 to 49
    chat.page.keyboard.press("End")
    chat.page.keyboard.press("ArrowUp")
    chat.page.keyboard.press("Enter")
    expect(picker).to_be_hidden()
    expect(chat.page.locator("#composer-model")).to_have_value("zoo::maker/model-49")
    expect(chat.page.locator("#model-button")).to_contain_text("maker/model-49")
    expect(chat.text).to_be_focused()


def test_escape_changes_nothing_and_gives_the_focus_back(chat: Chat) -> None:
    chat.page.goto("/")
    picker = open_picker(chat)
    chat.page.keyboard.press("ArrowDown")
    chat.page.keyboard.press("Escape")
    expect(picker).to_be_hidden()
    expect(chat.page.locator("#model-button")).to_be_focused()
    expect(chat.page.locator("#composer-model")).to_have_value("fake::n20-r100")


def test_what_is_not_there_is_said(chat: Chat) -> None:
    chat.page.goto("/")
    picker = open_picker(chat)
    chat.page.keyboard.type("no such model")
    expect(picker).to_contain_text("No model of that name")
    chat.page.keyboard.press("Enter")
    expect(picker).to_be_visible()


def test_those_used_last_come_first(chat: Chat, many: None) -> None:
    chat.page.goto("/")
    picker = open_picker(chat)
    picker.get_by_role("option", name="maker/model-33").click()
    picker = open_picker(chat)
    recent = picker.get_by_role("group", name="Recently used").get_by_role("option")
    expect(recent).to_have_text(["maker/model-33"])
    expect(picker.get_by_role("option", selected=True).first).to_have_text("maker/model-33")


def test_a_conversation_keeps_the_model_that_was_chosen_in_it(chat: Chat) -> None:
    chat.begin("Hello")
    chat.expect_ended()
    picker = open_picker(chat)
    with chat.page.expect_response("**/model/"):
        picker.get_by_role("option", name="n40-r10").click()
    chat.page.reload()
    expect(chat.page.locator("#model-button")).to_contain_text("n40-r10")
    expect(chat.page.locator("#title")).to_contain_text("n40-r10")


def test_on_a_phone_it_is_a_sheet_and_no_keyboard_comes(new_page: NewPage, many: None) -> None:
    chat = Chat(new_page(width=390, height=844, has_touch=True, is_mobile=True))
    chat.page.goto("/")
    chat.page.locator("#model-button").tap()
    picker = chat.page.locator("#model-picker")
    expect(picker.locator("#model-list")).to_be_focused()
    picker.evaluate("sheet => Promise.all(sheet.getAnimations().map((one) => one.finished))")
    box = picker.bounding_box()
    assert box
    assert (box["x"], box["width"]) == (0, 390)
    assert box["y"] + box["height"] == 844
    assert box["height"] <= 0.76 * 844
