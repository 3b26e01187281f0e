"""A newcomer's way: the first account, the first question, an answer made on this very machine.

Proves A13 and F3.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PASSWORD
from tests.browser.driving import Chat
from tests.services import parley, settings_for

pytestmark = [pytest.mark.browser, pytest.mark.model]


def test_a_newcomer_gets_an_answer_from_the_bundled_model(browser: Browser, tmp_path: Path) -> None:
    with parley(settings_for(tmp_path, PARLEY_LOCAL_MODEL=""), tmp_path, afresh=True) as server:
        server.start("--migrate")  # as `make run` does in a folder where nothing is
        context = browser.new_context(base_url=server.url)
        page = context.new_page()
        page.goto("/")
        expect(page).to_have_url(re.compile("/setup/$"))
        page.fill("[name=username]", "alice")
        page.fill("[name=password]", PASSWORD)
        page.click("text=Create the account")
        page.wait_for_url(f"{server.url}/")
        expect(page.locator(".honest")).to_contain_text("without an account or a key")
        chat = Chat(page)
        chat.say("Say hello.")
        page.wait_for_url("**/chat/*/")
        expect(chat.last).to_have_attribute("data-status", "complete", timeout=180_000)
        assert chat.said().strip()
        expect(chat.last).to_contain_text("tokens/s")
        context.close()
        server.stop()
