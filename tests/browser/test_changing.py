"""Editing, answering again, deleting, clearing; and all of it back.

Proves A4, A6 and B24.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat

pytestmark = pytest.mark.browser


@pytest.fixture
def talk(chat: Chat) -> Chat:
    """A question with its answer."""
    chat.begin("Count to twenty")
    chat.expect_status("complete")
    return chat


def test_answering_again_keeps_the_earlier_reply(talk: Chat) -> None:
    talk.action("Answer again")
    expect(talk.last).to_contain_text("2/2")
    talk.expect_status("complete")
    talk.action("Previous alternative")
    expect(talk.last).to_contain_text("1/2")
    talk.page.reload()
    expect(talk.last).to_contain_text("1/2")


def test_an_edited_question_is_answered_anew(talk: Chat) -> None:
    question = talk.messages.first
    talk.action("Edit", question)
    question.locator("textarea").fill("Count once more")
    question.get_by_text("Save & send again").click()
    expect(question).to_contain_text("Count once more")
    expect(question).to_contain_text("2/2")
    talk.expect_status("complete")
    expect(talk.messages).to_have_count(2)
    talk.action("Previous alternative", question)
    expect(question).to_contain_text("Count to twenty")


def test_an_edit_can_be_given_up(talk: Chat) -> None:
    talk.action("Edit")
    expect(talk.last.locator("textarea")).to_be_focused()
    talk.last.get_by_text("Cancel").click()
    expect(talk.last.locator("textarea")).to_have_count(0)
    talk.expect_words("t19")


def test_a_saved_edit_is_marked(talk: Chat) -> None:
    talk.action("Edit")
    talk.last.locator("textarea").fill("Something *else*")
    talk.last.get_by_role("button", name="Save", exact=True).click()
    expect(talk.last.locator("em")).to_have_text("else")
    expect(talk.last.locator(".edited")).to_be_visible()


def test_a_refused_edit_keeps_the_text(new_page: NewPage) -> None:
    talk = Chat(new_page(noisy=True))
    talk.begin("Count to twenty")
    question = talk.messages.first
    talk.expect_status("complete")
    talk.action("Edit", question)
    question.locator("textarea").fill("   ")
    question.get_by_role("button", name="Save", exact=True).click()
    expect(question.locator(".refusal")).to_contain_text("nothing in this message")
    expect(question.locator("textarea")).to_have_value("   ")


def test_a_deleted_message_comes_back(talk: Chat) -> None:
    talk.action("Delete")
    expect(talk.messages).to_have_count(1)
    talk.toast().get_by_text("Undo").click()
    expect(talk.messages).to_have_count(2)
    talk.expect_words("t19")
    expect(talk.toast()).to_have_count(0)


def test_clearing_asks_first_and_can_be_undone(talk: Chat) -> None:
    talk.page.locator("#header").get_by_label("More").click()
    talk.page.locator("#session-menu").get_by_text("Clear messages").click()
    talk.page.locator("#confirm").get_by_text("Cancel").click()
    expect(talk.messages).to_have_count(2)
    talk.page.locator("#header").get_by_label("More").click()
    talk.page.locator("#session-menu").get_by_text("Clear messages").click()
    talk.page.locator("#confirm-yes").click()
    expect(talk.messages).to_have_count(0)
    talk.toast().get_by_text("Undo").click()
    expect(talk.messages).to_have_count(2)


def test_a_deleted_conversation_comes_back(talk: Chat) -> None:
    url = talk.page.url
    item = talk.page.locator("#sessions .item").first
    item.hover()
    item.locator("button").click()
    talk.page.locator("#item-menu").get_by_text("Delete").click()
    talk.page.locator("#confirm-yes").click()
    expect(talk.page.locator(".welcome")).to_be_visible()
    expect(talk.page.locator(f"#sessions a[href='{url[url.index('/chat') :]}']")).to_have_count(0)
    talk.toast().get_by_text("Undo").click()
    talk.page.wait_for_url(url)
    expect(talk.messages).to_have_count(2)


def test_the_title_is_edited_where_it_stands(talk: Chat) -> None:
    title = talk.page.locator(".title")
    title.fill("Harbour lights")
    title.press("Enter")
    expect(talk.page).to_have_title("Harbour lights — Parley")
    expect(talk.page.locator("#sessions .item").first).to_contain_text("Harbour lights")
    title.fill("Something else")
    title.press("Escape")
    expect(title).to_have_value("Harbour lights")


def test_a_title_is_renamed_where_it_stands_in_the_list(talk: Chat) -> None:
    item = talk.page.locator("#sessions .item").first
    item.hover()
    item.locator("button").click()
    talk.page.locator("#item-menu").get_by_text("Rename").click()
    field = item.locator(".item__rename:not([data-done])")
    expect(field).to_be_focused()
    field.fill("By the sea")
    field.press("Enter")
    expect(talk.page).to_have_title("By the sea — Parley")
    expect(item.locator(".item__link")).to_be_focused()
    talk.page.keyboard.press("F2")
    field.fill("Something else")
    field.press("Escape")
    expect(item).to_contain_text("By the sea")


def test_settings_are_kept_and_bad_ones_told(talk: Chat) -> None:
    talk.page.get_by_label("Settings of this conversation").first.click()
    dialog = talk.page.locator("#session-settings")
    dialog.get_by_label("System prompt").fill("Be brief.")
    dialog.get_by_label("Temperature").fill("0.3")
    dialog.get_by_text("Save", exact=True).click()
    expect(dialog).to_be_hidden()
    expect(talk.toast()).to_contain_text("Settings saved.")
    talk.page.get_by_label("Settings of this conversation").first.click()
    dialog.get_by_label("Temperature").fill("0.4")
    dialog.get_by_text("Save", exact=True).click()
    expect(dialog).to_be_hidden()
    talk.page.reload()
    talk.page.get_by_label("Settings of this conversation").first.click()
    expect(dialog.get_by_label("System prompt")).to_have_value("Be brief.")
    expect(dialog.get_by_label("Temperature")).to_have_value("0.4")


def test_copying_takes_the_markdown(talk: Chat) -> None:
    talk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    talk.action("Copy as Markdown")
    expect(talk.page.locator("#announcer")).to_have_text("Copied")
    assert talk.page.evaluate("navigator.clipboard.readText()").startswith("t0 t1 t2")


def test_copying_code_takes_the_code_alone(chat: Chat) -> None:
    chat.begin("Show me", model="md150-r500")
    chat.expect_ended()
    chat.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    block = chat.last.locator("figure.code").first
    block.get_by_label("Copy code").click()
    expect(block.locator("[data-copied]")).to_have_accessible_name("Copy code")
    expect(chat.page.locator("#announcer")).to_have_text("Copied")
    assert chat.page.evaluate("navigator.clipboard.readText()").startswith("def section_")
