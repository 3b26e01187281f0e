"""axe finds nothing on any page, in either theme, large or small; zoom, calm and forced colours hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser

Visit = Callable[[Page], None]
LOOKS: dict[str, dict[str, Any]] = {
    "desktop light": {"color_scheme": "light"},
    "phone dark": {"color_scheme": "dark", "width": 390, "height": 844, "has_touch": True, "is_mobile": True},
    "desktop dark": {"color_scheme": "dark"},
    "phone light": {
        "color_scheme": "light",
        "width": 390,
        "height": 844,
        "has_touch": True,
        "is_mobile": True,
    },
}
OPTIONS = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"


def complaints(page: Page) -> list[str]:
    """What axe has to say, as one line for each thing."""
    page.wait_for_timeout(400)  # what fades in has its colours only afterwards
    found = Axe().run(page, options=OPTIONS).response["violations"]
    # A model may leave out a level of its headings.
    found = [one for one in found if one["id"] != "heading-order" or not page.locator(".prose").count()]
    return [
        f"{page.url} {one['id']}: {node['html'][:180]} {node.get('failureSummary', '')[:300]}"
        for one in found
        for node in one["nodes"]
    ]


def conversation(page: Page) -> None:
    chat = Chat(page)
    chat.begin("Show me everything", model="md150-r50")
    chat.expect_ended()


def streaming(page: Page) -> None:
    chat = Chat(page)
    chat.begin("Slowly", model="n40-r10")
    chat.expect_status("streaming")


def failed(page: Page) -> None:
    chat = Chat(page)
    chat.begin("Fail", model="e500")
    chat.expect_status("error")


def palette(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [aria-selected=true]")).to_be_visible()


def nothing_found(page: Page) -> None:
    palette(page)
    page.keyboard.type("there is no such thing")
    expect(page.locator("#palette-none")).not_to_be_empty()


def sheet(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Control+/")
    expect(page.locator("#shortcuts")).to_be_visible()


def account_menu(page: Page) -> None:
    page.goto("/")
    if page.locator(".account").is_hidden():
        page.locator("#pane [popovertarget=sidebar]").click()
    page.locator(".account").click()
    expect(page.locator("#account-menu")).to_be_visible()


def session_settings(page: Page) -> None:
    conversation(page)
    page.locator("[commandfor=session-settings]").first.click()
    expect(page.locator("#session-settings")).to_be_visible()


def confirming(page: Page) -> None:
    conversation(page)
    page.locator("#pane [hx-confirm]").first.evaluate("button => button.click()")
    expect(page.locator("#confirm")).to_be_visible()


def at(path: str) -> Visit:
    def visit(page: Page) -> None:
        page.goto(path)

    return visit


PAGES: dict[str, Visit] = {
    "start": at("/"),
    "conversation": conversation,
    "streaming": streaming,
    "failed": failed,
    "palette": palette,
    "palette, nothing found": nothing_found,
    "sheet": sheet,
    "account menu": account_menu,
    "settings of a conversation": session_settings,
    "confirmation": confirming,
    "settings": at("/settings/"),
    "list": at("/chat/"),
    "password": at("/password/"),
    "nothing there": at("/nothing/there/"),
    "api docs": at("/api/docs"),
}


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", PAGES)
def test_axe_finds_nothing(new_page: NewPage, name: str, look: str) -> None:
    page = new_page(noisy=True, **LOOKS[look])
    PAGES[name](page)
    assert complaints(page) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_at_the_login(site: Parley, browser: Browser, login: object, scheme: str) -> None:
    context = browser.new_context(base_url=site.url, color_scheme=scheme)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/login/")
    assert complaints(page) == []
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "wrong")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    assert complaints(page) == []
    context.close()


def test_twice_as_large_nothing_is_cut_off(new_page: NewPage) -> None:
    """200 % zoom on a screen of 1280 pixels: half as many fit."""
    page = new_page(width=640, height=400, device_scale_factor=2)
    for path in ("/", "/settings/", "/password/"):
        page.goto(path)
        assert page.evaluate(OVERFLOW) <= 0, path
    conversation(page)
    assert page.evaluate(OVERFLOW) <= 0
    expect(page.locator("#composer-text")).to_be_in_viewport()
    page.keyboard.press("Control+k")
    expect(page.locator("#palette [aria-selected=true]")).to_be_in_viewport()


def test_who_wants_calm_gets_it(new_page: NewPage) -> None:
    page = new_page(reduced_motion="reduce")
    streaming(page)
    page.keyboard.press("Control+k")
    durations = page.evaluate(
        "document.getAnimations().map(one => one.effect.getComputedTiming())"
        ".filter(timing => timing.activeDuration > 50).length"
    )
    assert durations == 0


def test_forced_colours_leave_everything_to_be_seen(new_page: NewPage) -> None:
    page = new_page(forced_colors="active")
    page.goto("/")
    assert page.evaluate("matchMedia('(forced-colors: active)').matches")
    page.keyboard.press("Control+k")
    chosen = page.locator("#palette [aria-selected=true]")
    expect(chosen).to_have_css("outline-style", "solid")
    page.keyboard.press("Escape")
    page.goto("/settings/")
    switch = page.get_by_role("switch").first
    off = switch.evaluate("element => getComputedStyle(element).backgroundColor")
    switch.check()
    expect(switch).not_to_have_css("background-color", off)
    switch.uncheck()
    page.goto("/")
    border = page.locator(".composer").evaluate("element => getComputedStyle(element).borderTopStyle")
    assert border == "solid"


def test_a_page_has_landmarks_and_one_heading(new_page: NewPage) -> None:
    page = new_page()
    conversation(page)
    expect(page.get_by_role("main")).to_have_count(1)
    expect(page.get_by_role("navigation", name="Conversations")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    first = page.locator("a, button, input:not([type=hidden]), textarea").first
    expect(first).to_have_text("Skip to the conversation")
    first.focus()
    expect(first).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_be_focused()


def test_a_reply_is_announced_when_it_begins_and_ends(chat: Chat) -> None:
    chat.begin("Hello")
    chat.expect_ended()
    chat.page.evaluate(
        "heard = []; region = document.getElementById('announcer');"
        "new MutationObserver(() => heard.push(region.textContent))"
        ".observe(region, {childList: true, characterData: true, subtree: true})"
    )
    chat.say("And another one")
    expect(chat.messages).to_have_count(4)
    chat.expect_ended()
    expect(chat.page.locator("#announcer")).to_have_text("Reply finished")
    heard = [words for words in chat.page.evaluate("heard") if words]
    assert len(heard) <= 4
    assert not any(re.search(r"\bt\d+", words) for words in heard)  # no token
