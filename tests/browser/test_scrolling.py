"""Where the view stands while messages come, above and below.

Proves C6.
"""

from __future__ import annotations

import time

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
STANDS = """() => {
  const { scrollTop, scrollHeight } = document.querySelector('#scroller');
  const now = `${scrollTop} ${scrollHeight}`;
  window.still = now === window.stood ? window.still + 1 : 0;
  window.stood = now;
  return window.still > 15;
}"""
AT_THE_END = """() => {
  const { scrollHeight, scrollTop, clientHeight } = document.querySelector('#scroller');
  return scrollHeight - scrollTop - clientHeight < 2;
}"""
FEW = "() => document.getElementsByTagName('*').length < 3000"
MAKE = """
from chat.models import User
from tests.factories import make_session
words = [f"Message {n}. " + "It goes on for a while. " * (n % 11) for n in range(120)]
print("id", make_session(User.objects.get(username="alice"), words).id)
"""
MAKE_HEAVY = MAKE.replace(" * (n % 11)", ' + "\\n\\n- one `code`\\n- *two*\\n- three" * (1 + n % 9)')


@pytest.fixture
def long_one(chat: Chat, site: Parley) -> Chat:
    """A conversation of 120 messages, open at its end."""
    found = site.manage("shell", "-v0", "-c", MAKE).split("id ")[1].strip()
    chat.page.goto(f"/chat/{found}/")
    chat.page.wait_for_function("() => document.querySelector('#scroller').scrollTop > 100")
    return chat


@pytest.fixture
def heavy_one(chat: Chat, site: Parley) -> Chat:
    """The same length, of messages that have lists in them."""
    found = site.manage("shell", "-v0", "-c", MAKE_HEAVY).split("id ")[1].strip()
    chat.page.goto(f"/chat/{found}/")
    expect(chat.last).to_be_in_viewport()
    return chat


def scroll(chat: Chat, step: int, *, until: Locator) -> None:
    """With the wheel, as a person does, until that is on the page."""
    chat.page.mouse.move(700, 300)
    deadline = time.monotonic() + 90
    while not until.count():
        assert time.monotonic() < deadline, "it never came"
        chat.page.mouse.wheel(0, step)
        chat.page.wait_for_timeout(40)


def stand_still(page: Page) -> None:
    """Until a quarter of a second's frames have moved nothing."""
    page.evaluate("() => { window.still = 0 }")
    page.wait_for_function(STANDS)


def test_it_opens_at_the_newest(long_one: Chat) -> None:
    long_one.page.wait_for_function(AT_THE_END)
    expect(long_one.last).to_be_in_viewport()


def test_earlier_messages_come_without_a_jump(long_one: Chat) -> None:
    page = long_one.page
    page.locator("#scroller").evaluate("box => { box.scrollTop = 1200 }")
    stand_still(page)
    seen = page.evaluate(
        "[...document.querySelectorAll('.message')].find(m => m.getBoundingClientRect().top > 100).id"
    )
    place = f"document.getElementById('{seen}').getBoundingClientRect().top"
    before = page.evaluate(place)
    page.locator("#scroller").evaluate("box => { box.scrollTop -= 600 }")
    expect(long_one.messages).to_have_count(37)
    stand_still(page)
    assert abs(page.evaluate(place) - before - 600) < 4


def test_one_scrolls_up_to_the_very_first(long_one: Chat) -> None:
    first = long_one.page.get_by_text("Message 0.", exact=False).first
    scroll(long_one, -900, until=first)
    expect(long_one.messages.first).to_contain_text("Message 0.")
    expect(long_one.page.locator("#messages > [data-older]")).to_have_count(0)


def test_what_is_far_away_is_let_go_and_comes_back(heavy_one: Chat) -> None:
    page = heavy_one.page
    scroll(heavy_one, -900, until=page.get_by_text("Message 0.", exact=False).first)
    page.wait_for_function(FEW)
    expect(page.locator("#messages > [data-newer]")).to_have_count(1)
    last = page.get_by_text("Message 119.", exact=False).first
    expect(last).to_have_count(0)
    scroll(heavy_one, 900, until=last)
    page.wait_for_function(FEW)
    stand_still(page)
    depths = "[...document.querySelectorAll('#messages > .message')].map(m => Number(m.dataset.depth))"
    shown = page.evaluate(depths)
    assert shown == list(range(shown[0], 120))


def test_what_is_let_go_above_moves_nothing(heavy_one: Chat) -> None:
    page = heavy_one.page
    scroll(heavy_one, -900, until=page.get_by_text("Message 60.", exact=False).first)
    stand_still(page)
    seen = "[...document.querySelectorAll('.message')].find(m => m.getBoundingClientRect().top > 100)"
    begun = page.evaluate(f"{seen}.id")
    top = f"document.getElementById('{begun}').getBoundingClientRect().top"
    before = page.evaluate(top)
    page.mouse.wheel(0, 300)
    page.wait_for_function(f"() => Math.abs({top} - {before} + 300) < 4")
    stand_still(page)  # a page comes in below, and another goes above
    assert abs(page.evaluate(top) - before + 300) < 4


def test_an_open_editor_is_never_let_go(heavy_one: Chat) -> None:
    page = heavy_one.page
    heavy_one.action("Edit")
    page.locator(".editor textarea").fill("Half a thought")
    scroll(heavy_one, -900, until=page.get_by_text("Message 30.", exact=False).first)
    expect(page.locator(".editor textarea")).to_have_value("Half a thought")


