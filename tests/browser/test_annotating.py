"""Reactions, notes on what one selects, and reports: by mouse, keyboard and touch.

Proves B4.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat, first_of

pytestmark = pytest.mark.browser
# Selects words of the last message, as dragging over them does.
SELECT = """(body, words) => {
  const walker = document.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode() && !walker.currentNode.data.includes(words));
  const at = walker.currentNode.data.indexOf(words);
  getSelection().setBaseAndExtent(walker.currentNode, at, walker.currentNode, at + words.length);
}"""
# In the next frame, in which they are painted.
HIGHLIGHTED = """name => new Promise((done) => requestAnimationFrame(() =>
  done([...(CSS.highlights.get(name) ?? [])].map((range) => range.toString()))))"""
BOXES = """() => new Promise((done) => requestAnimationFrame(() => done(
  [...document.querySelectorAll('#messages .note')].map((one) => one.getBoundingClientRect().toJSON()))))"""


@pytest.fixture
def talk(chat: Chat) -> Chat:
    chat.begin("Count to twenty")
    chat.expect_ended()
    return chat


def select(chat: Chat, words: str) -> None:
    chat.last.locator(".message__body").evaluate(SELECT, words)


def note(chat: Chat, words: str, body: str) -> Locator:
    select(chat, words)
    chat.page.locator("#mark-selection").click()
    chat.page.get_by_label("Your note").fill(body)
    chat.page.get_by_role("button", name="Save", exact=True).click()
    expect(chat.page.locator("#dialog")).to_be_hidden()
    made = chat.last.locator(".note", has_text=body)
    expect(made).to_be_visible()
    return made


def press(chat: Chat, action: str) -> None:
    """One of the last message's own controls, or of its menu."""
    chat.last.hover()
    place = chat.last.locator(".foot") if action == "react" else chat.menu()
    place.locator(f"[data-action='{action}']").click()


def highlighted(page: Page, name: str = "note") -> list[str]:
    found: list[str] = page.evaluate(HIGHLIGHTED, name)
    return found


def test_enter_among_the_emojis_waits_for_the_answer_to_what_was_typed(talk: Chat) -> None:
    page = talk.page
    held: list[Route] = []
    page.route("**/emojis/?q=rocket*", lambda route: held.append(route), times=1)
    control = talk.last.locator(".foot [data-action='react']")
    control.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#emojis .emoji").first).to_be_visible()
    page.keyboard.insert_text("rocket")
    page.keyboard.press("Enter")
    asked = first_of(held, page)
    expect(page.locator("#emoji-picker")).to_be_visible()
    asked.continue_()
    expect(talk.last.locator(".reactions [data-emoji]")).to_contain_text("🚀")


def test_an_emoji_is_searched_given_and_taken_back_by_keyboard(talk: Chat) -> None:
    control = talk.last.locator(".foot [data-action='react']")
    control.focus()
    talk.page.keyboard.press("Enter")
    field = talk.page.locator("#emoji-picker input")
    expect(field).to_be_focused()
    expect(talk.page.locator("#emoji-picker .emoji").first).to_be_visible()
    talk.page.keyboard.type("sailb")
    expect(talk.page.locator("#emoji-picker .emoji")).to_have_count(1)
    talk.page.keyboard.press("Enter")
    chip = talk.last.get_by_label("⛵ 1, you")
    expect(chip).to_have_attribute("aria-pressed", "true")
    expect(talk.page.locator("#emoji-picker")).to_be_hidden()
    expect(control).to_be_focused()
    chip.focus()
    talk.page.keyboard.press("Enter")
    expect(chip).to_have_count(0)


def test_arrows_walk_the_emojis(talk: Chat) -> None:
    press(talk, "react")
    emojis = talk.page.locator("#emoji-picker .emoji")
    expect(emojis).to_have_count(24)
    for key, at in (("ArrowDown", 0), ("ArrowRight", 1), ("ArrowDown", 9), ("ArrowLeft", 8)):
        talk.page.keyboard.press(key)
        expect(emojis.nth(at)).to_be_focused()
    talk.page.keyboard.press("Enter")
    expect(talk.last.locator(".reaction[aria-pressed='true']")).to_have_attribute("data-emoji", "🔥")


