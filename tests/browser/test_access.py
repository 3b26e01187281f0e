"""axe finds nothing in any state of a page, in either theme, large or small; zoom and forced colours hold.

Proves F5.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.browser.touring import TOURS, Tour, at, furnish, messages
from tests.houses import ShowHouse
from tests.services import Parley, parley, settings_for

pytestmark = pytest.mark.browser

# What is looked at is how things stand in the end, at once.
STILL: dict[str, Any] = {"reduced_motion": "reduce"}
SIZES: dict[str, dict[str, Any]] = {
    "desktop": STILL,
    "phone": {**STILL, "width": 390, "height": 844, "has_touch": True, "is_mobile": True},
}
ALL = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# A theme changes colours alone.
COLOURS = ["color-contrast", "link-in-text-block"]
OVERFLOW = "document.scrollingElement.scrollWidth - document.scrollingElement.clientWidth"
# What scrolls for its height is no wider than it shows; code, columns, rows of a phone are pushed aside.
CUT_OFF = """() => [...document.querySelectorAll('html, dialog, dialog *, [popover], #sidebar *, .pane *')]
  .filter((box) => box.checkVisibility() && box.clientWidth && box.scrollWidth > box.clientWidth + 1)
  .filter((box) => box.matches('html') || ['auto', 'scroll'].includes(getComputedStyle(box).overflowX))
  .filter((box) => !box.matches('pre, code, .settings__nav, .search__chips, .lineup__columns, .lineup__tabs'))
  .map((box) => `${box.localName}.${box.className} is ${box.scrollWidth} wide in ${box.clientWidth}`)"""
# What fades in has its colours only afterwards.
SETTLED = """() => Promise.race([
  Promise.all(document.getAnimations()
    .filter((one) => one.effect.getComputedTiming().endTime < 2000)
    .map((one) => one.finished.catch(() => null))),
  new Promise((done) => setTimeout(done, 1500)),
])"""
# Of Django's own pages: rule and reason.
DJANGOS = {
    "link-in-text-block": "its breadcrumbs are told from words by colour alone",
    "label-title-only": "its search box has a picture for a label",
    "target-size": "its filters are in lines of 20 pixels",
    "page-has-heading-one": "its login calls itself by no heading",
}


def complaints(page: Page, where: str, *, excused: Collection[str] = ()) -> list[str]:
    """What axe has to say in the light and in the dark, as one line for each thing."""
    found = []
    for scheme, rules in (("light", ALL), ("dark", COLOURS)):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.evaluate(SETTLED)
        found += [f"{where}, {scheme}: {fault}" for fault in faults(page, only=rules, excused=excused)]
    found += [f"{where}: {box}" for box in page.evaluate(CUT_OFF)]
    page.emulate_media(color_scheme="light")
    return found


def conversation(page: Page) -> None:
    chat = Chat(page)
    chat.begin("Show me everything", model="md150-r500")
    chat.expect_ended()


def streaming(page: Page) -> None:
    chat = Chat(page)
    chat.begin("Slowly", model="hang5")
    chat.expect_status("streaming")


def seen_on(chat: Chat, tour: Tour, *, excused: Collection[str] = ()) -> list[str]:
    return [said for where in tour(chat) for said in complaints(chat.page, where, excused=excused)]


@pytest.fixture(scope="module")
def furnished(site: Parley, login: object) -> str:
    return furnish(site)


def test_axe_finds_what_is_wrong_also_when_it_looks_again(new_page: NewPage) -> None:
    page = new_page(**STILL)
    page.set_content("<html lang=en><title>A page</title><main><h1>Words</h1></main>")
    assert complaints(page, "well") == []
    page.evaluate("document.querySelector('h1').style.color = '#eee'; document.body.append(new Image())")
    said = " ".join(complaints(page, "spoilt"))
    for fault in ("light: color-contrast", "dark: color-contrast", "light: image-alt", "light: region"):
        assert f"spoilt, {fault}" in said


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", TOURS)
def test_axe_finds_nothing(new_page: NewPage, furnished: str, name: str, size: str) -> None:
    assert seen_on(Chat(new_page(noisy=True, **SIZES[size])), TOURS[name]) == []


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_at_a_message(new_page: NewPage, furnished: str, size: str) -> None:
    assert seen_on(Chat(new_page(noisy=True, **SIZES[size])), messages(furnished)) == []


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_in_the_admin_but_what_is_djangos(
    new_page: NewPage, furnished: str, size: str
) -> None:
    names = ("session", "message", "report", "user", "apitoken", "importjob", "configuredprovider")
    page = f"/admin/chat/session/{furnished.split('/')[2]}/change/"
    tour = at(
        "/admin/", *[f"/admin/chat/{name}/" for name in names], page, "/admin/chat/configuredprovider/add/"
    )
    assert seen_on(Chat(new_page(noisy=True, **SIZES[size])), tour, excused=DJANGOS) == []


@pytest.mark.parametrize("size", SIZES)
def test_axe_finds_nothing_at_the_doors(site: Parley, browser: Browser, login: object, size: str) -> None:
    page = stranger(browser, site, size)
    page.goto("/login/")
    found = complaints(page, "login")
    page.fill("[name=username]", "nobody")
    page.fill("[name=password]", "wrong")
    page.get_by_role("button").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += complaints(page, "login, refused")
    page.goto("/admin/login/")
    found += complaints(page, "admin login", excused=DJANGOS)
    assert found == []
    page.context.close()


def test_axe_finds_nothing_at_the_first_start(
    browser: Browser, show_house: ShowHouse, tmp_path: Path
) -> None:
    show_house.copy_to(tmp_path)
    with parley(settings_for(tmp_path), tmp_path) as server:
        server.start()
        found = []
        for size in SIZES:
            page = stranger(browser, server, size)
            page.goto("/setup/")
            found += complaints(page, f"setup on a {size}")
            page.fill("[name=username]", "alice")
            page.fill("[name=password]", "short")
            page.get_by_role("button").click()
            expect(page.locator(".errorlist, [role=alert]").first).to_be_visible()
            found += complaints(page, f"setup on a {size}, refused")
            page.context.close()
        assert found == []
        server.stop()


def stranger(browser: Browser, site: Parley, size: str) -> Page:
    more = dict(SIZES[size])
    viewport = {"width": more.pop("width", 1280), "height": more.pop("height", 800)}
    return browser.new_context(base_url=site.url, viewport=viewport, **more).new_page()  # type: ignore[arg-type]


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
    with page.expect_response("**/settings/appearance/"):
        switch.check()
    expect(switch).not_to_have_css("background-color", off)
    with page.expect_response("**/settings/appearance/"):
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
