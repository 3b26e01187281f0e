"""Finding words in a conversation, beyond what is loaded.

Proves B5.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
MAKE = """
from chat.models import User
from tests.factories import make_session
sought = "A calm **harbour** at dusk, a Harbour. "
words = [f"Message {n}. " + sought * (n % 40 == 7) + "More. " * 30 for n in range(200)]
print("id", make_session(User.objects.get(username="alice"), words).id)
"""
# What is marked, and whether the one in question is on the screen.
MARKED = """() => {
  const now = [...(CSS.highlights.get("find-now") ?? [])][0];
  const box = now?.getBoundingClientRect();
  const words = [...(CSS.highlights.get("find") ?? [])].map((range) => range.toString());
  const isSeen = box ? box.top > 56 && box.bottom < innerHeight - 100 : false;
  return { words, now: now?.toString(), isSeen };
}"""


@pytest.fixture
def finding(chat: Chat, site: Parley) -> Chat:
    found = site.manage("shell", "-v0", "-c", MAKE).split("id ")[1].strip()
    chat.page.goto(f"/chat/{found}/")
    expect(chat.last).to_be_in_viewport()
    chat.page.get_by_label("More", exact=True).click()
    chat.page.get_by_text("Find in conversation").click()
    return chat


def test_it_steps_through_all_hits_wherever_they_are(finding: Chat) -> None:
    page, count = finding.page, finding.page.locator("#find-count")
    expect(page.locator("#find-words")).to_be_focused()
    page.keyboard.insert_text("harbour")
    expect(count).to_have_text("5 of 5 · 1 of 2 here")
    page.keyboard.press("Shift+Enter")
    expect(count).to_have_text("4 of 5 · 2 of 2 here")
    for place in (4, 4, 3, 3, 2, 2, 1, 1):
        expect(page.locator(f".message:has-text('Message {place * 40 - 33}.')")).to_be_in_viewport()
        expect(count).to_contain_text(f"{place} of 5 · ")
        assert page.evaluate(MARKED)["isSeen"]
        page.keyboard.press("ArrowUp")
    expect(count).to_have_text("5 of 5 · 2 of 2 here")
    page.keyboard.press("Enter")
    expect(count).to_have_text("1 of 5 · 1 of 2 here")
    assert page.evaluate(MARKED) == {"words": ["harbour", "Harbour"], "now": "harbour", "isSeen": True}


def test_closing_takes_the_marks_and_gives_the_focus_back(finding: Chat) -> None:
    page = finding.page
    page.keyboard.insert_text("harbour")
    expect(page.locator("#find-count")).to_contain_text("of 5")
    hit = page.locator(".message:has-text('Message 167.')")
    before = hit.inner_html()
    page.keyboard.press("Escape")
    expect(page.locator("#find")).to_be_hidden()
    assert page.evaluate("CSS.highlights.has('find') || CSS.highlights.has('find-now')") is False
    assert hit.inner_html() == before
    assert page.evaluate("document.activeElement !== document.body")


def test_what_is_nowhere_is_said(finding: Chat) -> None:
    finding.page.keyboard.insert_text("nowhere at all")
    expect(finding.page.locator("#find-count")).to_have_text("No match")


def test_a_running_reply_is_marked_as_it_grows_and_counted(finding: Chat) -> None:
    page = finding.page
    page.keyboard.insert_text("t17")
    expect(page.locator("#find-count")).to_have_text("No match")
    page.keyboard.press("Escape")
    finding.say("Go on")
    page.evaluate("document.dispatchEvent(new CustomEvent('parley:action', { detail: 'find' }))")
    expect(page.locator("#find-words")).to_have_value("t17")
    finding.expect_ended()
    expect(page.locator("#find-count")).to_have_text("1 of 1")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert page.evaluate(MARKED)["words"] == ["t17"]


def test_without_script_it_is_a_page(finding: Chat) -> None:
    page = finding.page
    page.goto(page.url + "find/?q=harbour")
    page.locator(".finds__hit").last.click()
    page.wait_for_url("**/?at=*")
    expect(page.locator(".message:has-text('Message 7.')").first).to_be_in_viewport()