def test_another_window_sees_a_reaction_and_a_note_at_once(talk: Chat, new_page: NewPage) -> None:
    other = Chat(new_page())
    other.page.goto(talk.page.url)
    expect(other.messages).to_have_count(2)
    text = other.last.locator(".message__body").element_handle()
    press(talk, "react")
    talk.page.locator("#emoji-picker .emoji").first.click()
    expect(other.last.locator(".reaction[data-emoji]")).to_have_text("👍1")
    note(talk, "t3 t4", "Four comes after three.")
    expect(other.last.locator(".note")).to_contain_text("Four comes after three.")
    assert highlighted(other.page) == ["t3 t4"]
    assert text is not None
    assert text.evaluate("body => body.isConnected")  # the message itself was not drawn anew


def test_a_passage_is_highlighted_and_the_text_left_alone(talk: Chat) -> None:
    body = talk.last.locator(".message__body")
    before = body.inner_html()
    note(talk, "t3 t4", "Four comes after three.")
    assert highlighted(talk.page) == ["t3 t4"]
    assert body.inner_html() == before
    talk.page.reload()
    expect(talk.last.locator(".note")).to_be_visible()
    assert highlighted(talk.page) == ["t3 t4"]


def test_a_passage_is_found_again_when_its_message_is_changed_elsewhere(
    chat: Chat, new_page: NewPage
) -> None:
    chat.begin("Hello brave world")
    chat.expect_ended()
    chat.messages.first.locator(".message__body").evaluate(SELECT, "brave")
    chat.page.locator("#mark-selection").click()
    chat.page.get_by_label("Your note").fill("Is it?")
    chat.page.get_by_role("button", name="Save", exact=True).click()
    expect(chat.messages.first.locator(".note")).to_be_visible()
    other = Chat(new_page())
    other.page.goto(chat.page.url)
    other.action("Edit", other.messages.first)
    other.page.locator(".editor textarea").fill("Oh, hello brave world")
    other.page.get_by_role("button", name="Save", exact=True).click()
    expect(chat.messages.first).to_contain_text("Oh, hello brave world")
    assert highlighted(chat.page) == ["brave"]


def test_a_note_stands_beside_its_passage_and_covers_no_other(talk: Chat) -> None:
    for words in ("t1 ", "t2 ", "t3 "):
        note(talk, words, f"About {words}")
    body = talk.last.locator(".message__body").bounding_box()
    boxes = talk.page.evaluate(BOXES)
    assert body is not None
    for above, below in zip(boxes, boxes[1:], strict=False):
        assert above["x"] >= body["x"] + body["width"]
        assert above["y"] + above["height"] <= below["y"]
    assert talk.page.locator("#scroller").evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_note_and_passage_show_each_other(talk: Chat) -> None:
    made = note(talk, "t3 t4", "Four comes after three.")
    talk.text.hover()
    assert highlighted(talk.page, "note-active") == []
    made.hover()
    assert highlighted(talk.page, "note-active") == ["t3 t4"]
    talk.text.hover()
    x, y = talk.page.evaluate(
        "(() => { const box = [...CSS.highlights.get('note')][0].getBoundingClientRect();"
        " return [box.x + 4, box.y + 6] })()"
    )
    talk.page.mouse.move(x, y)
    expect(made).to_have_attribute("data-active", "")
    talk.text.focus()
    made.locator("[data-passage]").focus()
    assert highlighted(talk.page, "note-active") == ["t3 t4"]


def test_the_keyboard_notes_what_is_selected(talk: Chat) -> None:
    select(talk, "t5 t6")
    expect(talk.page.locator("#mark-selection")).to_be_visible()
    talk.last.get_by_label("More actions").press("Enter")
    talk.page.locator("#message-menu [data-action='annotate']").press("Enter")
    expect(talk.page.get_by_label("Your note")).to_be_focused()
    expect(talk.page.locator("[data-quote-shown]")).to_have_text("t5 t6")
    talk.page.keyboard.type("By keyboard.")
    talk.page.keyboard.press("Tab")
    talk.page.keyboard.press("Enter")
    expect(talk.last.locator(".note")).to_contain_text("By keyboard.")
    assert highlighted(talk.page) == ["t5 t6"]


def test_a_note_can_be_on_the_whole_message(talk: Chat) -> None:
    press(talk, "annotate")
    expect(talk.page.locator("[data-quote-shown]")).to_be_hidden()
    talk.page.get_by_label("Your note").fill("All of it.")
    talk.page.get_by_role("button", name="Save", exact=True).click()
    expect(talk.last.locator(".note")).to_contain_text("All of it.")
    assert highlighted(talk.page) == []


