"""Commands while one types: by keys, by finger, and with an input method at work.

Proves B18.
"""

from __future__ import annotations

import re
from itertools import product
from typing import Literal

import pytest
from playwright.sync_api import Locator, Route, expect

from tests.browser.axe import faults
from tests.browser.conftest import NewPage
from tests.browser.driving import Chat, first_of

pytestmark = pytest.mark.browser


def options(chat: Chat) -> Locator:
    return chat.page.locator("#slash-list [role=option]")


def active(chat: Chat) -> Locator:
    return chat.page.locator("#slash-list [aria-selected=true]")


@pytest.fixture
def begun(chat: Chat) -> Chat:
    chat.begin("Hello")
    chat.expect_ended()
    return chat


def test_a_slash_opens_the_list_and_keys_walk_it(begun: Chat) -> None:
    begun.text.press("/")
    expect(active(begun)).to_contain_text("/branch")
    expect(begun.text).to_have_attribute("aria-controls", "slash-list")
    expect(begun.page.locator("#slash-status")).to_contain_text(re.compile(r"\d+ suggestions"))
    last = options(begun).last.get_attribute("id")
    for key, expected in (
        ("ArrowUp", last),
        ("ArrowDown", "slash-branch"),
        ("End", last),
        ("Home", "slash-branch"),
    ):
        begun.text.press(key)
        expect(begun.text).to_have_attribute("aria-activedescendant", str(expected))
    begun.text.press("Escape")
    expect(begun.page.locator("#slash")).to_be_hidden()
    expect(begun.text).not_to_have_attribute("aria-controls", "slash-list")
    expect(begun.text).to_have_value("/")
    begun.text.press("b")
    expect(begun.page.locator("#slash")).to_be_hidden()


def test_the_list_narrows_by_name_and_by_words(begun: Chat) -> None:
    for typed, name in (("/cl", "/clear"), ("/tit", "/rename"), ("/answered", "/retry"), ("/rnm", "/rename")):
        begun.text.fill(typed)
        expect(active(begun)).to_contain_text(name)
    begun.text.fill("/zzz")
    expect(options(begun)).to_have_count(0)
    expect(begun.page.locator("#slash-none")).to_be_visible()


def test_enter_completes_what_is_begun_and_runs_what_is_whole(begun: Chat) -> None:
    begun.text.press_sequentially("/cle")
    expect(active(begun)).to_contain_text("/clear")
    begun.text.press("Enter")
    expect(begun.text).to_have_value("/clear")
    expect(begun.messages).to_have_count(2)
    begun.text.press("Enter")
    expect(begun.messages).to_have_count(0)
    expect(begun.text).to_have_value("")
    expect(begun.page.locator("#slash")).to_be_hidden()
    begun.toast().get_by_text("Undo").click()
    expect(begun.messages).to_have_count(2)


def test_a_model_is_completed_and_chosen(begun: Chat) -> None:
    begun.text.press_sequentially("/mod")
    begun.text.press("Tab")
    expect(begun.text).to_have_value("/model ")
    begun.text.press_sequentially("n40")
    expect(options(begun)).to_have_text(re.compile("n40-r10"))
    begun.text.press("Tab")
    expect(begun.text).to_have_value("/model n40-r10")
    begun.text.press("Enter")
    expect(begun.toast()).to_contain_text("n40-r10 answers")
    expect(begun.page.locator("#title")).to_contain_text("n40-r10")
    expect(begun.messages).to_have_count(2)


def test_a_hand_that_is_quicker_than_the_list_completes_all_the_same(begun: Chat) -> None:
    held: list[Route] = []
    begun.page.route("**/commands/**", lambda route: held.append(route))
    begun.text.press_sequentially("/mod")
    begun.text.press("Tab")
    expect(begun.text).to_be_focused()
    first_of(held, begun.page).continue_()
    assert len(held) == 1
    expect(begun.text).to_have_value("/model ")
    begun.text.fill("")
    begun.page.reload()
    begun.text.press_sequentially("/mod")
    begun.text.press("Tab")
    begun.text.press("Tab")  # a list that does not come holds nobody
    expect(begun.text).not_to_be_focused()


def test_an_unknown_command_can_be_sent_as_text(new_page: NewPage) -> None:
    chat = Chat(new_page(noisy=True))  # the console tells of every refusal
    chat.begin("Hello")
    chat.expect_ended()
    chat.say("/claer the deck")
    refusal = chat.page.locator("#composer-error")
    expect(refusal).to_contain_text("Did you mean /clear")
    expect(chat.text).to_have_value("/claer the deck")
    refusal.get_by_text("Send as text").click()
    expect(chat.messages).to_have_count(4)
    expect(chat.messages.nth(2)).to_contain_text("/claer the deck")
    expect(refusal).to_be_empty()


def test_a_path_that_is_pasted_is_simply_sent(begun: Chat) -> None:
    begun.text.fill("/etc/hosts is what?")
    expect(begun.page.locator("#slash")).to_be_hidden()
    begun.text.press("Enter")
    expect(begun.messages).to_have_count(4)


def test_what_an_input_method_composes_is_left_to_it(begun: Chat) -> None:
    begun.text.press("/")
    expect(active(begun)).to_contain_text("/branch")
    begun.text.evaluate(
        "field => field.dispatchEvent(new KeyboardEvent('keydown',"
        " {key: 'ArrowDown', isComposing: true, bubbles: true, cancelable: true}))"
    )
    expect(active(begun)).to_contain_text("/branch")


def test_a_finger_chooses_too(new_page: NewPage) -> None:
    chat = Chat(new_page(width=390, height=844, has_touch=True, is_mobile=True))
    chat.begin("Hello")
    chat.expect_ended()
    chat.text.fill("/")
    expect(chat.page.locator("#slash")).to_be_visible()
    box = chat.page.locator("#slash").bounding_box()
    assert box is not None
    assert box["width"] > 340
    assert box["y"] >= 0
    option = options(chat).filter(has_text="/rename").bounding_box()
    assert option is not None
    assert option["height"] >= 44
    options(chat).filter(has_text="/rename").tap()
    expect(chat.text).to_have_value("/rename ")
    expect(chat.text).to_be_focused()
    chat.text.fill("/rename Boats that float")
    chat.text.press("Enter")
    expect(chat.page.locator("#title input")).to_have_value("Boats that float")


def test_help_opens_a_dialog_that_gives_the_focus_back(begun: Chat) -> None:
    begun.say("/help")
    expect(begun.page.locator("#dialog")).to_contain_text("/rename TITLE")
    begun.page.keyboard.press("Escape")
    expect(begun.text).to_be_focused()


def test_axe_finds_nothing_in_the_open_list(new_page: NewPage) -> None:
    chat = Chat(new_page(bypass_csp=True))
    chat.begin("Hello")
    chat.expect_ended()
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme, typed in product(schemes, ("/", "/model ", "/zzz")):
        chat.page.emulate_media(color_scheme=scheme)
        chat.text.fill(typed)
        expect(chat.page.locator("#slash")).to_be_visible()
        chat.page.wait_for_timeout(400)
        assert faults(chat.page, within="#composer") == [], (scheme, typed)
