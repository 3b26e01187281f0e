"""A file is chosen or dropped, sent with its progress, and looked after till its conversations are there.

Proves F1.
"""

from __future__ import annotations

import base64
import json
import re

import pytest
from playwright.sync_api import FilePayload, Locator, Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.chat.importing.exports import gpt, gpt_message, gpt_talk, packed

pytestmark = pytest.mark.browser
CIRCLE = gpt({"a": ("a", gpt_message("user", "Round"))}, title="A circle", conversation_id="circle")
DROP = """(place, [name, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name));
  for (const kind of ["dragover", "drop"])
    place.dispatchEvent(new DragEvent(kind, { bubbles: true, cancelable: true, dataTransfer: transfer }));
}"""
# A machine with other work may take a while for what is a second's.
SOON = 30_000


def export_of(*titles: str) -> bytes:
    talks = [gpt_talk("How high?", "Four metres.", key=title, title=title) for title in titles]
    return packed({"conversations.json": [*talks, CIRCLE]})


@pytest.fixture
def page(new_page: NewPage) -> Page:
    page = new_page()
    page.goto("/imports/")
    return page


def choose(page: Page, name: str, data: bytes) -> Locator:
    """The card of the import."""
    payload: FilePayload = {"name": name, "mimeType": "application/octet-stream", "buffer": data}
    page.set_input_files("#import-file", files=[payload])
    return page.locator(".job", has_text=name)


def test_what_came_in_is_told_and_its_report_leads_to_it(page: Page) -> None:
    card = choose(page, "harbour.zip", export_of("Tides of the quay"))
    expect(page.locator("#announcer")).to_have_text(re.compile("The file is sent"))
    expect(card).to_contain_text("One conversation came in, one failed", timeout=SOON)
    card.get_by_role("link", name="harbour.zip").click()
    expect(page.locator(".report__item").first).to_contain_text("answer each other in a circle")
    page.locator("#pane").get_by_role("link", name="Tides of the quay").click()
    expect(Chat(page).messages).to_have_count(2)
    expect(Chat(page).last).to_contain_text("Four metres.")


def test_what_is_dropped_is_taken_and_what_is_no_export_says_so(page: Page) -> None:
    letter = base64.b64encode(b"Dear diary").decode()
    page.locator(".import-drop").evaluate(DROP, ["letter.txt", letter])
    card = page.locator(".job", has_text="letter.txt")
    expect(card).to_contain_text("This is no JSON at all.", timeout=SOON)
    card.get_by_role("button", name="Take letter.txt off the list").click()
    expect(card).to_have_count(0)


def test_what_is_too_large_is_not_even_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.method))
    page.locator("[data-import]").evaluate("form => form.dataset.maxBytes = 3")
    choose(page, "large.zip", export_of("Too much"))
    expect(page.locator("#import-error")).to_have_text(re.compile("too large"))
    assert "POST" not in sent


def test_sending_is_cancelled_and_begun_again(page: Page) -> None:
    waiting: list[Route] = []
    page.route("**/imports/", lambda route: waiting.append(route))
    choose(page, "late.zip", export_of("A late one"))
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator("#import-sending")).to_be_hidden()
    page.unroute("**/imports/")
    card = choose(page, "late.zip", export_of("A late one"))
    expect(card).to_contain_text("One conversation came in", timeout=SOON)


def test_a_report_that_is_watched_is_whole_when_the_import_has_ended(page: Page) -> None:
    """It is opened while the import goes on, and cancelled there."""
    talks = [gpt_talk(*["word " * 50] * 40, key=f"t{n}", title=f"Long talk {n}") for n in range(400)]
    card = choose(page, "long.json", json.dumps(talks).encode())
    expect(card).to_contain_text("so far", timeout=SOON)
    card.get_by_role("link", name="long.json").click(timeout=SOON)
    page.get_by_role("button", name="Cancel").click()
    expect(page.locator(".job")).to_contain_text("Cancelled.", timeout=SOON)
    expect(page.locator(".report")).to_have_count(1)
    page.get_by_role("button", name="Take long.json off the list").click()
    page.wait_for_url("**/imports/")
    expect(page.locator(".job", has_text="long.json")).to_have_count(0)
