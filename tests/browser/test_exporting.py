"""A conversation is exported: chosen in a dialog that shows how it begins, and the file comes by itself.

Proves B13 and B14.
"""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Download, Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat

pytestmark = pytest.mark.browser
# A machine with other work may take a while for what is a second's.
SOON = 30_000


@pytest.fixture
def chat(new_page: NewPage) -> Chat:
    chat = Chat(new_page(accept_downloads=True))
    chat.begin("Where is the lighthouse of Alexandria?", model="echo")
    chat.expect_ended()
    return chat


def dialog(page: Page) -> Locator:
    expect(page.locator("#dialog .format").first).to_be_visible()
    return page.locator("#dialog")


def choose(page: Page, name: str) -> None:
    """A card's radio button lies invisible over it."""
    dialog(page).locator(f"[name=format][value={name}]").check()


def fetched(page: Page) -> Download:
    with page.expect_download(timeout=SOON) as download:
        dialog(page).get_by_role("button", name="Export").click()
    return download.value


def content_of(download: Download) -> Path:
    path = download.path()
    assert path is not None
    return Path(path)


def test_the_file_of_the_menus_dialog_comes_by_itself(chat: Chat) -> None:
    page = chat.page
    page.locator("#pane [popovertarget=session-menu]").click()
    page.locator("#session-menu [data-action=export]").click()
    choose(page, "json")
    expect(page.locator("#export-preview .preview__text")).to_contain_text("lighthouse of Alexandria")
    download = fetched(page)
    assert download.suggested_filename.endswith(".json")
    told = json.loads(content_of(download).read_bytes())
    assert told["messages"][0]["content"] == "Where is the lighthouse of Alexandria?"
    expect(page.locator("#export-outcome .job--complete")).to_be_in_viewport()
    page.wait_for_timeout(800)
    assert page.locator("#export-outcome [data-fetch]").count() == 0


def test_the_preview_of_plain_text_has_room_for_all_of_its_columns(chat: Chat) -> None:
    chat.say("/export text")
    shown = dialog(chat.page).locator(".preview__text--columns")
    expect(shown).to_contain_text("lighthouse of Alexandria")
    shown.evaluate("shown => { shown.textContent = 'x'.repeat(80); }")
    assert shown.evaluate("shown => shown.scrollWidth <= shown.clientWidth")


def test_the_command_opens_the_dialog_at_its_format(chat: Chat) -> None:
    chat.say("/export json")
    expect(dialog(chat.page).locator("[name=format][value=json]")).to_be_checked()


def test_the_key_opens_it_and_escape_closes_it(chat: Chat) -> None:
    page = chat.page
    page.locator("#pane").focus()
    page.keyboard.press("d")
    dialog(page)
    page.keyboard.press("Escape")
    expect(page.locator("#dialog")).to_be_hidden()


def test_from_a_message_on(chat: Chat) -> None:
    page = chat.page
    chat.menu(chat.last).get_by_text("Export from here").click()
    choose(page, "json")
    expect(dialog(page).locator("[name=part][value=from]")).to_be_checked()
    told = json.loads(content_of(fetched(page)).read_bytes())
    assert [message["role"] for message in told["messages"]] == ["assistant"]


def test_chosen_conversations_come_as_one_zip(chat: Chat) -> None:
    page = chat.page
    page.locator("[data-select-many]").first.evaluate("control => control.click()")
    page.locator("#sessions .item__pick").nth(0).check()
    page.locator("#bulk").get_by_role("button", name="Export").click()
    choose(page, "json")
    with zipfile.ZipFile(content_of(fetched(page))) as archive:
        assert "manifest.json" in archive.namelist()


def test_the_list_gives_a_link_that_opens_without_an_account(chat: Chat, new_page: NewPage) -> None:
    page = chat.page
    chat.say("/export json")
    dialog(page)
    fetched(page)
    page.goto("/exports/")
    card = page.locator(".job").first
    card.get_by_role("button", name="Make a link").click()
    address = card.locator(".export__address pre").inner_text()
    stranger = new_page(storage_state=None, accept_downloads=True)
    stranger.goto(address)
    expect(stranger.locator("h1")).to_contain_text(".json")
    with stranger.expect_download(timeout=SOON):
        stranger.get_by_role("link", name="Download").click()
    card.get_by_role("button", name="Revoke the link").click()
    expect(card.get_by_role("button", name="Make a link")).to_be_visible()
    expect(page.locator(".job", has_text=address)).to_have_count(0)
    before = page.locator(".job").count()  # others' tours leave theirs
    card.get_by_role("button", name="Remove").click()
    expect(page.locator(".job")).to_have_count(before - 1)