def test_the_jump_leads_from_far_up_to_the_live_end(heavy_one: Chat) -> None:
    page = heavy_one.page
    scroll(heavy_one, -900, until=page.get_by_text("Message 20.", exact=False).first)
    page.get_by_label("Jump to the newest message").click()
    expect(heavy_one.last).to_contain_text("Message 119.")
    expect(heavy_one.last).to_be_in_viewport()
    expect(page.get_by_label("Jump to the newest message")).to_be_hidden()


def test_a_reply_that_comes_while_one_is_far_up_waits_below(heavy_one: Chat) -> None:
    page = heavy_one.page
    scroll(heavy_one, -900, until=page.get_by_text("Message 20.", exact=False).first)
    stand_still(page)  # what comes in at the end of a scroll, and what is let go
    other = Chat(page.context.new_page())  # only now: a wheel in the background takes seconds
    other.page.goto(page.url)
    other.say("Something new")
    other.expect_ended()
    expect(page.locator("#jump")).to_have_attribute("data-new", "")
    expect(page.get_by_text("New below")).to_be_visible()
    assert page.get_by_text("Something new").count() == 0
    expect(page.locator("#messages > :is([data-depth='120'], [data-depth='121'])")).to_have_count(0)
    page.get_by_label("Jump to the newest message").click()
    expect(page.get_by_text("Something new")).to_be_in_viewport()


def test_who_sends_from_far_up_is_taken_to_the_end(heavy_one: Chat) -> None:
    page = heavy_one.page
    scroll(heavy_one, -900, until=page.get_by_text("Message 20.", exact=False).first)
    heavy_one.say("And now this")
    expect(page.get_by_text("And now this")).to_be_in_viewport()
    heavy_one.expect_ended()
    page.wait_for_function(AT_THE_END)


@pytest.mark.parametrize("form", ["?at={}", "#m-{}", "?at={}#m-{}"])
def test_a_deep_link_opens_at_its_message(heavy_one: Chat, form: str) -> None:
    page = heavy_one.page
    link = page.url.rstrip("/")
    scroll(heavy_one, -900, until=page.get_by_text("Message 40.", exact=False).first)
    aim = page.locator(".message", has_text="Message 40.")
    key = aim.get_attribute("data-message")
    page.goto("about:blank")
    page.goto(f"{link}/{form.format(key, key)}", wait_until="commit")
    expect(aim).to_have_attribute("data-aimed", "")
    expect(aim).to_be_in_viewport()
    expect(aim).not_to_have_attribute("data-aimed", "")
    expect(aim).to_be_in_viewport()


def test_another_version_is_read_apart_and_put_on_show(heavy_one: Chat) -> None:
    page = heavy_one.page
    old = heavy_one.last.get_attribute("data-message")
    heavy_one.action("Answer again")
    expect(heavy_one.last).not_to_have_attribute("data-message", old or "")
    heavy_one.expect_ended()
    page.goto(f"{page.url}?at={old}")
    apart = page.locator(".apart")
    expect(apart).to_contain_text("Message 119.")
    expect(apart).to_be_in_viewport()
    stand_still(page)  # pages come in above
    expect(apart).to_be_in_viewport()
    expect(heavy_one.last).to_be_in_viewport()  # it stands where the other would
    apart.get_by_role("button", name="Show that version").click()
    expect(apart).to_have_count(0)
    expect(heavy_one.last).to_contain_text("Message 119.")
    expect(heavy_one.last).to_be_in_viewport()


def test_the_stream_is_followed_at_the_end(long_one: Chat) -> None:
    long_one.page.select_option("#composer-model", "fake::md150-r50")
    long_one.say("Show me")
    long_one.expect_words("Section 1")
    long_one.expect_ended()
    long_one.page.wait_for_function(AT_THE_END)


def test_one_who_reads_above_is_left_there(long_one: Chat) -> None:
    page = long_one.page
    page.select_option("#composer-model", "fake::md150-r20")
    long_one.say("Show me")
    long_one.expect_status("streaming")
    page.mouse.move(700, 300)
    page.mouse.wheel(0, -900)
    expect(page.locator("#scroller")).to_have_attribute("data-pinned", "no")
    page.evaluate("() => { window.still = 0 }")
    page.wait_for_function(STANDS.replace("${scrollTop} ${scrollHeight}", "${scrollTop}"))  # it grows below
    top = page.locator("#scroller").evaluate("box => box.scrollTop")
    long_one.expect_ended()
    assert abs(page.locator("#scroller").evaluate("box => box.scrollTop") - top) < 4
    page.get_by_label("Jump to the newest message").click()
    page.wait_for_function(AT_THE_END)
    expect(page.get_by_label("Jump to the newest message")).to_be_hidden()


def test_the_end_stays_in_view_as_what_one_writes_grows(chat: Chat) -> None:
    chat.begin("Show me", model="md150-r500")
    chat.expect_ended()
    foot = chat.last.locator(".foot")
    expect(foot).to_be_in_viewport(ratio=1)
    chat.text.fill("one\ntwo\nthree\nfour\nfive\nsix\nseven\neight")
    chat.page.wait_for_function(AT_THE_END)
