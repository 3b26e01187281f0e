"""A question and its answer, as a person sees them.

Proves A3, A9, A10, A11 and C3.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import PASSWORD, NewPage, answer_late
from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
ANOTHER_BUBBLE = """
const bubble = [...document.querySelectorAll('.message')].at(-1).cloneNode(true);
bubble.querySelector('.message__body').innerHTML = '<p>t0</p>';
document.dispatchEvent(new CustomEvent('parley:frame', { detail: { html: bubble.outerHTML } }));
"""
READ_ANEW = re.compile(r"/chat/[0-9a-f-]{36}/(?:\?.*)?$")
WHOLE = "t0 t1 t2 t3 t4 t5 t6 t7 t8 t9 t10 t11 t12 t13 t14 t15 t16 t17 t18 t19"


def test_a_reply_streams_in_and_says_what_it_took(chat: Chat) -> None:
    chat.begin("Count to forty", model="n200-r25")
    chat.expect_words("t3 ")
    chat.expect_status("streaming")
    chat.expect_words("tokens/s", timeout=20_000)
    chat.expect_status("complete")
    assert chat.said() == " ".join(f"t{number}" for number in range(200))
    expect(chat.last).to_contain_text("first token")
    expect(chat.page).to_have_title("Count to forty — Parley")
    expect(chat.page.locator("#sessions .item").first).to_contain_text("Count to forty")


def test_markdown_that_streamed_is_as_the_page_shows_it_later(chat: Chat) -> None:
    chat.begin("Show me", model="md150-r50")
    chat.expect_words("Section 1")
    chat.expect_ended()
    streamed = chat.last.locator(".message__body").inner_html()
    chat.page.reload()
    assert chat.last.locator(".message__body").inner_html() == streamed


def test_what_one_has_selected_stays_selected_when_the_reply_ends(chat: Chat) -> None:
    chat.begin("Count", model="n40-r10")
    chat.expect_words("t9 ")
    chat.select_first_words()
    chat.expect_ended()
    assert chat.selected() == "t0 t1"
    streamed = chat.last.locator(".message__body").inner_html()
    chat.page.reload()
    assert chat.last.locator(".message__body").inner_html() == streamed


def test_a_message_that_is_changed_elsewhere_is_the_same_to_eye_and_hand(
    chat: Chat, new_page: NewPage
) -> None:
    chat.begin("Count")
    chat.expect_ended()
    question = chat.messages.first
    question.get_by_label("More actions").focus()
    chat.page.evaluate("globalThis.first = document.querySelector('.message__body > p')")
    elsewhere = Chat(new_page())
    elsewhere.page.goto(chat.page.url)
    elsewhere.action("Edit", elsewhere.messages.first)
    elsewhere.page.locator(".editor textarea").fill("Count to forty")
    elsewhere.page.get_by_role("button", name="Save", exact=True).click()
    expect(question).to_contain_text("Count to forty")
    expect(question.locator(".edited")).to_be_visible()
    expect(question.get_by_label("More actions")).to_be_focused()
    assert chat.page.evaluate("first.isConnected")


def test_a_bubble_that_did_not_come_by_the_stream_spoils_nothing(chat: Chat) -> None:
    chat.begin("Count", model="n200-r25")
    chat.expect_words("t20 ")
    chat.page.evaluate(ANOTHER_BUBBLE)
    chat.expect_words("t40 ")
    chat.expect_status("streaming")
    chat.expect_ended()
    assert chat.said() == " ".join(f"t{number}" for number in range(200))


def test_a_conversation_that_is_slowly_read_anew_is_read_once_and_ends_whole(chat: Chat) -> None:
    """Each word that comes meanwhile is for a text that the page does not have."""
    chat.begin("Count", model="n200-r25")
    chat.expect_words("t20 ")
    reads: list[str] = []
    chat.page.on("request", lambda request: reads.extend(READ_ANEW.findall(request.url)))
    answer_late(chat.page, 1500)
    chat.page.evaluate(ANOTHER_BUBBLE)
    chat.expect_words("t60 ")
    chat.expect_status("streaming")
    assert len(reads) == 1
    chat.page.evaluate(ANOTHER_BUBBLE)
    chat.expect_ended()
    assert chat.said() == " ".join(f"t{number}" for number in range(200))


def test_a_conversation_that_could_not_be_read_anew_is_read_again(new_page: NewPage) -> None:
    chat = Chat(new_page(noisy=True))
    chat.begin("Count", model="n200-r25")
    chat.expect_words("t20 ")
    chat.page.route(READ_ANEW, lambda route: route.abort(), times=1)
    chat.page.evaluate(ANOTHER_BUBBLE)
    chat.expect_ended()
    assert chat.said() == " ".join(f"t{number}" for number in range(200))


def test_a_reload_midway_shows_no_less_and_goes_on(chat: Chat) -> None:
    chat.begin("Count", model="n200-r50")
    chat.expect_words("t30 ")
    before = chat.said()
    chat.page.reload()
    assert chat.said().startswith(before[:100])
    assert len(chat.said()) >= len(before) - 1
    chat.expect_ended()
    assert chat.said() == " ".join(f"t{number}" for number in range(200))


def test_a_closed_tab_does_not_stop_the_reply(new_page: NewPage) -> None:
    first = Chat(new_page())
    first.begin("Count", model="n200-r50")
    first.expect_words("t5 ")
    url = first.page.url
    first.page.close()
    second = Chat(new_page())
    second.page.goto(url)
    second.expect_words("t199", timeout=15_000)


def test_another_window_sees_it_live(new_page: NewPage) -> None:
    here, there = Chat(new_page()), Chat(new_page())
    here.begin("Hello")
    here.expect_ended()
    there.page.goto(here.page.url)
    here.say("And once more")
    expect(there.messages).to_have_count(4)
    there.expect_words("t3")
    there.expect_ended()
    assert there.said() == WHOLE


def test_stopping_keeps_what_has_arrived(chat: Chat) -> None:
    chat.begin("Count", model="n900-r30")
    chat.expect_words("t10 ")
    chat.page.get_by_label("Stop the reply").click()
    chat.expect_status("stopped")
    chat.expect_words("You stopped this reply.")
    said = chat.said()
    assert "t10" in said
    assert "t899" not in said
    chat.page.reload()
    assert chat.said() == said
    expect(chat.page.get_by_label("Stop the reply")).to_be_hidden()


def test_a_message_sent_meanwhile_waits_its_turn(chat: Chat) -> None:
    chat.begin("Count", model="hang")
    chat.page.select_option("#composer-model", "fake::n20-r100")
    chat.say("And then?")
    expect(chat.messages).to_have_count(4)
    chat.expect_words("Queued")
    chat.page.get_by_label("Stop the reply").click()
    chat.expect_words("t19")
    chat.expect_ended()


def test_an_error_is_told_where_it_happened_and_can_be_tried_again(chat: Chat) -> None:
    chat.begin("Hello", model="e500")
    chat.expect_status("error")
    expect(chat.last.locator(".callout--error")).to_be_visible()
    chat.page.select_option("#composer-model", "fake::n20-r100")
    expect(chat.page.locator(".header__model")).to_have_text("n20-r100")
    chat.last.get_by_text("Try again").click()
    chat.expect_words("t19")
    chat.expect_ended()
    expect(chat.last).to_contain_text("2/2")


def test_a_cut_connection_keeps_the_text_and_says_so(chat: Chat) -> None:
    chat.begin("Hello", model="drop10")
    chat.expect_status("error")
    assert "t9" in chat.said()
    expect(chat.last.locator(".callout--error")).to_be_visible()


def test_a_reply_at_its_limit_says_so(chat: Chat) -> None:
    chat.begin("Hello", model="length5")
    chat.expect_words("token limit")


def test_thoughts_can_be_opened(chat: Chat) -> None:
    chat.begin("Hello", model="reason5")
    chat.expect_ended()
    thoughts = chat.last.locator(".thinking")
    expect(thoughts).to_have_count(1)
    thoughts.locator("summary").click()
    expect(thoughts.locator(".thinking__text")).to_be_visible()


def test_the_beginning_and_the_end_are_announced_but_no_token(chat: Chat) -> None:
    chat.begin("Hello", model="n900-r30")
    chat.page.get_by_label("Stop the reply").click()
    chat.expect_status("stopped")
    chat.page.select_option("#composer-model", "fake::n200-r25")
    chat.say("Count")
    announcer = chat.page.locator("#announcer")
    expect(announcer).to_have_text("Reply started")
    chat.expect_words("t20 ")
    expect(announcer).to_have_text("Reply started")
    chat.expect_ended()
    expect(announcer).to_have_text("Reply finished")


def test_a_starter_is_a_first_message(site: Parley, browser: Browser) -> None:
    # One who has no templates: those stand where the starters were.
    site.manage("create_user", "eve", "--password", PASSWORD)
    context = browser.new_context(base_url=site.url)
    chat = Chat(context.new_page())
    chat.page.goto("/login/")
    chat.page.fill("[name=username]", "eve")
    chat.page.fill("[name=password]", PASSWORD)
    chat.page.keyboard.press("Enter")
    chat.page.wait_for_url(f"{site.url}/")
    chat.page.get_by_text("Make a plan").click()
    chat.page.wait_for_url(re.compile("/chat/"))
    chat.expect_words("t19")
    context.close()
