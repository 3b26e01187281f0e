"""What loading and streaming may cost, counted in calls: a clock would measure what else the machine does.

`make bench` measures the same replies in CPU seconds.
"""

from __future__ import annotations

import cProfile
import pstats
import re
import subprocess
import sys
from typing import Any

import pytest

from chat.rendering import render
from chat.rendering.spans import BareLink
from tests.benchmarks.rendering import SINGLE_BLOCKS, long_reply, play, single_block

# A twentieth of what one core did in a second when it was measured (110,000 calls: 0.029 of a core).
CALLS_PER_SECOND = 3_700_000 / 20


def calls(profile: cProfile.Profile) -> int:
    """How many functions were called while it ran, of Python and of C."""
    stats: Any = pstats.Stats(profile)  # its stubs do not know the total
    return int(stats.total_calls)


def test_importing_it_loads_none_of_the_libraries() -> None:
    heavy = "{'markdown', 'pygments', 'nh3', 'latex2mathml'} & set(sys.modules)"
    code = f"import sys, chat.rendering; assert not {heavy}, {heavy}"
    subprocess.run([sys.executable, "-c", code], check=True)


class Counting:
    """A pattern that counts the characters that it looks through."""

    def __init__(self, pattern: re.Pattern[str]) -> None:
        self.pattern = pattern
        self.seen = 0

    def search(self, text: str, start: int, end: int | None = None) -> re.Match[str] | None:
        end = len(text) if end is None else end
        found = self.pattern.search(text, start, end)
        self.seen += (found.end() if found else end) - start
        return found


@pytest.mark.parametrize(
    "piece", ["www.a_", "www.-", "https://_", "https://a_b", "https://a.org)", "www.a.b "]
)
def test_an_address_is_looked_for_once_however_many_there_may_be(
    piece: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = Counting(BareLink._STOP)
    monkeypatch.setattr(BareLink, "_STOP", counting)
    render(piece * 8000)
    assert counting.seen <= 8000 * 300  # a name has 253 characters; all of the rest each time were 10 ** 8


def test_streaming_stays_within_a_small_multiple_of_rendering_once() -> None:
    text = long_reply()
    render(text)  # what is loaded once is loaded now
    with cProfile.Profile() as whole:
        render(text)
    with cProfile.Profile() as streamed:
        played = play(text)
    assert calls(streamed) <= 15 * calls(whole)
    assert played.sent <= 8 * len(text.encode())


@pytest.mark.parametrize("kind", SINGLE_BLOCKS)
def test_a_reply_of_one_block_takes_little_of_a_core(kind: str) -> None:
    text = single_block(kind, repeats=1)
    render(text)
    with cProfile.Profile() as streamed:
        played = play(text)
    assert calls(streamed) <= CALLS_PER_SECOND * played.duration
