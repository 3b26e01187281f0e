"""Pictures that were sent open large, and one comes back to where one was."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driving import Chat
from tests.browser.test_attaching import png

pytestmark = pytest.mark.browser


@pytest.fixture
def gallery(chat: Chat) -> Chat:
    """A message with two pictures."""
    chat.page.goto("/")
    for name, width in (("first.png", 300), ("second.png", 500)):
        file = {"name": name, "mimeType": "image/png", "buffer": png(width, 200)}
        chat.page.locator("input[type=file]").first.set_input_files(files=[file])  # type: ignore[arg-type]
        expect(chat.page.locator("[name=attachment_ids]").last).to_be_attached()
    expect(chat.page.locator("[name=attachment_ids]")).to_have_count(2)
    chat.say("Look")
    chat.page.wait_for_url("**/chat/*/")
    expect(chat.page.locator("[data-lightbox]")).to_have_count(2)
    return chat


def test_a_picture_opens_large_with_its_neighbours_and_gives_the_focus_back(gallery: Chat) -> None:
    page = gallery.page
    page.locator("[data-lightbox]").first.click()
    box = page.locator("#lightbox")
    expect(box).to_have_accessible_name("first.png")
    expect(box.locator("img")).to_have_js_property("naturalWidth", 300)
    page.keyboard.press("ArrowRight")
    expect(box.locator("img")).to_have_js_property("naturalWidth", 500)
    expect(page.locator("#lightbox-place")).to_have_text("2 / 2")
    box.get_by_label("Zoom").click()
    expect(box.get_by_label("Zoom")).to_have_attribute("aria-pressed", "true")
    stage = box.locator(".lightbox__stage")
    assert stage.evaluate("stage => stage.scrollWidth > stage.clientWidth")
    box.get_by_label("Zoom").click()
    box.get_by_label("Next image").click()
    expect(box).to_have_accessible_name("first.png")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Escape")
    expect(box).to_be_hidden()
    expect(page.locator("[data-lightbox]").last).to_be_focused()
