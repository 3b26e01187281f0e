"""What can be done with a message: by mouse, by keyboard, by finger; and what its panels tell.

Proves A11 and B24.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat

pytestmark = pytest.mark.browser


@pytest.fixture
def talk(chat: Chat) -> Chat:
    """A question with its answer."""
    chat.begin("Count to twenty")
    chat.expect_status("complete")
    return chat


def dialog(chat: Chat) -> Locator:
    found = chat.page.locator("#dialog")
    expect(found).to_be_visible()
    return found


def focused(page: Page) -> Locator:
    return page.locator(":focus")


def test_one_menu_serves_all_messages_and_fits_each(talk: Chat) -> None:
    expect(talk.menu()).to_contain_text("What was sent")
    talk.page.keyboard.press("Escape")
    question = talk.messages.first
    question.hover()
    menu = talk.menu(question)
    expect(menu.get_by_text("What was sent")).to_be_hidden()
    expect(menu.get_by_text("Edit history")).to_be_hidden()
    expect(menu.get_by_text("Branch from here")).to_be_visible()
    assert talk.page.locator("[popover].menu--sheet").count() == 1


def test_the_toolbar_is_one_stop_and_the_arrows_go_through_it(talk: Chat) -> None:
    page = talk.page
    talk.last.get_by_label("Copy as Markdown").focus()
    page.keyboard.press("ArrowRight")
    expect(focused(page)).to_have_attribute("data-action", "regenerate")
    page.keyboard.press("End")
    expect(focused(page)).to_have_attribute("aria-label", "More actions")
    page.keyboard.press("ArrowRight")
    expect(focused(page)).to_have_attribute("data-action", "copy")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('[role=toolbar]')") is None


def test_the_menu_is_gone_through_by_keyboard_and_gives_the_focus_back(talk: Chat) -> None:
    page = talk.page
    more = talk.last.get_by_label("More actions")
    more.focus()
    page.keyboard.press("Enter")
    expect(focused(page)).to_have_attribute("data-action", "models")
    page.keyboard.press("ArrowDown")
    expect(focused(page)).to_have_attribute("data-action", "edit")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(focused(page)).to_have_attribute("data-action", "delete")
    page.keyboard.press("Escape")
    expect(more).to_be_focused()
    page.keyboard.press("Enter")
    expect(focused(page)).to_have_attribute("data-action", "models")
    talk.page.locator("#message-menu [data-action=sent]").press("Enter")
    expect(dialog(talk)).to_contain_text("1 message, as it was sent")
    page.keyboard.press("Escape")
    expect(more).to_be_focused()


def test_what_was_sent_can_be_read(talk: Chat) -> None:
    talk.action("What was sent")
    panel = dialog(talk)
    expect(panel).to_contain_text("n20-r100 · fake")
    panel.locator("summary").click()
    expect(panel.locator(".sent__text")).to_have_text("Count to twenty")


def test_a_branch_opens_and_leads_back(talk: Chat) -> None:
    url = talk.page.url
    question = talk.messages.first
    talk.action("Branch from here", question)
    expect(talk.messages).to_have_count(1)
    assert talk.page.url != url
    expect(talk.page.locator(".branched")).to_contain_text("Branched from Count to twenty")
    talk.page.get_by_role("link", name="Branched from").click()
    expect(talk.messages).to_have_count(2)


def test_a_link_to_a_message_can_be_copied(talk: Chat) -> None:
    talk.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    message = str(talk.last.get_attribute("data-message"))
    url = talk.page.url
    talk.action("Copy link")
    expect(talk.toast()).to_contain_text("Link copied.")
    assert talk.page.evaluate("navigator.clipboard.readText()") == f"{url}?at={message}#m-{message}"


def test_the_edit_history_shows_what_changed(talk: Chat) -> None:
    question = talk.messages.first
    talk.action("Edit", question)
    question.locator("textarea").fill("Count to thirty")
    question.get_by_role("button", name="Save", exact=True).click()
    question.locator(".edited").click()
    panel = dialog(talk)
    expect(panel.locator("del")).to_contain_text("twenty")
    expect(panel.locator("ins")).to_contain_text("thirty")


def test_another_model_is_found_and_answers(talk: Chat) -> None:
    talk.action("Answer with another model…")
    field = dialog(talk).get_by_label("Find a model")
    expect(field).to_be_focused()
    field.fill("no such thing")
    expect(dialog(talk)).to_contain_text("No model has that in its name.")
    field.fill("length")
    field.press("Enter")
    expect(talk.last).to_contain_text("2/2")
    talk.expect_status("complete")
    expect(talk.last.locator(".facts")).to_contain_text("length5")
    expect(talk.page.locator("#dialog")).to_be_hidden()


def test_alternatives_say_who_wrote_them_and_one_is_chosen(talk: Chat) -> None:
    talk.action("Answer again")
    expect(talk.last).to_contain_text("2/2")
    talk.expect_status("complete")
    talk.last.locator(".siblings__place").click()
    panel = dialog(talk)
    expect(panel.locator(".alternative")).to_have_count(2)
    expect(panel.locator(".alternative").first).to_contain_text("n20-r100 ·")
    panel.locator(".alternative").first.click()
    expect(talk.last).to_contain_text("1/2")
    expect(panel).to_be_hidden()


def test_walking_by_keyboard_keeps_the_focus(talk: Chat) -> None:
    talk.action("Answer again")
    expect(talk.last).to_contain_text("2/2")
    talk.expect_status("complete")
    talk.last.get_by_label("Previous alternative").press("Enter")
    expect(talk.last).to_contain_text("1/2")
    expect(talk.last.get_by_label("Next alternative")).to_be_focused()
    talk.page.keyboard.press("Enter")
    expect(talk.last).to_contain_text("2/2")


def test_what_one_edits_survives_a_failed_save_and_a_reload(new_page: NewPage) -> None:
    talk = Chat(new_page(noisy=True))
    talk.begin("Count to twenty")
    talk.expect_status("complete")
    question = talk.messages.first
    talk.action("Edit", question)
    question.locator("textarea").fill("Count to a hundred")
    talk.page.route(
        "**/edit/", lambda route: route.abort() if route.request.method == "POST" else route.continue_()
    )
    question.get_by_role("button", name="Save", exact=True).click()
    expect(talk.toast()).to_contain_text("cannot be reached")
    expect(question.locator("textarea")).to_have_value("Count to a hundred")
    talk.page.unroute("**/edit/")
    talk.page.reload()
    expect(question.locator("textarea")).to_have_value("Count to a hundred")
    expect(question.locator(".editor__restored")).to_be_visible()
    question.get_by_role("button", name="Save", exact=True).click()
    expect(question.locator(".message__body")).to_have_text("Count to a hundred")
    expect(question.get_by_label("More actions")).to_be_focused()
    talk.page.reload()
    expect(question.locator(".message__body")).to_have_text("Count to a hundred")


def test_what_somebody_saved_meanwhile_is_told_also_after_a_reload(new_page: NewPage) -> None:
    talk = Chat(new_page(noisy=True))
    talk.begin("Count to twenty")
    talk.expect_status("complete")
    question = talk.messages.first
    talk.action("Edit", question)
    form, text = question.locator("form.editor"), question.locator("textarea")
    text.fill("Count to a hundred")
    token = form.locator("[name=csrfmiddlewaretoken]").input_value()
    theirs: dict[str, str | float | bool] = {"csrfmiddlewaretoken": token, "content": "Count to thirty"}
    assert talk.page.request.post(form.get_attribute("action") or "", form=theirs).ok
    talk.page.reload()
    expect(text).to_have_value("Count to a hundred")
    question.get_by_role("button", name="Save", exact=True).click()
    expect(form.locator(".changed del")).to_contain_text("thirty")
    expect(text).to_have_value("Count to a hundred")
    question.get_by_role("button", name="Save", exact=True).click()
    expect(question.locator(".message__body")).to_have_text("Count to a hundred")


def test_escape_gives_up_an_edit_in_which_nothing_changed(talk: Chat) -> None:
    question = talk.messages.first
    talk.action("Edit", question)
    field = question.locator("textarea")
    field.fill("Something else")
    field.press("Escape")
    expect(field).to_have_value("Something else")
    field.fill("Count to twenty")
    field.press("Escape")
    expect(field).to_have_count(0)
    expect(question.get_by_label("More actions")).to_be_focused()


def test_a_failed_reply_offers_another_model(new_page: NewPage) -> None:
    talk = Chat(new_page(noisy=True))
    talk.begin("Fail", model="e500")
    talk.expect_status("error")
    talk.last.get_by_text("Use another model").click()
    dialog(talk).get_by_role("button", name="n20-r100 · fake").click()
    talk.expect_status("complete")


def test_a_reply_that_was_cut_short_can_go_on(chat: Chat) -> None:
    chat.begin("Go", model="length5")
    chat.expect_status("complete")
    chat.last.get_by_text("Continue").click()
    expect(chat.messages).to_have_count(4)
    chat.expect_status("complete")
    expect(chat.messages.nth(1).get_by_text("Continue")).to_be_hidden()


def hold(page: Page, place: Locator) -> None:
    """A finger rests on a place, and does not move."""
    place.evaluate(
        "e => e.dispatchEvent(new PointerEvent('pointerdown',"
        " {bubbles: true, pointerType: 'touch', isPrimary: true, clientX: 5, clientY: 5}))"
    )
    page.wait_for_timeout(700)


def test_a_long_press_opens_a_sheet_with_all_actions(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    talk = Chat(page)
    talk.begin("Count to twenty")
    talk.expect_status("complete")
    hold(page, talk.last.locator(".message__body"))
    menu = page.locator("#message-menu")
    expect(menu).to_be_visible()
    expect(menu.get_by_text("Copy as Markdown")).to_be_visible()
    menu.evaluate("sheet => Promise.all(sheet.getAnimations().map((one) => one.finished))")
    box = menu.bounding_box()
    assert box is not None
    assert (round(box["x"]), round(box["width"])) == (0, 390)
    assert round(box["y"] + box["height"]) == 844
    page.touchscreen.tap(200, 80)
    expect(menu).to_be_hidden()
    talk.last.get_by_label("More actions").tap()
    expect(menu).to_be_visible()


def test_a_long_press_on_text_selects_it_and_opens_nothing(new_page: NewPage) -> None:
    page = new_page(width=390, height=844, has_touch=True, is_mobile=True)
    talk = Chat(page)
    talk.begin("Count to twenty")
    talk.expect_status("complete")
    talk.last.locator("p").first.evaluate("e => getSelection().selectAllChildren(e)")
    hold(page, talk.last.locator(".message__body"))
    expect(page.locator("#message-menu")).to_be_hidden()
    assert page.evaluate("getSelection().toString()").startswith("t0 t1")


def test_an_entry_pressed_by_a_script_is_meant_for_the_last_reply(talk: Chat) -> None:
    talk.page.locator("#message-menu [data-action=sent]").evaluate("entry => entry.click()")
    expect(dialog(talk)).to_contain_text("1 message, as it was sent")
