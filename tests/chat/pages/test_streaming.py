"""What the socket sends of a running reply: a page that does as it is told ends with the whole render."""

from __future__ import annotations

from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.consumers.page import LiveReply
from chat.rendering import render
from tests.chat.rendering.corpus import cut, rubble

MESSAGE = UUID(int=7)


class Browser(HTMLParser):
    """Plays frames as tail.js does, in strings: counts in UTF-16, as JavaScript."""

    def __init__(self) -> None:
        super().__init__()
        self.settled = self.tail = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given_ = dict(attrs)
        assert given_["m"] == str(MESSAGE)
        known = self.tail.encode("utf-16-le", "surrogatepass")[: 2 * int(given_["k"] or "")]
        html = known.decode("utf-16-le", "surrogatepass") + (given_["h"] or "")
        if tag == "parley-settled":
            self.settled += html
        else:
            self.tail = html


def play(pieces: list[str]) -> str:
    reply, browser = LiveReply(MESSAGE, pieces[0]), Browser()
    browser.feed(reply.whole())
    for piece in pieces[1:]:
        reply.feed(piece, reply.length)
        reply.stream.ready_at = 0.0
        browser.feed(reply.step(reply.length))
    whole = "".join(pieces)
    rest = reply.close(whole)
    if rest is None:
        return render(whole, prefix=MESSAGE.hex)
    browser.feed(rest)
    return browser.settled


@given(st.integers(0, 10**9), st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_a_page_that_follows_ends_with_the_whole(seed: int, cuts: int) -> None:
    text = rubble(seed)
    assert play(cut(text, cuts) or [""]) == render(text, prefix=MESSAGE.hex)


@pytest.mark.parametrize(
    "text", ["it's \"quoted\" & 'so' <b>&amp;&#39;</b>", "😀 a\n\n😁 b\n\n'", "`'` h='x'>"]
)
def test_no_character_breaks_out_of_a_frame(text: str) -> None:
    assert play(list(text)) == render(text, prefix=MESSAGE.hex)


def test_what_the_last_frame_missed_comes_with_the_end() -> None:
    reply, browser = LiveReply(MESSAGE, "One\n\nTw"), Browser()
    browser.feed(reply.whole())
    browser.feed(reply.close("One\n\nTwo\n\nThree") or "")
    assert browser.settled == render("One\n\nTwo\n\nThree", prefix=MESSAGE.hex)
