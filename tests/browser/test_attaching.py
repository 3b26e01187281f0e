"""Files come by button, by drop and by paste; each shows how it goes, and none is lost for another.

Proves B3.
"""

from __future__ import annotations

import base64
import re
import struct
import zlib

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat, first_of
from tests.chat.extracting import making

pytestmark = pytest.mark.browser
TAKE = """(element, [kind, name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
  const transfer = new DataTransfer();
  transfer.items.add(new File([bytes], name, { type }));
  const init = { bubbles: true, cancelable: true };
  const event = kind === "paste"
    ? new ClipboardEvent("paste", { ...init, clipboardData: transfer })
    : new DragEvent(kind, { ...init, dataTransfer: transfer });
  element.dispatchEvent(event);
  return !document.getElementById("drop").hidden;
}"""
PASTE_TEXT = """(element, text) => {
  const transfer = new DataTransfer();
  transfer.setData("text/plain", text);
  const init = { bubbles: true, cancelable: true, clipboardData: transfer };
  element.dispatchEvent(new ClipboardEvent("paste", init));
}"""


def png(width: int = 40, height: int = 30) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + b"\x20\x80\x90" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def take(page: Page, where: str, kind: str, name: str, mime: str, data: bytes) -> bool:
    """Whether the place to drop files is on show then."""
    return bool(page.locator(where).evaluate(TAKE, [kind, name, mime, base64.b64encode(data).decode()]))


def text_file(name: str, data: bytes = b"Notes") -> FilePayload:
    return FilePayload(name=name, mimeType="text/plain", buffer=data)


def attach(page: Page, *files: FilePayload) -> None:
    page.set_input_files("[data-attach]", files)


def test_files_are_attached_removed_and_sent(chat: Chat) -> None:
    chat.page.goto("/")
    attach(chat.page, text_file("notes.txt"), text_file("more.txt"), text_file("last.txt"))
    chips = chat.page.locator("#chips [data-chip]")
    expect(chips).to_have_count(3)
    chat.page.get_by_label("Remove notes.txt").click()
    expect(chips).to_have_count(2)
    expect(chat.page.locator("#chips .chip__remove").first).to_be_focused()
    chat.say("Read this")
    chat.page.wait_for_url("**/chat/*/")
    expect(chat.messages.first.locator(".chip__name")).to_have_text(["more.txt", "last.txt"])
    expect(chat.page.locator("#chips .chip")).to_have_count(0)


def test_a_chip_tells_what_was_read_and_what_the_model_cannot_take(chat: Chat) -> None:
    """The upload's answer says it, and what is read later is asked for; another model is asked about anew."""
    page = chat.page
    page.goto("/")
    document = FilePayload(name="a.pdf", mimeType="application/pdf", buffer=making.pdf("One", "Two"))
    attach(page, document, FilePayload(name="a.png", mimeType="image/png", buffer=png()))
    chips = page.locator("#chips [data-chip]")
    expect(chips.nth(0)).to_contain_text("2 pages")
    expect(chips.nth(1)).to_contain_text("does not see pictures")
    with page.expect_response(re.compile("/state/")):
        page.locator("#composer-model").dispatch_event("change")
    expect(chips.nth(1)).to_contain_text("does not see pictures")
    page.get_by_role("link", name="What models read of a.pdf").click()
    expect(page.locator("#dialog .extract__text")).to_contain_text("## Page 2")
    page.keyboard.press("Escape")
    chat.say("Read this")
    page.wait_for_url("**/chat/*/")
    chat.messages.first.get_by_role("link", name="What models read of a.pdf").click()
    expect(page.locator("#dialog .extract__text")).to_contain_text("One")


def test_a_file_can_be_dropped_anywhere(chat: Chat) -> None:
    chat.page.goto("/")
    assert take(chat.page, ".sidebar", "dragover", "a.png", "image/png", png())
    take(chat.page, ".sidebar", "drop", "a.png", "image/png", png())
    expect(chat.page.locator("#drop")).to_be_hidden()
    picture = chat.page.locator("#chips [data-chip] img")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("naturalWidth", 40)
    with chat.page.expect_response(re.compile("/remove/$")):
        chat.page.get_by_label("Remove a.png").click()


def test_the_place_to_drop_goes_when_the_drag_ends_elsewhere(chat: Chat) -> None:
    chat.page.goto("/")
    assert take(chat.page, ".sidebar", "dragover", "a.png", "image/png", png())
    expect(chat.page.locator("#drop")).to_be_hidden()


def test_a_pasted_picture_is_attached_and_seen_in_the_message(chat: Chat) -> None:
    chat.page.goto("/")
    take(chat.page, "#composer-text", "paste", "image.png", "image/png", png())
    expect(chat.page.locator("#chips [data-chip]")).to_have_count(1)
    expect(chat.page.get_by_label("Send", exact=True)).to_be_enabled()
    chat.text.press("Enter")
    chat.page.wait_for_url("**/chat/*/")
    shown = chat.messages.first.get_by_role("img", name="image.png")
    expect(shown).to_be_visible()
    expect(shown).to_have_js_property("naturalWidth", 40)


