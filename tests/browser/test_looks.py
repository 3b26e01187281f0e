"""Light and dark, small and large, light of weight; and for those who do not use a mouse or their eyes.

Proves F5.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Response, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat

pytestmark = pytest.mark.browser
NAMELESS = """
[...document.querySelectorAll('button, a, input:not([type=hidden]), textarea, select')]
  .filter(e => !(e.ariaLabel || e.innerText?.trim() || e.textContent?.trim() || e.labels?.length || e.title
    || e.ariaLabelledByElements?.some(label => label.textContent.trim())))
  .map(e => e.outerHTML)
"""
LUMINANCE = """
(() => {
  const paint = document.createElement('canvas').getContext('2d');
  paint.fillStyle = getComputedStyle(document.documentElement).backgroundColor;
  paint.fillRect(0, 0, 1, 1);
  const [red, green, blue] = paint.getImageData(0, 0, 1, 1).data;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
})()
"""
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def test_a_first_visit_is_light(new_page: NewPage) -> None:
    page = new_page()
    requests: list[Response] = []
    page.on("response", lambda response: requests.append(response))
    page.goto("/", wait_until="networkidle")
    size = sum(response.request.sizes()["responseBodySize"] for response in requests)
    assert len(requests) < 25
    assert size < 150_000


@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_nothing_runs_out_of_the_page(new_page: NewPage, width: int) -> None:
    page = new_page(width=width, height=800)
    chat = Chat(page)
    chat.begin("Show me " + "x" * 300, model="md150-r500")
    assert page.evaluate(OVERFLOW) <= 0
    chat.expect_ended()
    assert page.evaluate(OVERFLOW) <= 0
    assert page.locator("#scroller").evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_the_list_is_a_drawer_on_the_phone(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    chat = Chat(page)
    chat.begin("Hello")
    drawer = page.locator("#sidebar")
    expect(drawer).to_be_hidden()
    page.locator("#pane [popovertarget=sidebar]").click()
    expect(drawer).to_be_visible()
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    page.locator("#pane [popovertarget=sidebar]").click()
    drawer.get_by_text("New conversation").first.click()
    expect(drawer).to_be_hidden()
    expect(page.locator(".welcome")).to_be_visible()


def test_fingers_find_large_targets(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    chat = Chat(page)
    chat.begin("Hello")
    chat.expect_ended()
    small = page.evaluate(
        "[...document.querySelectorAll('.pane button, .pane a.knob')].filter(e => e.checkVisibility())"
        ".filter(e => e.getBoundingClientRect().height < 44).map(e => e.outerHTML)"
    )
    assert small == []


def test_the_theme_is_chosen_and_set_before_the_first_paint(new_page: NewPage) -> None:
    page = new_page(color_scheme="light")
    page.goto("/")
    assert luminance(page) > 200
    page.locator(".account").click()
    with page.expect_response("**/settings/theme/"):
        page.get_by_label("Dark", exact=True).click()
    assert luminance(page) < 60
    page.add_init_script(
        "addEventListener('DOMContentLoaded', () => { early = document.documentElement.dataset.theme })"
    )
    page.reload()
    assert page.evaluate("early") == "dark"
    assert luminance(page) < 60
    page.locator(".account").click()
    with page.expect_response("**/settings/theme/"):
        page.get_by_label("As the system", exact=True).click()


def test_what_one_sets_is_kept_though_one_leaves_at_once(new_page: NewPage) -> None:
    page = new_page(noisy=True)
    page.goto("/settings/")
    wraps = page.locator("[name=wrap_code]")
    held: list[Route] = []
    page.route("**/settings/appearance/", lambda route: held.append(route), times=1)
    wraps.check()
    wraps.uncheck()
    wraps.check()  # the first is under way and the last one waits for it
    page.goto("/settings/")
    page.reload()
    expect(wraps).to_be_checked()
    with page.expect_response("**/settings/appearance/"):
        wraps.uncheck()


def test_the_sidebar_stays_folded(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/")
    page.get_by_label("Hide the sidebar").click()
    expect(page.locator("#sidebar")).to_be_hidden()
    page.reload()
    expect(page.locator("#sidebar")).to_be_hidden()
    page.get_by_label("Show the sidebar").click()
    expect(page.locator("#sidebar")).to_be_visible()


def test_everything_that_can_be_pressed_has_a_name(chat: Chat) -> None:
    chat.begin("Show me", model="md150-r500")
    chat.expect_ended()
    assert chat.page.evaluate(NAMELESS) == []
    chat.page.goto("/")
    assert chat.page.evaluate(NAMELESS) == []


def test_the_keyboard_reaches_a_messages_actions(chat: Chat) -> None:
    chat.begin("Hello")
    chat.expect_ended()
    button = chat.messages.first.get_by_label("Edit")
    button.focus()
    expect(chat.messages.first.locator(".foot__actions")).to_have_css("opacity", "1")


def test_a_dialog_gives_the_focus_back(chat: Chat) -> None:
    chat.begin("Hello", model="n40-r10")
    button = chat.page.locator("#header").get_by_label("Settings of this conversation")
    button.click()
    expect(chat.page.locator("#session-settings")).to_be_visible()
    chat.expect_ended()  # which changes the title and the list, and not what has the focus
    chat.page.keyboard.press("Escape")
    expect(button).to_be_focused()


def luminance(page: Page) -> float:
    """Of the page's background, 0 to 255, as it is painted."""
    return float(page.evaluate(LUMINANCE))


def test_code_looks_as_the_settings_say(chat: Chat) -> None:
    chat.page.goto("/settings/")
    with chat.page.expect_response("**/settings/appearance/"):
        chat.page.get_by_label("Wrap long lines of code").check()
    with chat.page.expect_response("**/settings/appearance/"):
        chat.page.get_by_label("Number the lines of code").check()
    chat.begin("Show me", model="md150-r500")
    chat.expect_ended()
    code = chat.page.locator(".code > pre").first
    expect(code).to_have_css("white-space-collapse", "preserve")
    expect(code).to_have_css("text-wrap-mode", "wrap")
    expect(code.locator("code")).to_have_attribute("data-numbers", re.compile(r"1\s2"))
    chat.page.goto("/settings/")
    with chat.page.expect_response("**/settings/appearance/"):
        chat.page.get_by_label("Wrap long lines of code").uncheck()
    with chat.page.expect_response("**/settings/appearance/"):
        chat.page.get_by_label("Number the lines of code").uncheck()


def test_a_text_that_is_selected_beyond_a_dialog_does_not_close_it(chat: Chat) -> None:
    chat.begin("Hello")
    chat.expect_ended()
    chat.page.locator("#header").get_by_label("Settings of this conversation").click()
    text = chat.page.locator("#session-settings textarea").first
    text.fill("Be brief, and kind.")
    box = text.bounding_box()
    assert box
    chat.page.mouse.move(box["x"] + 60, box["y"] + 20)
    chat.page.mouse.down()
    chat.page.mouse.move(20, box["y"] + 20, steps=4)
    chat.page.mouse.up()
    expect(chat.page.locator("#session-settings")).to_be_visible()
    chat.page.mouse.click(20, box["y"] + 20)
    expect(chat.page.locator("#session-settings")).to_be_hidden()
