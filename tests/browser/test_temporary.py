"""A temporary conversation in the browser: it outlives a reload, and ends when one leaves.

Proves F9.
"""

from __future__ import annotations

import sqlite3
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser


@pytest.fixture
def chat(new_page: NewPage) -> Chat:
    chat = Chat(new_page())
    chat.page.goto("/")
    chat.page.get_by_role("switch", name="Temporary").check()
    chat.page.select_option("#composer-model", "fake::n20-r100")
    chat.say("A passing thought")
    chat.page.wait_for_url("**/chat/*/")
    chat.expect_ended()
    return chat


def rows(site: Parley, chat_url: str) -> list[tuple[int, str | None]]:
    """Whether it is temporary, and when it ends; nothing once it is gone."""
    key = chat_url.rstrip("/").rsplit("/", 1)[1].replace("-", "")
    [file] = site.folder.rglob("parley.sqlite3")
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        return database.execute(
            "SELECT is_temporary, leaves_at FROM chat_session WHERE id = ?", [key]
        ).fetchall()


def expect_rows(site: Parley, chat_url: str, *, is_leaving: bool) -> None:
    deadline = time.monotonic() + 10
    while [bool(leaves) for _, leaves in rows(site, chat_url)] != [is_leaving]:
        assert time.monotonic() < deadline, rows(site, chat_url)
        time.sleep(0.1)


def test_it_is_not_listed_and_says_what_it_is(chat: Chat) -> None:
    expect(chat.page.locator("#temporary")).to_contain_text("deleted soon after you leave it")
    expect(chat.page.locator("#sessions")).not_to_contain_text("A passing thought")
    assert chat.page.locator("#composer").evaluate("form => getComputedStyle(form).borderStyle") == "dashed"


def test_the_browser_keeps_nothing_of_it_either(chat: Chat) -> None:
    chat.page.wait_for_timeout(500)
    kept = chat.page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])")
    assert "passing" not in kept


def test_a_reload_keeps_it(chat: Chat, site: Parley) -> None:
    url = chat.page.url
    chat.page.reload()
    expect(chat.messages).to_have_count(2)
    expect_rows(site, url, is_leaving=False)


def test_closing_the_tab_lets_it_go(chat: Chat, site: Parley) -> None:
    url = chat.page.url
    chat.page.goto("about:blank")
    expect_rows(site, url, is_leaving=True)


def test_another_page_lets_it_go_and_back_keeps_it(chat: Chat, site: Parley) -> None:
    url = chat.page.url
    chat.page.locator(".sidebar__new a").click()
    expect(chat.page.locator(".welcome")).to_be_visible()
    expect_rows(site, url, is_leaving=True)
    chat.page.go_back()
    expect(chat.messages).to_have_count(2)
    expect_rows(site, url, is_leaving=False)


def test_end_deletes_it_at_once(chat: Chat, site: Parley) -> None:
    url = chat.page.url
    chat.page.locator("#temporary").get_by_role("button", name="End").click()
    expect(chat.page.locator(".welcome")).to_be_visible()
    expect(chat.toast()).to_contain_text("is gone")
    assert rows(site, url) == []


def test_keep_makes_it_an_ordinary_one(chat: Chat, site: Parley) -> None:
    url = chat.page.url
    chat.page.locator("#temporary").get_by_role("button", name="Keep").click()
    expect(chat.page.locator("#sessions")).to_contain_text("A passing thought")
    expect(chat.page.locator("#temporary")).to_have_count(0)
    chat.page.goto("about:blank")
    time.sleep(0.5)
    assert rows(site, url) == [(0, None)]
    chat.page.goto(url)
    expect(chat.messages).to_have_count(2)
