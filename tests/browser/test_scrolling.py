"""Where the view stands while messages come, above and below."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
MAKE = """
from chat.models import User
from tests.factories import make_session
words = [f"Message {n}. " + "It goes on for a while. " * (n % 11) for n in range(120)]
print("id", make_session(User.objects.get(username="alice"), words).id)
"""


@pytest.fixture
def long_one(chat: Chat, site: Parley) -> Chat:
    """A conversation of 120 messages, open at its end."""
    found = site.manage("shell", "-v0", "-c", MAKE).split("id ")[1].strip()
    chat.page.goto(f"/chat/{found}/")
    chat.page.wait_for_function("document.querySelector('#scroller').scrollTop > 100")
    return chat


def distance(chat: Chat) -> float:
    """Pixels from the end."""
    gap = "box => box.scrollHeight - box.scrollTop - box.clientHeight"
    return float(chat.page.locator("#scroller").evaluate(gap))


def test_it_opens_at_the_newest(long_one: Chat) -> None:
    assert distance(long_one) < 2
    expect(long_one.last).to_be_in_viewport()


def test_earlier_messages_come_without_a_jump(long_one: Chat) -> None:
    page = long_one.page
    page.locator("#scroller").evaluate("box => { box.scrollTop = 1200 }")
    page.wait_for_timeout(150)
    seen = page.evaluate(
        "[...document.querySelectorAll('.message')].find(m => m.getBoundingClientRect().top > 100).id"
    )
    place = f"document.getElementById('{seen}').getBoundingClientRect().top"
    before = page.evaluate(place)
    page.locator("#scroller").evaluate("box => { box.scrollTop -= 600 }")
    expect(long_one.messages).to_have_count(50)
    page.wait_for_timeout(200)
    assert abs(page.evaluate(place) - before - 600) < 4


def test_one_scrolls_up_to_the_very_first(long_one: Chat) -> None:
    for _ in range(12):
        long_one.page.locator("#scroller").evaluate("box => { box.scrollTop = 0 }")
        long_one.page.wait_for_timeout(150)
    expect(long_one.messages).to_have_count(120)
    expect(long_one.messages.first).to_contain_text("Message 0.")
    expect(long_one.page.locator("[data-older]")).to_have_count(0)


def test_the_stream_is_followed_at_the_end(long_one: Chat) -> None:
    long_one.page.select_option("#composer-model", "fake::md150-r50")
    long_one.say("Show me")
    long_one.expect_words("Section 1")
    long_one.expect_ended()
    assert distance(long_one) < 2


def test_one_who_reads_above_is_left_there(long_one: Chat) -> None:
    page = long_one.page
    page.select_option("#composer-model", "fake::md150-r50")
    long_one.say("Show me")
    long_one.expect_status("streaming")
    page.mouse.move(700, 300)
    page.mouse.wheel(0, -900)
    page.wait_for_timeout(200)
    top = page.locator("#scroller").evaluate("box => box.scrollTop")
    long_one.expect_ended()
    assert abs(page.locator("#scroller").evaluate("box => box.scrollTop") - top) < 4
    page.get_by_label("Jump to the newest message").click()
    assert distance(long_one) < 2
    expect(page.get_by_label("Jump to the newest message")).to_be_hidden()
