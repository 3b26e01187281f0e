"""A conversation in the frame of somebody else's page (D4): shown there alone, and followed as it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from tests.browser.axe import faults
from tests.browser.conftest import NewPage
from tests.browser.driving import Chat
from tests.services import Parley

pytestmark = pytest.mark.browser


class Wiki(BaseHTTPRequestHandler):
    """A page that frames what its address asks for: `/?http://…`."""

    def do_GET(self) -> None:  # noqa: N802  the library's name
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        frame = f'<iframe src="{self.path[2:]}" width=600 height=400></iframe>'
        self.wfile.write(f"<!doctype html><title>A wiki</title>{frame}".encode())

    def log_message(self, *_words: object) -> None:
        """Nobody reads it."""


@contextmanager
def wiki() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Wiki) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def embed(page: Page, parent: str) -> str:
    """The address, as the API gives it to the page of its maker."""
    url = page.evaluate(
        """async (parent) => {
          const token = JSON.parse(document.body.getAttribute("hx-headers"))["X-CSRFToken"];
          const answer = await fetch(`/api/chat/sessions/${location.pathname.split("/")[2]}/embed`, {
            method: "POST",
            headers: { "Content-Type": "application/json", "X-CSRFToken": token },
            body: JSON.stringify({ parents: [parent] }),
          });
          return (await answer.json()).url;
        }""",
        parent,
    )
    return str(url)


def test_it_is_shown_there_alone_and_followed_as_it_goes_on(new_page: NewPage, site: Parley) -> None:
    chat = Chat(new_page())
    chat.page.goto("/")
    chat.begin("How many cranes are there?", model="n20-r100")
    chat.expect_ended()
    visitor = new_page(noisy=True)  # what is refused is told in the console
    shown = visitor.frame_locator("iframe").locator("article.message")
    with wiki() as ours, wiki() as another:
        url = site.url + embed(chat.page, ours)
        visitor.goto(f"{ours}/?{url}")
        expect(shown).to_have_count(2)
        expect(shown.first).to_contain_text("How many cranes are there?")
        chat.say("And how many boats?")
        expect(shown).to_have_count(4)
        chat.expect_ended()
        expect(visitor.frame_locator("iframe").locator(".embed__running")).to_have_count(0)
        visitor.goto(f"{another}/?{url}")
        expect(visitor.locator("iframe")).to_be_visible()
        expect(shown).to_have_count(0)
    visitor.goto(url)
    assert faults(visitor) == []
