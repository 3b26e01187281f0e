"""A connection that is lost comes back by itself, with no gap and no repeat.

Proves C4.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser
COUNTED = " ".join(f"t{number}" for number in range(200))
CUT = """
WebSocket.prototype.cut ??= WebSocket.prototype.close;
window.sockets.forEach(socket => socket.readyState === 1 && socket.cut());
"""
# The conversation's and the list's. A function: the page's policy forbids to evaluate an expression anew.
CAME_BACK = "n => sockets.length >= n + 2 && sockets.slice(n).every(socket => socket.readyState === 1)"
WATCH = """
window.sockets = [];
const Real = WebSocket;
window.WebSocket = class extends Real { constructor(...all) { super(...all); window.sockets.push(this); } };
"""


def test_a_dropped_socket_leaves_no_gap_and_no_repeat_and_what_is_selected(new_page: NewPage) -> None:
    page = new_page()
    page.add_init_script(WATCH)
    chat = Chat(page)
    chat.begin("Count", model="n200-r25")
    chat.expect_words("t5 ")
    chat.select_first_words()
    for mark in ("t20 ", "t60 ", "t120 "):
        chat.expect_words(mark)
        before = page.evaluate("window.sockets.length")
        page.evaluate(CUT)
        page.wait_for_function(CAME_BACK, arg=before)
    chat.expect_words("t199", timeout=15_000)
    chat.expect_ended()
    assert chat.said() == COUNTED
    assert chat.selected() == "t0 t1"


def test_a_server_that_was_killed_is_found_again(new_page: NewPage, site: Parley) -> None:
    chat = Chat(new_page(noisy=True))
    chat.begin("Count", model="n900-r30")
    chat.expect_words("t30 ")
    seen = chat.said()
    site.kill()
    banner = chat.page.locator("#connection")
    expect(banner).to_contain_text("Connection lost")
    site.start()
    expect(banner).to_be_hidden(timeout=40_000)
    chat.expect_status("interrupted")
    assert chat.said().startswith(seen.rstrip())
    expect(chat.last).to_contain_text("Try again")


def test_being_offline_is_said(new_page: NewPage) -> None:
    page = new_page(noisy=True)
    page.add_init_script(WATCH)
    chat = Chat(page)
    chat.begin("Hello")
    chat.expect_ended()
    page.context.set_offline(True)
    page.evaluate(CUT)
    expect(page.locator("#connection")).to_contain_text("offline")
    page.context.set_offline(False)
    expect(page.locator("#connection")).to_contain_text("Connected again")
    expect(page.locator("#connection")).to_be_hidden()
