"""What the socket sends of a running reply: a page that does as it is told ends with the whole render.

Proves A3.
"""

from __future__ import annotations

from collections.abc import Callable
from html.parser import HTMLParser
from math import inf
from random import Random
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.consumers.page import LiveReply
from chat.rendering import render
from tests.chat.rendering.corpus import cut, rubble
from tests.chat.rendering.test_stream import changes_its_beginning

MESSAGE = UUID(int=7)


class Browser(HTMLParser):
    """Plays frames as tail.js does, with a string for each piece: counts in UTF-16, as JavaScript."""

    def __init__(self) -> None:
        super().__init__()
        self.settled = self.tail = ""

    @property
    def shown(self) -> str:
        return self.settled + self.tail

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        assert values["m"] == str(MESSAGE)
        known = self.tail.encode("utf-16-le", "surrogatepass")[: 2 * int(values["k"] or "")]
        html = known.decode("utf-16-le", "surrogatepass") + (values["h"] or "")
        if tag == "parley-settled":
            self.settled += html
        else:
            self.tail = html


def play(pieces: list[str], shows: Callable[[int], bool] = lambda _number: True) -> str:
    """What a page has at the end; pieces whose number `shows` refuses come too soon to be shown alone."""
    reply, browser = LiveReply(MESSAGE, pieces[0]), Browser()
    browser.feed(reply.whole())
    for number, piece in enumerate(pieces[1:]):
        reply.feed(piece, reply.length)
        reply.stream.ready_at = 0.0 if shows(number) else inf
        browser.feed(reply.step(reply.length))
    text = "".join(pieces)
    whole = render(text, prefix=MESSAGE.hex)
    rest = reply.close(whole)
    if rest is None:
        assert changes_its_beginning(text)
        return whole  # the bubble comes anew
    browser.feed(rest)
    return browser.shown


@given(st.integers(0, 10**9), st.integers(0, 10**9))
@settings(max_examples=60, deadline=None)
def test_a_page_that_follows_ends_with_the_whole(seed: int, cuts: int) -> None:
    text = rubble(seed)
    dice = Random(cuts)
    shown = play(cut(text, cuts) or [""], lambda _number: dice.random() < 0.7)
    assert shown == render(text, prefix=MESSAGE.hex)


@pytest.mark.parametrize(
    "text", ["it's \"quoted\" & 'so' <b>&amp;&#39;</b>", "😀 a\n\n😁 b\n\n'", "`'` h='x'>"]
)
def test_no_character_breaks_out_of_a_frame(text: str) -> None:
    assert play(list(text)) == render(text, prefix=MESSAGE.hex)


@pytest.mark.parametrize(
    ("shown", "more"),
    [
        ("One\n\nTw", "o\n\nThree"),
        ("Note:\n***", "Important*** end"),
        ("Apple\n: fruit\n\nOrange", "\n: another"),
        ("Use this:\n```py", "``` inline"),
    ],
)
def test_what_was_open_leaves_nothing_behind_when_the_end_comes_with_more(shown: str, more: str) -> None:
    assert play([shown, more], lambda _number: False) == render(shown + more, prefix=MESSAGE.hex)


def test_a_text_that_is_another_by_now_is_shown_anew() -> None:
    reply = LiveReply(MESSAGE, "The old reply\n\nmore")
    reply.whole()
    assert reply.close(render("Edited in between", prefix=MESSAGE.hex)) is None


@pytest.mark.parametrize(
    ("shown", "late"),
    [
        ("See [r].\n\nMore\n\n", "[r]: https://example.org\n"),
        ("See it[^r].\n\nMore\n\n", "[^r]: A note\n"),
        ("See [that][R].\n\nMore\n\n", "words\n\n[r]: https://example.org 'Title'\n"),
    ],
)
def test_a_late_definition_brings_the_bubble_anew(shown: str, late: str) -> None:
    reply = LiveReply(MESSAGE, shown)
    reply.whole()
    assert reply.close(render(shown + late, prefix=MESSAGE.hex)) is None


def test_most_texts_of_these_tests_are_shown_as_they_grow() -> None:
    exempt = [seed for seed in range(300) if changes_its_beginning(rubble(seed))]
    assert len(exempt) < 60


def test_what_was_shown_whole_does_not_wait_to_be_shown() -> None:
    reply = LiveReply(MESSAGE, "Some text")
    reply.whole()
    assert not reply.stream.has_waiting
