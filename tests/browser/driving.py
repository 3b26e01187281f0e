"""What a person does in the chat, by name."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, Route, expect

ENDED = re.compile("complete|stopped|interrupted|error")
SELECT = """
const text = [...document.querySelectorAll('.message__body > p')].at(-1).firstChild;
getSelection().setBaseAndExtent(text, 0, text, 5);
"""


class Chat:
    """One window with a conversation, or with the start page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.text = page.locator("#composer-text")
        self.messages = page.locator("#messages > .message")
        self.last = self.messages.last

    def begin(self, words: str, *, model: str = "n20-r100") -> None:
        """A new conversation; its first message is sent, and its page is there."""
        self.page.goto("/")
        self.page.select_option("#composer-model", f"fake::{model}")
        self.say(words)
        self.page.wait_for_url("**/chat/*/")
        expect(self.messages).to_have_count(2)

    def say(self, words: str) -> None:
        self.text.fill(words)
        self.text.press("Enter")

    def expect_status(self, status: str) -> None:
        expect(self.last).to_have_attribute("data-status", status)

    def expect_ended(self) -> None:
        expect(self.last).to_have_attribute("data-status", ENDED, timeout=20_000)

    def expect_words(self, words: str, *, timeout: float = 10_000) -> None:
        expect(self.last).to_contain_text(words, timeout=timeout)

    def action(self, name: str, message: Locator | None = None) -> None:
        """Press one of the small buttons below a message, or choose it from the menu beside them."""
        bubble = message or self.last
        bubble.hover()
        button = bubble.get_by_label(name, exact=True)
        if button.count():
            button.click()
        else:
            self.menu(bubble).get_by_text(name, exact=True).click()

    def menu(self, message: Locator | None = None) -> Locator:
        """The menu of a message, opened."""
        (message or self.last).get_by_label("More actions").click()
        menu = self.page.locator("#message-menu")
        expect(menu).to_be_visible()
        return menu

    def toast(self) -> Locator:
        return self.page.locator("#toasts .toast").last

    def said(self, message: Locator | None = None) -> str:
        return (message or self.last).locator(".message__body").inner_text()

    def select_first_words(self) -> None:
        self.page.evaluate(SELECT)

    def selected(self) -> str:
        return str(self.page.evaluate("String(getSelection())"))


def press_without_script(button: Locator) -> None:
    """Until the next page is there: what is done to the last one meanwhile comes to nothing."""
    with button.page.expect_navigation():
        button.click()


def reload_until(there: Locator) -> None:
    """Without script nothing comes by itself."""
    for _ in range(40):
        there.page.reload()
        if there.count():
            return
        there.page.wait_for_timeout(250)
    expect(there).not_to_have_count(0)


def ask_several(chat: Chat, *models: str) -> None:
    """Chooses the fake server's models that the next message is for; the first is chosen already or not."""
    page = chat.page
    page.locator("#model-button").evaluate("button => button.click()")
    switch = page.get_by_role("switch", name="Ask several")
    expect(switch).to_be_visible()
    if not switch.is_checked():
        switch.evaluate("one => one.click()")
    options = page.locator("#model-list [role=option]")
    for chosen in page.locator("#model-list [aria-selected=true]").all():
        if str(chosen.get_attribute("data-value")).removeprefix("fake::") not in models:
            chosen.evaluate("option => option.click()")
    for model in models:
        option = options.and_(page.locator(f"[data-value='fake::{model}']")).first
        if option.get_attribute("aria-selected") != "true":
            option.evaluate("option => option.click()")
    page.locator("#model-done").evaluate("button => button.click()")
    expect(page.locator("#asking .asked")).to_have_count(len(models))


def first_of(held: list[Route], page: Page) -> Route:
    """The first request that a route holds, as soon as the browser has made it."""
    while not held:
        page.wait_for_timeout(20)
    return held[0]
