"""What a model says and what its tools do stand in the order in which they came, live and ever after.

Proves C5 and E1.
"""

from __future__ import annotations

import asyncio
import re
from html import unescape

import pytest

from chat import fragments
from chat.consumers.page import PageScreen
from chat.generation.engine import Engine
from chat.models import Role, Session, User
from chat.providers.contract import Reasoning, Text
from chat.providers.scripted import Line, ScriptedProvider
from chat.replay import replay
from chat.stream.follower import Follower
from chat.threads import read
from tests.chat.engine.abacus import CALLS, END, Abacus, call, view_of
from tests.chat.engine.driving import ask, ended, new_session, snapshot, until

PIECE = re.compile(r"<parley-(settled|tail) m=\S+ k=(\d+) h='([^']*)'|<article [^>]*>")


@pytest.fixture
async def session(alice: User, abacus: Abacus, live_engine: Engine) -> Session:
    return await new_session(alice, "clever")


class Page:
    """Plays the frames of one reply as frames.js and tail.js do."""

    def __init__(self) -> None:
        self.settled = self.tail = self.last = ""
        self.is_over = False

    def play(self, frame: str) -> None:
        for found in PIECE.finditer(frame):
            kind, keep, html = found.groups()
            if kind is None:
                self._begin(found[0], frame)
            elif kind == "settled":
                self.settled += self.tail[: int(keep)] + unescape(html)
            else:
                self.tail = self.tail[: int(keep)] + unescape(html)

    def _begin(self, article: str, frame: str) -> None:
        self.is_over = (
            'data-role="assistant"' in article
            and "data-queued" not in article
            and not any(f'data-status="{status}"' in article for status in ("pending", "streaming"))
        )
        if "data-grown" not in article:
            self.settled = self.tail = ""
            self.last = frame


async def test_text_and_steps_stand_in_the_order_in_which_they_came(session: Session) -> None:
    first: list[Line] = [Text("One *first*."), call("add", "a", a=1, b=1), CALLS]
    second: list[Line] = [Text("Two."), call("fail", "b"), CALLS]
    ScriptedProvider.script("clever", first, second, [Text("Three."), END])
    sent = await ask(session)
    found = await ended(sent)
    view = await read(view_of, sent.assistant_message.pk)
    kept = str(fragments.bubble(view))
    places = [kept.index(words) for words in ("<em>first</em>", "a: 1", "Two.", "beads are", "Three.")]
    assert places == sorted(places)
    assert kept.count('class="message__body') == 1
    view.message.html_version = 0
    assert str(fragments.bubble(view)) == kept
    assert "".join(part["text"] for part in found["parts"] if part["type"] == "text") == found["content"]
    assert found["parts"][1]["duration_ms"] >= 0


@pytest.mark.parametrize("is_alone", [True, False])
async def test_a_page_that_looks_on_ends_with_what_one_finds_that_comes_later(
    session: Session, alice: User, is_alone: bool
) -> None:
    first: list[Line] = [Text("One *first*.\n\nAnd more"), call("add", "a", a=1, b=1), CALLS]
    second: list[Line] = [Reasoning("Hm."), Text("Two."), call("fail", "b"), CALLS]
    ScriptedProvider.script("clever", first, second, [Text("Three.\n\nFour."), END])
    screen, page = PageScreen(alice, Role.OWNER), Page()
    with Follower(session.pk, alice.pk, after=0) as follower:
        sent = await ask(session)
        async with asyncio.timeout(10):
            while not page.is_over:
                events = await follower.take()
                for group in [[event] for event in events] if is_alone else [events]:
                    page.play(await screen.frame(group))
    view = await read(view_of, sent.assistant_message.pk)
    whole = str(fragments.told_body(view, fragments.asking_of(view, alice, Role.OWNER)))
    assert whole.index("And more") < whole.index("a: 1") < whole.index("Two.") < whole.index("Three.")
    assert page.settled + page.tail == whole or whole in page.last


async def test_text_that_goes_on_after_a_tool_is_sent_without_what_came_before(
    session: Session, alice: User
) -> None:
    gate = asyncio.Event()
    first: list[Line] = [Text("x" * 5000), call("add", a=1, b=1), CALLS]
    ScriptedProvider.script("clever", first, [gate, Text("Last."), END])
    sent = await ask(session)
    key = sent.assistant_message.pk
    await until(key, lambda now: [part["state"] for part in now["parts"]] == ["complete"] * 3)
    cursor = (await read(snapshot, session))[0]
    screen, page = PageScreen(alice, Role.OWNER), Page()
    page.play(await screen.frame(await read(replay, session.pk, 0)))
    assert "x" * 5000 in page.settled
    assert "a: 1" in page.settled
    assert page.tail == ""
    with Follower(session.pk, alice.pk, after=cursor) as follower:
        gate.set()
        frame = ""
        async with asyncio.timeout(10):
            while "Last." not in frame:
                frame = await screen.frame(await follower.take())
    assert "xxxxx" not in frame
    await ended(sent)
