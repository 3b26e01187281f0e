"""What one types: when it is sent, and that it is never lost.

Proves A1, A2 and C4.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat, first_of, reload_until
from tests.services import Parley

pytestmark = pytest.mark.browser


def test_blank_text_cannot_be_sent(chat: Chat) -> None:
    chat.page.goto("/")
    send = chat.page.get_by_label("Send", exact=True)
    expect(send).to_be_disabled()
    chat.text.fill("  \n ")
    expect(send).to_be_disabled()
    chat.text.press("Enter")
    expect(chat.page).to_have_url(re.compile("/$"))
    chat.text.fill("x")
    expect(send).to_be_enabled()


def test_shift_and_enter_make_a_new_line(chat: Chat) -> None:
    chat.page.goto("/")
    chat.text.fill("one")
    chat.text.press("Shift+Enter")
    chat.text.press_sequentially("two")
    expect(chat.text).to_have_value("one\ntwo")


@pytest.mark.parametrize("how", ["isComposing: true", "keyCode: 229"])
def test_enter_that_ends_a_composition_does_not_send(chat: Chat, how: str) -> None:
    chat.page.goto("/")
    chat.text.fill("にほん")
    press = (
        "element => element.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', bubbles: true, %s}))"
    )
    chat.text.evaluate(press % how)
    chat.page.wait_for_timeout(200)
    expect(chat.page).to_have_url(re.compile("/$"))
    expect(chat.text).to_have_value("にほん")


def test_the_box_grows_to_a_limit_and_then_scrolls(chat: Chat) -> None:
    chat.page.goto("/")

    def height() -> float:
        return float(chat.text.evaluate("element => element.clientHeight"))

    one = height()
    chat.text.fill("line\n" * 8)
    some = height()
    chat.text.fill("line\n" * 200)
    assert one < some < height() <= 0.42 * 800
    assert chat.text.evaluate("element => element.scrollHeight > element.clientHeight")


def test_the_limit_is_told_before_it_is_reached(chat: Chat) -> None:
    chat.page.goto("/")
    count = chat.page.locator(".composer__count")
    expect(count).to_be_hidden()
    chat.text.fill("x" * 95_000)
    expect(count).to_have_text("95,000 / 100,000")
    chat.text.fill("x" * 100_001)
    expect(chat.page.get_by_label("Send", exact=True)).to_be_disabled()


def test_a_draft_outlives_a_reload_and_goes_when_it_is_sent(chat: Chat) -> None:
    chat.begin("Hello")
    chat.text.fill("Half a thought")
    chat.page.reload()
    expect(chat.text).to_have_value("Half a thought")
    chat.page.goto("/")
    expect(chat.text).to_have_value("")
    chat.page.go_back()
    expect(chat.text).to_have_value("Half a thought")
    chat.expect_ended()
    chat.text.press("Enter")
    expect(chat.messages).to_have_count(4)
    expect(chat.text).to_have_value("")
    chat.page.reload()
    expect(chat.text).to_have_value("")


def test_a_draft_is_there_on_another_device(chat: Chat, new_page: NewPage) -> None:
    chat.begin("Hello")
    with chat.page.expect_response(re.compile("/draft/$")) as answered:
        chat.text.fill("Begun at the desk")
    assert answered.value.status == 204
    elsewhere = new_page()
    elsewhere.goto(chat.page.url)
    expect(elsewhere.locator("#composer-text")).to_have_value("Begun at the desk")
    # What was typed here since, and has not arrived, is newer than what the server has.
    elsewhere.context.set_offline(True)
    elsewhere.locator("#composer-text").fill("Gone on with on the train")
    elsewhere.context.set_offline(False)
    elsewhere.reload()
    expect(elsewhere.locator("#composer-text")).to_have_value("Gone on with on the train")


def test_a_page_that_was_made_before_the_draft_was_kept_shows_it_all_the_same(new_page: NewPage) -> None:
    chat = Chat(new_page(noisy=True))  # Chromium holds a page that is put in for one of another network
    chat.begin("Hello")
    chat.expect_ended()

    saved: list[str] = []
    chat.page.on("response", lambda answer: saved.append(answer.url) if "/draft/" in answer.url else None)

    def hold(route: Route) -> None:
        answer = route.fetch()  # the page is made now, and comes late
        while not saved:
            chat.page.wait_for_timeout(20)
        route.fulfill(response=answer)

    chat.page.route(chat.page.url, hold, times=1)
    chat.text.fill("Typed as one reloads")
    chat.page.reload()
    expect(chat.text).to_have_value("Typed as one reloads")


def test_the_newer_draft_of_the_server_is_shown(chat: Chat, new_page: NewPage) -> None:
    chat.begin("Hello")
    with chat.page.expect_response(re.compile("/draft/$")):
        chat.text.fill("Older")
    elsewhere = new_page()
    elsewhere.goto(chat.page.url)
    with elsewhere.expect_response(re.compile("/draft/$")):
        elsewhere.locator("#composer-text").fill("Newer")
    chat.page.reload()
    expect(chat.text).to_have_value("Newer")


def test_what_is_typed_while_a_message_leaves_stays(chat: Chat) -> None:
    chat.begin("Hello")
    chat.expect_ended()
    held: list[Route] = []
    chat.page.route("**/send/", lambda route: held.append(route))
    chat.text.fill("First")
    chat.text.press("Enter")
    chat.text.press_sequentially(" and more")
    first_of(held, chat.page).continue_()
    expect(chat.messages).to_have_count(4)
    expect(chat.text).to_have_value("and more")


def test_what_could_not_be_sent_waits_and_is_sent_once(new_page: NewPage, site: Parley) -> None:
    chat = Chat(new_page(noisy=True))
    chat.begin("Hello")
    chat.expect_ended()
    site.kill()
    try:
        chat.say("Are you there?")
        expect(chat.page.locator("#composer-error")).to_contain_text("cannot be reached")
        expect(chat.text).to_have_value("Are you there?")
        sent_as = chat.page.locator("[name=message_id]").input_value()
    finally:
        site.start()
    expect(chat.page.locator(f"#m-{sent_as}")).to_contain_text("Are you there?", timeout=20_000)
    expect(chat.page.locator("#composer-error")).to_be_empty()
    expect(chat.messages).to_have_count(4)
    expect(chat.text).to_have_value("")


def test_what_waits_to_be_sent_can_be_kept_back(new_page: NewPage) -> None:
    chat = Chat(new_page(noisy=True))
    chat.begin("Hello")
    chat.expect_ended()
    chat.page.route("**/send/", lambda route: route.abort())
    chat.say("Rather not")
    chat.page.get_by_role("button", name="Do not send").click()
    chat.page.unroute("**/send/")
    chat.page.wait_for_timeout(2500)  # longer than the first wait
    expect(chat.messages).to_have_count(2)
    chat.page.reload()
    expect(chat.text).to_have_value("Rather not")


@pytest.mark.parametrize("is_sent", [True, False])
def test_what_is_typed_while_the_first_message_is_on_its_way_goes_along(chat: Chat, *, is_sent: bool) -> None:
    held: list[Route] = []
    chat.page.goto("/")
    chat.page.select_option("#composer-model", "fake::n20-r100")
    chat.page.route("**/send/", lambda route: held.append(route), times=1)
    chat.say("First")
    expect(chat.page.locator("#composer.htmx-request")).to_be_attached()
    chat.text.fill("First and second")
    if is_sent:
        chat.text.press("Enter")
    first_of(held, chat.page).continue_()
    chat.page.wait_for_url("**/chat/*/")
    expect(chat.messages).to_have_count(4 if is_sent else 2)
    expect(chat.text).to_have_value("" if is_sent else "and second")
    chat.page.goto("/")
    expect(chat.text).to_have_value("")


@pytest.mark.parametrize("told", ["before", "after", "never"])
def test_a_message_whose_answer_was_lost_is_not_sent_twice(new_page: NewPage, told: str) -> None:
    """It arrived; the socket tells of it before its answer is lost, later, or not at all."""
    chat = Chat(new_page(noisy=True))
    lost: list[Route] = []

    def lose(route: Route) -> None:
        route.fetch()
        lost.append(route) if told == "before" else route.abort()

    chat.begin("Hello")
    chat.expect_ended()
    if told == "never":
        chat.page.route_web_socket(re.compile("/ws/chat/sessions/"), lambda _: None)
        chat.page.reload()
        chat.expect_ended()
    chat.page.route("**/send/", lose, times=1)
    chat.say("First")
    if told == "before":
        expect(chat.messages.nth(2)).to_contain_text("First")
        while not lost:  # the socket may tell before there is an answer to lose
            chat.page.wait_for_timeout(20)
        lost[0].abort()
    expect(chat.text).to_have_value("", timeout=20_000)
    expect(chat.messages.nth(2)).to_contain_text("First")
    chat.page.wait_for_timeout(1000)  # the draft, if there is one, is kept now
    chat.page.reload()
    expect(chat.messages).to_have_count(4)
    expect(chat.text).to_have_value("")


def test_the_same_draft_in_two_windows_is_sent_once(chat: Chat, new_page: NewPage) -> None:
    chat.begin("Hello")
    chat.expect_ended()
    with chat.page.expect_response(re.compile("/draft/$")):
        chat.text.fill("Once is enough")
    other = Chat(new_page())
    other.page.goto(chat.page.url)
    expect(other.text).to_have_value("Once is enough")
    chat.text.press("Enter")
    expect(other.messages).to_have_count(4)
    expect(other.text).to_have_value("")


def test_enter_may_make_a_line_and_control_with_it_send(chat: Chat) -> None:
    chat.page.goto("/")
    chat.page.locator("html").evaluate("root => { root.dataset.sendKey = 'mod-enter'; }")
    chat.text.fill("one")
    chat.text.press("Enter")
    chat.text.press_sequentially("two")
    expect(chat.text).to_have_value("one\ntwo")
    chat.text.press("Control+Enter")
    chat.page.wait_for_url("**/chat/*/")
    expect(chat.messages.first).to_contain_text("two")


def test_up_in_an_empty_box_edits_what_was_said_last(chat: Chat) -> None:
    chat.begin("Hello")
    chat.expect_ended()
    chat.text.press("ArrowUp")
    editor = chat.messages.first.get_by_label("Text of the message")
    expect(editor).to_be_focused()
    expect(editor).to_have_value("Hello")
    editor.press("Escape")
    expect(editor).to_have_count(0)
    expect(chat.text).to_be_focused()
    chat.text.fill("something")
    chat.text.press("ArrowUp")
    expect(editor).to_have_count(0)
    chat.text.fill("")
    chat.text.press("ArrowUp")
    editor.fill("Hello again")
    editor.press("Control+Enter")
    expect(chat.messages.first.locator(".message__body")).to_have_text("Hello again")


def test_without_script_a_message_is_sent_and_answered(new_page: NewPage) -> None:
    page = new_page(java_script_enabled=False)
    page.goto("/")
    page.fill("#composer-text", "Hello")
    page.get_by_label("Send", exact=True).click()
    page.wait_for_url("**/chat/*/")
    expect(page.locator("#messages .message")).to_have_count(2)
    reload_until(page.locator("#messages .message").last.get_by_text("t1"))