def test_a_long_paste_becomes_a_file_that_can_be_put_back(chat: Chat) -> None:
    chat.page.goto("/")
    long = "ocean " * 1000
    chat.text.evaluate(PASTE_TEXT, long)
    chip = chat.page.locator("#chips [data-chip]")
    expect(chip).to_contain_text("Pasted text.txt")
    expect(chat.text).to_have_value("")
    chip.get_by_label("Put the text of Pasted text.txt into the message").click()
    expect(chat.text).to_have_value(long)
    expect(chip).to_have_count(0)
    chat.text.fill("")


def test_a_file_that_is_refused_says_why_and_the_others_stay(new_page: NewPage) -> None:
    chat = Chat(new_page(noisy=True))  # Chromium notes each refusal
    page = chat.page
    page.goto("/")
    chat.text.fill("Words")
    attach(page, text_file("good.txt"), text_file("bad.bin", b"\x00\x01\x02"), text_file("empty.txt", b""))
    expect(page.locator("#chips [data-chip]")).to_have_count(1)
    refused = page.locator("#chips .chip--refused")
    expect(refused).to_have_count(2)
    expect(refused.filter(has_text="bad.bin")).to_contain_text("is no image, PDF")
    expect(refused.filter(has_text="empty.txt")).to_contain_text("The file is empty")
    expect(chat.text).to_have_value("Words")
    refused.first.get_by_role("button", name="Do not attach").click()
    expect(refused).to_have_count(1)
    chat.text.press("Enter")
    page.wait_for_url("**/chat/*/")
    expect(chat.messages.first.locator(".chip__name")).to_have_text(["good.txt"])


def test_a_file_that_is_too_large_is_not_even_sent(chat: Chat) -> None:
    chat.page.goto("/")
    limit = int(chat.page.locator("[data-attach]").get_attribute("data-max-bytes") or 0)
    chat.page.locator("[data-attach]").evaluate("input => { input.dataset.maxBytes = '10'; }")
    attach(chat.page, text_file("long.txt", b"x" * 11))
    assert limit == 20 * 1024 * 1024
    expect(chat.page.locator("#chips .chip--refused")).to_contain_text("may have up to 20")


def test_a_file_on_its_way_shows_it_and_can_be_given_up(chat: Chat) -> None:
    page = chat.page
    page.goto("/")
    page.route(re.compile("/files/$"), lambda route: None)  # it never arrives
    attach(page, text_file("slow.txt"))
    chip = page.locator("#chips .chip--upload")
    expect(chip.get_by_role("progressbar", name="Uploading slow.txt")).to_be_visible()
    chip.get_by_label("Do not attach slow.txt").click()
    expect(chip).to_have_count(0)
    expect(chat.text).to_be_focused()
    expect(page.get_by_label("Send", exact=True)).to_be_disabled()


def test_a_message_waits_for_its_files(chat: Chat) -> None:
    page = chat.page
    page.goto("/")
    held: list[Route] = []
    page.route(re.compile("/files/$"), lambda route: held.append(route))
    attach(page, text_file("slow.txt"))
    expect(page.locator("#chips .chip--upload")).to_have_count(1)
    chat.say("Read this")
    expect(page.locator("#composer-note")).to_contain_text("when the files are there")
    expect(page).to_have_url(re.compile("/$"))
    first_of(held, page).continue_()
    page.wait_for_url("**/chat/*/")
    expect(chat.messages.first.locator(".chip__name")).to_have_text(["slow.txt"])


def test_a_file_that_could_not_be_sent_is_sent_again(new_page: NewPage) -> None:
    chat = Chat(new_page(noisy=True))
    page = chat.page
    page.goto("/")
    page.route(re.compile("/files/$"), lambda route: route.abort())
    attach(page, text_file("notes.txt"))
    expect(page.locator("#chips .chip--refused")).to_contain_text("cannot be reached")
    chat.say("Read this")
    page.wait_for_url("**/chat/*/")  # what is refused holds nothing up
    page.goto("/")
    attach(page, text_file("notes.txt"))
    expect(page.locator("#chips .chip--refused")).to_have_count(1)
    page.unroute(re.compile("/files/$"))
    page.get_by_label("Try to attach notes.txt again").click()
    expect(page.locator("#chips [data-chip]")).to_have_count(1)


def test_attached_files_outlive_a_reload(chat: Chat) -> None:
    chat.begin("Hello")
    with chat.page.expect_response(re.compile("/draft/$")):
        attach(chat.page, text_file("notes.txt"))
    chat.page.reload()
    expect(chat.page.locator("#chips [data-chip]")).to_contain_text("notes.txt")
    chat.expect_ended()
    chat.text.press("Enter")
    expect(chat.messages).to_have_count(4)
    chat.page.reload()
    expect(chat.page.locator("#chips .chip")).to_have_count(0)