def test_a_note_is_edited_deleted_and_brought_back(talk: Chat) -> None:
    made = note(talk, "t3 t4", "First thought.")
    made.hover()
    made.get_by_label("Edit this note").click()
    field = talk.page.get_by_label("Your note")
    expect(field).to_have_value("First thought.")
    field.fill("Second thought.")
    talk.page.get_by_role("button", name="Save", exact=True).click()
    made = talk.last.locator(".note", has_text="Second thought.")
    expect(made).to_contain_text("edited")
    made.hover()
    made.get_by_label("Delete this note").click()
    expect(talk.last.locator(".note")).to_have_count(0)
    assert highlighted(talk.page) == []
    talk.toast().get_by_text("Undo").click()
    expect(talk.last.locator(".note")).to_contain_text("Second thought.")


def test_what_was_typed_outlives_a_failure_and_a_closed_dialog(new_page: NewPage) -> None:
    chat = Chat(new_page(noisy=True))
    chat.begin("Count to twenty")
    chat.expect_ended()
    press(chat, "annotate")
    chat.page.get_by_label("Your note").fill("Do not lose me.")
    chat.page.context.set_offline(True)
    chat.page.get_by_role("button", name="Save", exact=True).click()
    expect(chat.toast()).to_contain_text("cannot be reached")
    expect(chat.page.get_by_label("Your note")).to_have_value("Do not lose me.")
    chat.page.keyboard.press("Escape")
    chat.page.context.set_offline(False)
    chat.page.reload()
    press(chat, "annotate")
    expect(chat.page.get_by_label("Your note")).to_have_value("Do not lose me.")
    chat.page.get_by_role("button", name="Save", exact=True).click()
    expect(chat.last.locator(".note")).to_contain_text("Do not lose me.")
    press(chat, "annotate")
    expect(chat.page.get_by_label("Your note")).to_have_value("")


def test_a_passage_that_was_edited_away_is_said_to_be_gone(talk: Chat) -> None:
    note(talk, "t3 t4", "Four comes after three.")
    talk.action("Edit")
    talk.last.locator("textarea").fill("Something else.")
    talk.last.get_by_role("button", name="Save", exact=True).click()
    expect(talk.last.locator(".note")).to_contain_text("no longer in the message")
    expect(talk.last.locator(".note")).to_contain_text("t3 t4")
    assert highlighted(talk.page) == []


def test_on_a_phone_notes_stand_under_the_message(new_page: NewPage) -> None:
    chat = Chat(new_page(width=390, height=844, has_touch=True, is_mobile=True))
    chat.begin("Count to twenty")
    chat.expect_ended()
    select(chat, "t3 t4")
    button = chat.page.locator("#mark-selection")
    expect(button).to_be_visible()
    button.tap()
    chat.page.get_by_label("Your note").fill("By hand.")
    chat.page.get_by_role("button", name="Save", exact=True).tap()
    made = chat.last.locator(".note")
    expect(made).to_contain_text("By hand.")
    assert made.evaluate("note => getComputedStyle(note).position") == "static"
    assert highlighted(chat.page) == ["t3 t4"]
    assert chat.page.evaluate("document.scrollingElement.scrollWidth - innerWidth") <= 0


def test_hostile_notes_are_words(new_page: NewPage) -> None:
    page = new_page()
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    chat = Chat(page)
    chat.begin("Count to twenty")
    chat.expect_ended()
    for words in (
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "\"'><svg onload=alert(1)>",
        "{{ 7*7 }} [x](javascript:alert(1))",
    ):
        note(chat, "t3 t4", words)
        expect(chat.last.locator(".note__body").last).to_have_text(words)
    page.reload()
    expect(chat.last.locator(".note")).to_have_count(4)
    assert chat.last.locator(".note :is(script, img, svg[onload], a[href^=javascript])").count() == 0
    assert dialogs == []


def test_a_report_is_confirmed_and_a_second_one_said_to_be_so(talk: Chat) -> None:
    press(talk, "report")
    talk.page.get_by_label("It reveals something private").check()
    talk.page.get_by_label("More about it").fill("My address.")
    talk.page.get_by_role("button", name="Send the report").click()
    expect(talk.toast()).to_contain_text("Thank you")
    expect(talk.page.locator("#dialog")).to_be_hidden()
    press(talk, "report")
    expect(talk.page.locator("#dialog")).to_contain_text("You reported this message before.")
