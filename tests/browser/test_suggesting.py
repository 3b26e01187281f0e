"""What a model suggests: a title from the menu, tags in their dialog, questions below the last reply.

Proves A7.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
FOLLOWED = """
from chat.models import Message, Session
session = Session.objects.order_by("-created_at")[0]
last = Message.objects.filter(session=session).order_by("-depth")[0]
session.follow_ups = {"message_id": str(last.pk), "questions": ["How <b>old</b> is it?", "Who built it?"]}
session.save(update_fields=["follow_ups"])
"""


def test_a_title_comes_into_the_dialog_and_is_saved_by_the_person(chat: Chat) -> None:
    page = chat.page
    chat.begin("Where is the harbour?", model="echo")
    chat.expect_ended()
    page.locator("[popovertarget=session-menu]").click()
    page.locator("[data-action=suggest-title]").click()
    name = page.locator("#rename-name")
    expect(name).to_have_value("Title for this conversation")
    expect(page.locator(".title")).to_have_value("Where is the...")
    name.press("Enter")
    expect(page.locator("#dialog")).to_be_hidden()
    expect(page.locator(".title")).to_have_value("Title for this conversation")


def test_tags_are_there_to_be_ticked(chat: Chat) -> None:
    page = chat.page
    chat.begin("Where is the harbour?", model="echo")
    chat.expect_ended()
    page.locator("[popovertarget=session-menu]").click()
    page.locator("#session-menu [data-action=tags]").click()
    page.locator("#suggest-tags button").click()
    tag = page.locator(".pick--suggested").first
    expect(tag).to_contain_text("new")
    tag.click()
    page.locator("#dialog .button--main").click()
    expect(page.locator("#title .tag")).to_have_count(1)


def test_a_question_goes_into_the_text_box_and_all_go_with_what_is_sent(chat: Chat, site: Parley) -> None:
    page = chat.page
    chat.begin("Where is the harbour?", model="n20-r100")
    chat.expect_ended()
    site.manage("shell", "-v0", "-c", FOLLOWED)
    page.reload()
    questions = page.locator("#follow-ups a")
    expect(questions).to_have_count(2)
    chat.text.fill("Tell me:")
    questions.first.click()
    expect(chat.text).to_have_value("Tell me:\n\nHow <b>old</b> is it?")
    expect(chat.text).to_be_focused()
    expect(chat.messages).to_have_count(2)
    chat.text.press("Enter")
    expect(chat.messages).to_have_count(4)
    expect(questions).to_have_count(0)
