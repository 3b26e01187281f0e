"""Everything without a mouse: the palette, the shortcuts and their sheet, and the tasks of every day.

Proves C10 and F5.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, Route, expect

from chat.actions import ACTIONS
from tests.browser.conftest import PASSWORD, NewPage
from tests.browser.driving import Chat, first_of
from tests.services import Parley

pytestmark = pytest.mark.browser


def opened(page: Page) -> Locator:
    """The palette, opened by its keys and settled."""
    page.keyboard.press("Control+k")
    palette = page.locator("#palette")
    expect(palette).to_be_visible()
    expect(palette).not_to_have_attribute("aria-busy", "true")
    return palette


def run(page: Page, words: str) -> None:
    """Do what the palette finds first for these words."""
    palette = opened(page)
    page.keyboard.type(words)
    expect(palette.locator("[aria-selected=true] .palette__words")).to_contain_text(re.compile(words, re.I))
    page.keyboard.press("Enter")
    expect(palette).to_be_hidden()


def test_the_palette_opens_a_conversation_by_its_title(chat: Chat) -> None:
    chat.begin("Harbours at dusk")
    chat.expect_ended()
    chat.page.goto("/")
    palette = opened(chat.page)
    chat.page.keyboard.type("dusk")
    option = palette.get_by_role("option", name="Harbours at dusk").first
    expect(option).to_have_attribute("aria-selected", "true")
    chat.page.keyboard.press("Enter")
    chat.page.wait_for_url("**/chat/*/")
    expect(palette).to_be_hidden()
    expect(chat.messages).to_have_count(2)


def test_enter_in_the_palette_waits_for_the_answer_to_what_was_typed(chat: Chat) -> None:
    chat.begin("Zeppelins at dawn")
    chat.expect_ended()
    chat.begin("Something else")
    chat.expect_ended()
    palette = opened(chat.page)
    expect(palette).not_to_have_attribute("aria-busy", "true")
    held: list[Route] = []
    chat.page.route("**/palette/?q=zepp*", lambda route: held.append(route), times=1)
    chat.page.keyboard.type("zeppelins")
    chat.page.keyboard.press("Enter")
    expect(palette).to_be_visible()
    first_of(held, chat.page).continue_()
    expect(palette).to_be_hidden()
    expect(chat.page.locator(".title")).to_have_value("Zeppelins at dawn")


def test_the_palette_is_a_combobox_and_gives_the_focus_back(chat: Chat) -> None:
    chat.page.goto("/")
    chat.text.focus()
    palette = opened(chat.page)
    box = palette.get_by_role("combobox")
    expect(box).to_be_focused()
    options = palette.locator("[role=option]:not([hidden])")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chat.page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    expect(box).to_have_attribute("aria-activedescendant", str(options.last.get_attribute("id")))
    chat.page.keyboard.press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    chat.page.keyboard.type("nothing is called this")
    expect(palette.get_by_text("Nothing is called “nothing is called this”.")).to_be_visible()
    chat.page.keyboard.press("Escape")
    expect(palette).to_be_hidden()
    expect(chat.text).to_be_focused()


def test_the_palette_chooses_a_model_and_a_theme(chat: Chat) -> None:
    chat.page.goto("/")
    run(chat.page, "md150")
    chat.say("Show me")
    chat.page.wait_for_url("**/chat/*/")
    chat.expect_ended()
    expect(chat.last).to_contain_text("md150-r50")
    with chat.page.expect_response("**/settings/theme/"):
        run(chat.page, "Dark theme")
    expect(chat.page.locator("html")).to_have_attribute("data-theme", "dark")
    chat.page.reload()
    expect(chat.page.locator("html")).to_have_attribute("data-theme", "dark")
    run(chat.page, "Theme as the system")
    expect(chat.page.locator("html")).not_to_have_attribute("data-theme", "dark")


def test_the_palette_offers_only_what_can_be_done(chat: Chat) -> None:
    chat.page.goto("/")
    palette = opened(chat.page)
    expect(palette.locator("[data-run=stop]")).to_be_hidden()
    expect(palette.locator("[data-run=copy-reply]")).to_be_hidden()
    expect(palette.locator("[data-run=new-conversation]")).to_be_visible()


def test_the_sheet_shows_the_keys_and_is_left_as_it_came(chat: Chat) -> None:
    chat.page.goto("/")
    sheet = chat.page.locator("#shortcuts")
    chat.text.press("?")
    expect(sheet).to_be_hidden()  # it was written
    expect(chat.text).to_have_value("?")
    chat.text.fill("")
    chat.page.locator("#pane").focus()
    chat.page.keyboard.press("?")
    expect(sheet).to_be_visible()
    expect(sheet.locator("[data-shortcut=palette] kbd")).to_have_text("Ctrl+K")
    chat.page.keyboard.press("n")
    expect(sheet).to_be_visible()  # what is behind a dialog stays as it is
    chat.page.keyboard.press("Control+/")
    expect(sheet).to_be_hidden()


def test_a_new_conversation_by_its_keys(chat: Chat) -> None:
    chat.begin("Hello")
    chat.expect_ended()
    chat.page.keyboard.press("Alt+Shift+N")
    expect(chat.page.locator(".welcome")).to_be_visible()


# Of each action what shows that it was done: an address, a place that is seen or has the focus, a text.
SHOWN = {
    "new-conversation": ".welcome",
    "new-temporary": "url **/?temporary=1",
    "search": "url **/search/**",
    "filter-list": "focus #filter-text",
    "next-conversation": "elsewhere",
    "previous-conversation": "elsewhere",
    "focus-composer": "focus #composer-text",
    "copy-reply": "says Copied",
    "copy-code": "says Copied",
    "edit-last": ".editor textarea",
    "find": "#find input",
    "choose-model": "#model-picker",
    "ask-several": "#asking .asked",
    "star": ".item[data-starred] [aria-current]",
    "rename": "focus .title",
    "tags": "#dialog [name=new]",
    "archive": "#toasts .toast",
    "project": "#dialog .option",
    "map": "#dialog[open]",
    "duplicate": "elsewhere",
    "delete": "#confirm",
    "palette": "#palette",
    "shortcuts": "#shortcuts",
    "projects": "url **/projects/",
    "templates": "url **/templates/",
    "imports": "url **/imports/",
    "exports": "url **/exports/",
    "export": "#dialog .formats",
    "trash": "url **/trash/",
    "settings": "url **/settings/",
    "toggle-sidebar": "html[data-sidebar=closed] #pane",
}
# In a day without a mouse, and with the tabs.
ELSEWHERE = {"stop", "regenerate", "undo", "next-tab", "previous-tab", "close-tab"}


def pressed(keys: str) -> str:
    """As Playwright calls them."""
    names = {"mod": "Control", "alt": "Alt", "shift": "Shift"}
    *held, key = keys.split("+")
    return "+".join([*(names[one] for one in held), key.upper() if held or len(key) > 1 else key])


def expect_shown(page: Page, evidence: str, url: str) -> None:
    kind, _, what = evidence.partition(" ")
    if kind == "url":
        page.wait_for_url(what)
    elif kind == "elsewhere":
        expect(page).not_to_have_url(url)
    elif kind == "focus":
        expect(page.locator(what).first).to_be_focused()
    elif kind == "says":
        expect(page.locator("#announcer")).to_contain_text(what)
    else:
        expect(page.locator(evidence).first).to_be_visible()


def test_all_that_the_sheet_shows_is_done_by_its_keys(new_page: NewPage) -> None:
    page = new_page(permissions=["clipboard-read", "clipboard-write"])
    chat = Chat(page)
    addresses = []
    for model in ("n20-r100", "md150-r500", "n20-r100"):
        chat.begin("Hello", model=model)
        chat.expect_ended()
        addresses.append(page.url)
    here = addresses[1]
    rows = [row for row in ACTIONS if row.keys or row.single]
    assert {row.name for row in rows} == {*SHOWN} | ELSEWHERE
    for action in rows:
        for keys in filter(None, (action.keys, action.single)) if action.name in SHOWN else ():
            page.evaluate("localStorage.clear()")  # the sidebar is as it was at first
            page.goto(here)
            expect(chat.messages).to_have_count(2)
            page.locator("#pane").focus()
            page.keyboard.press(pressed(keys))
            expect_shown(page, SHOWN[action.name], here)


def test_keys_are_changed_by_pressing_them(new_page: NewPage) -> None:
    page = new_page(noisy=True)  # the browser tells of the refusal
    page.goto("/settings/#keys")
    field = page.get_by_label("New conversation", exact=True)
    field.focus()
    page.keyboard.press("Alt+Shift+J")
    taken = page.locator("#keys-new-conversation-error")
    expect(taken).to_contain_text("is used for “Next conversation” already")
    page.get_by_label("New conversation", exact=True).focus()
    page.keyboard.press("Control+Shift+U")
    expect(taken).to_be_hidden()
    expect(page.get_by_label("New conversation", exact=True)).to_have_value("Ctrl+Shift+U")
    page.reload()
    page.locator("#pane").focus()
    page.keyboard.press("Control+Shift+U")
    expect(page.locator(".welcome")).to_be_visible()
    page.goto("/settings/#keys")
    page.get_by_text("Back to the defaults").click()
    expect(page.get_by_label("New conversation", exact=True)).to_have_value("Alt+Shift+N")


def test_single_keys_can_be_switched_off(new_page: NewPage) -> None:
    page = new_page()
    page.goto("/settings/")
    switch = page.get_by_role("switch", name="Shortcuts of a single key")
    switch.uncheck()
    expect(page.locator("#keys kbd")).to_have_count(0)
    page.reload()
    page.locator("#pane").focus()
    page.keyboard.press("?")
    page.keyboard.press("n")
    expect(page.locator("#shortcuts")).to_be_hidden()
    expect(page.locator(".settings")).to_be_visible()
    page.get_by_role("switch", name="Shortcuts of a single key").check()
    expect(page.locator("#keys kbd").first).to_be_visible()


def test_a_day_without_a_mouse(site: Parley, browser: Browser, login: Path) -> None:
    """Log in, ask, stop, ask again, edit, copy, rename, delete and bring back, go elsewhere, darken."""
    context = browser.new_context(base_url=site.url, permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    keys, chat = page.keyboard, Chat(page)
    page.goto("/login/")
    expect(page.locator("[name=username]")).to_be_focused()
    keys.type("alice")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    page.wait_for_url(f"{site.url}/")

    expect(chat.text).to_be_focused()
    keys.type("Another one")
    keys.press("Enter")
    page.wait_for_url("**/chat/*/")
    chat.expect_ended()
    keys.press("Alt+Shift+N")
    expect(page.locator(".welcome")).to_be_visible()
    run(page, "hang5")
    expect(chat.text).to_be_focused()
    keys.type("Count slowly")
    keys.press("Enter")
    page.wait_for_url("**/chat/*/")
    chat.expect_status("streaming")
    expect(page.locator("#composer .stop")).to_be_visible()
    keys.press("Alt+Shift+X")
    chat.expect_status("stopped")
    with page.expect_response("**/model/"):
        run(page, "n20-r100")
    keys.press("Alt+Shift+R")
    expect(chat.last).to_contain_text("2/2")  # stands there only once it has ended

    keys.press("Alt+Shift+E")
    editor = page.locator(".editor textarea")
    expect(editor).to_be_focused()
    keys.press("Control+A")
    keys.type("Count once more")
    for _ in range(3):
        keys.press("Tab")
    keys.press("Enter")
    expect(chat.messages.first).to_contain_text("Count once more")
    chat.expect_ended()
    keys.press("Alt+Shift+C")
    expect(page.locator("#announcer")).to_contain_text("Copied")
    assert "t1" in page.evaluate("navigator.clipboard.readText()")

    run(page, "Rename")
    expect(page.locator(".title")).to_be_focused()
    keys.press("Control+A")
    keys.type("Counting")
    keys.press("Enter")
    item = page.locator("#sessions").get_by_role("link", name="Counting")
    expect(item).to_be_visible()
    run(page, "Delete this")
    expect(page.locator("#confirm")).to_be_visible()
    keys.press("Tab")
    keys.press("Enter")
    expect(item).to_be_hidden()
    expect(page.locator("#toasts .toast .button")).to_be_visible()
    keys.press("Alt+Shift+Z")
    expect(item).to_have_attribute("aria-current", "page")
    expect(page.locator(".title")).to_have_value("Counting")

    keys.press("Alt+Shift+J")
    expect(page.locator(".title")).not_to_have_value("Counting")
    with page.expect_response("**/settings/theme/"):
        run(page, "Dark theme")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    with page.expect_response("**/settings/theme/"):
        run(page, "Theme as")
    context.close()
