"""A reply that streams is quiet: nothing moves but its end, and nothing falls back.

Proves A3.
"""

from __future__ import annotations

import pytest

from tests.browser.driving import Chat

pytestmark = pytest.mark.browser
# Layout shifts as the browser reports them; and in each frame how high the text is.
WATCH = """
globalThis.seen = { shifts: [], heights: [] };
new PerformanceObserver((list) => {
  for (const one of list.getEntries()) seen.shifts.push(one.value);
}).observe({ type: "layout-shift" });
const look = () => {
  const body = document.querySelector("[data-status=streaming] .message__body");
  if (body) seen.heights.push(body.offsetHeight);
  requestAnimationFrame(look);
};
look();
"""


def test_nothing_jumps_and_no_block_flickers(chat: Chat) -> None:
    chat.begin("Show me", model="md150-r20")
    chat.page.evaluate(f"() => {{ {WATCH} }}")
    chat.expect_ended()
    seen = chat.page.evaluate("seen")
    heights = seen["heights"]
    assert len(set(heights)) > 3  # it was seen to grow
    # A sign that is half there may take a line that it gives back: no more than that.
    falls = [before - after for before, after in zip(heights, heights[1:], strict=False)]
    assert max(falls) <= 60, max(falls)
    assert sum(seen["shifts"]) < 0.02


def test_the_end_changes_nothing_above_it(chat: Chat) -> None:
    chat.begin("Show me", model="md150-r50")
    chat.expect_words("Section 1")
    chat.page.evaluate("globalThis.first = document.querySelector('.message:last-child .message__body > *')")
    chat.expect_ended()
    assert chat.page.evaluate("first.isConnected")
