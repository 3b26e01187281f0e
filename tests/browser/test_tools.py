"""A model uses tools: a person sets a server up, says what a model can, allows, forbids, and sees what came.

Proves F8 and C5.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat, ask_several, press_without_script
from tests.chat.tools.given import PROGRAM
from tests.services import Parley

pytestmark = pytest.mark.browser
CLEAN = """
from chat.models import ModelOverride, ToolServer
ToolServer.objects.all().delete()
ModelOverride.objects.all().delete()
"""


@pytest.fixture(scope="module")
def done(site: Parley) -> Iterator[set[str]]:
    """What is set up already; in the end nothing is."""
    done: set[str] = set()
    yield done
    site.manage("shell", "-v0", "-c", CLEAN)


@pytest.fixture
def tester(chat: Chat, done: set[str]) -> Chat:
    """With a real program of tools, and a model that is known to call some, as an administrator does it."""
    if "server" not in done:
        done.add("server")
        add_server(chat.page)
    if "model" not in done:
        done.add("model")
        correct_model(chat)
    return chat


def add_server(page: Page) -> None:
    page.goto("/settings/tools/new/?for=all")
    page.locator("[name=name]").fill("Tester")
    page.locator("[name=transport]").select_option("stdio")
    page.locator("[name=command]").fill(sys.executable)
    page.locator("[name=args]").fill(f"{PROGRAM}\nwell")
    page.locator(".tool-form .button--main").click()
    expect(page.get_by_text("Add two numbers")).to_be_visible()


def correct_model(chat: Chat) -> None:
    page = chat.page
    chat.begin("Hello", model="errand")
    chat.expect_ended()
    here = page.url
    page.goto("/")
    page.locator(".composer__tools").click()
    warning = page.locator("#tool-picker .tool-warning")
    page.select_option("#composer-model", "fake::errand")
    expect(warning).to_be_visible()
    page.goto(here)
    page.locator(".composer__tools").click()
    expect(page.locator("#dialog .tool-warning")).to_contain_text("errand cannot call tools")
    page.get_by_role("link", name="Say that it can").click()
    page.locator("[name=calls_tools]").select_option(label="Yes")
    page.get_by_role("button", name="Save").click()
    page.goto("/")
    page.select_option("#composer-model", "fake::errand")
    page.locator(".composer__tools").click()
    expect(page.locator("#tool-picker")).to_be_visible()
    expect(warning).to_be_hidden()


def ask(chat: Chat, words: str) -> Locator:
    """In a new conversation that has the tools; the steps of the reply."""
    page = chat.page
    page.goto("/")
    page.locator(".composer__tools").click()
    switch = page.locator("#tool-picker").get_by_role("checkbox", name=re.compile("Tester"))
    switch.set_checked(True)
    page.keyboard.press("Escape")
    page.select_option("#composer-model", "fake::errand")
    chat.say(words)
    page.wait_for_url("**/chat/*/")
    return chat.last.locator(".tool")


def test_one_that_only_reads_runs_at_once_and_one_that_changes_something_waits_for_a_word(
    tester: Chat, new_page: NewPage
) -> None:
    page = tester.page
    steps = ask(tester, 'Tester__add {"a": 2, "b": 3}\nTester__big {"size": 4}')
    expect(steps).to_have_count(2)
    expect(steps.first).to_have_attribute("data-state", "done")
    expect(steps.last).to_have_attribute("data-state", "asks")
    expect(steps.last).to_contain_text("It may change something. Shall it be used?")
    expect(steps.last).to_contain_text('"size": 4')
    tester.expect_status("pending")
    expect(tester.last).to_contain_text("Waiting for your answer")
    page.reload()  # it waits as long as that takes
    other = Chat(new_page())
    other.page.goto(page.url)
    for window in (tester, other):
        expect(window.last.get_by_role("button", name="Allow", exact=True)).to_be_visible()
    steps.last.get_by_role("button", name="Allow", exact=True).click()
    for window in (tester, other):
        window.expect_status("complete")
        expect(window.last).to_contain_text("5; xxxx")
        called = window.last.locator(".tool")
        expect(called.last).to_have_attribute("data-state", "done")
        expect(called.last.get_by_role("button")).to_have_count(0)
    steps.first.locator("summary").click()
    expect(steps.first.locator(".tool__said").last).to_have_text("5")
    expect(steps.first).to_contain_text("A tool of Tester")


def test_one_that_is_forbidden_is_not_used_and_the_reply_goes_on(tester: Chat) -> None:
    step = ask(tester, 'Tester__big {"size": 4}')
    step.get_by_role("button", name="Do not allow").click()
    tester.expect_status("complete")
    expect(step).to_have_attribute("data-state", "refused")
    expect(tester.last).not_to_contain_text("xxxx")


def test_a_tool_that_takes_its_time_ends_with_the_reply_that_is_stopped(tester: Chat) -> None:
    step = ask(tester, 'Tester__wait {"seconds": 600}')
    step.get_by_role("button", name="Allow", exact=True).click()
    expect(step).to_have_attribute("data-state", "running")
    tester.page.get_by_label("Stop the reply").click()
    tester.expect_status("stopped")
    expect(step).to_have_attribute("data-state", "cut")
    tester.page.reload()
    expect(step).to_have_attribute("data-state", "cut")


def test_a_tool_that_fails_is_told_so_and_so_is_the_model(tester: Chat) -> None:
    step = ask(tester, "Tester__fail {}")
    step.get_by_role("button", name="Allow", exact=True).click()
    tester.expect_status("complete")
    expect(step).to_have_attribute("data-state", "failed")
    expect(tester.last).to_contain_text("Error executing tool fail")


def test_without_script_a_tool_is_allowed_too(tester: Chat, new_page: NewPage) -> None:
    ask(tester, 'Tester__big {"size": 4}')
    page = new_page(java_script_enabled=False)
    page.goto(tester.page.url)
    press_without_script(page.get_by_role("button", name="Allow", exact=True))
    tester.expect_status("complete")
    expect(tester.last).to_contain_text("xxxx")


def test_nothing_is_said_of_one_model_where_several_are_asked(chat: Chat) -> None:
    page = chat.page
    page.goto("/")
    page.select_option("#composer-model", "fake::echo")
    page.locator(".composer__tools").click()
    warning = page.locator("#tool-picker .tool-warning")
    expect(warning).to_be_visible()
    page.keyboard.press("Escape")
    ask_several(chat, "echo", "n20-r100")
    page.locator(".composer__tools").click()
    expect(page.locator("#tool-picker")).to_be_visible()
    expect(warning).to_be_hidden()
