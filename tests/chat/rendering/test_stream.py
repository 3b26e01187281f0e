"""However a text is cut on its way: shown is what the text so far gives, and what is settled stays."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chat.rendering import MarkdownStream, render, tail_patch
from chat.rendering.blocks import BlockParser
from chat.rendering.lines import to_lines
from tests.chat.rendering.corpus import cut, reply, rubble
from tests.chat.rendering.reading import faults


def changes_its_beginning(text: str) -> bool:
    """References and footnotes change what stands before them."""
    parser = BlockParser()
    for line in to_lines(text):
        parser.feed(line)
    parser.finish()
    return bool(parser.references or parser.footnotes)


def play(deltas: list[str], pause: float = 100.0) -> None:
    """Stream the deltas; what is settled on the way is how the whole begins."""
    stream = MarkdownStream(prefix="m1")
    shown = ""
    for number, delta in enumerate(deltas):
        stream.feed(delta)
        update = stream.render(number * pause)
        if update is not None:
            shown += update.settled
            assert (shown, update.tail) == (stream.settled_html, stream.tail_html)
            assert not faults(shown[-2000:] and update.settled) + faults(update.tail)
    text = "".join(deltas)
    assert changes_its_beginning(text) or render(text, prefix="m1").startswith(shown)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
@settings(max_examples=150, deadline=None)
def test_rubble_cut_anywhere_settles_as_the_whole_begins(seed: int, cuts: int) -> None:
    play(cut(rubble(seed), cuts))


@given(st.text(alphabet=" \n\r\t#->*_`~|:[]()!$\\<&1.)ax中😀^=", max_size=60), st.integers())
@settings(max_examples=300, deadline=None)
def test_any_text_cut_anywhere_settles_as_the_whole_begins(text: str, cuts: int) -> None:
    play(cut(text, cuts))


@pytest.mark.parametrize("seed", range(25))
def test_a_reply_cut_anywhere_settles_as_the_whole_begins(seed: int) -> None:
    play(cut(reply(seed), seed))


def test_every_single_cut_of_a_mixed_text() -> None:
    text = "Hi **a**:\r\n- x\n  ```py\n  y\n  ```\n\n| a |\n|-|\nT\n: d\n\nU\n: e\n\n$$\nx\n$$\n~~~\nz"
    for place in range(len(text)):
        play([text[:place], text[place:]])


def shown_at_each_moment(deltas: list[str]) -> list[tuple[str, str]]:
    """After each delta: the text so far, and what is on the screen."""
    stream = MarkdownStream(prefix="m1")
    moments = []
    for number, delta in enumerate(deltas):
        stream.feed(delta)
        stream.render(number * 100.0)
        moments.append(("".join(deltas[: number + 1]), stream.settled_html + stream.tail_html))
    return moments


@given(st.text(alphabet=" \n\n->*_|.)1ax中😀^=#", max_size=60), st.integers())
@settings(max_examples=300, deadline=None)
def test_at_each_moment_it_shows_what_the_text_so_far_gives(text: str, cuts: int) -> None:
    for arrived, shown in shown_at_each_moment(cut(text, cuts)):
        assert shown == render(arrived, prefix="m1")


@given(st.lists(st.sampled_from(["# a", "### b", "- # c", "- ### d", "- e", "  ##### f", "> ## g", ""])))
@settings(max_examples=300, deadline=None)
def test_headings_keep_their_levels_as_the_text_grows(lines: list[str]) -> None:
    for arrived, shown in shown_at_each_moment([f"{line}\n" for line in lines]):
        assert shown == render(arrived, prefix="m1")


@pytest.mark.parametrize(
    "source", ["- a\n- b\n\n- c\n  - d\n- e\n\nf\n- g", "3) a\n4) b\n   c\n\n5) d\n* e\n* f\n"]
)
def test_a_growing_list_shows_what_the_text_so_far_gives(source: str) -> None:
    for arrived, shown in shown_at_each_moment(list(source)):
        assert shown == render(arrived, prefix="m1")


def test_settled_blocks_are_sent_once_and_the_tail_is_small() -> None:
    stream = MarkdownStream()
    stream.feed("one\n\ntwo")
    assert stream.render(0.0) is not None
    assert stream.settled_html == "<p>one</p>\n"
    assert stream.tail_html == "<p>two</p>\n"
    stream.feed(" more\n\n")
    update = stream.render(1000.0)
    assert update is not None
    assert update.settled == "<p>two more</p>\n"
    assert update.tail == ""


def test_nothing_new_is_nothing_to_send() -> None:
    stream = MarkdownStream()
    assert stream.render(0.0) is None
    stream.feed("")
    assert stream.render(0.0) is None
    stream.feed("a")
    assert stream.render(0.0) is not None
    assert stream.render(1000.0) is None


def test_it_waits_by_what_the_tail_cost_but_lets_closed_blocks_out() -> None:
    stream = MarkdownStream()
    stream.feed("- item\n" * 400)
    assert stream.render(10.0) is not None
    assert stream.ready_at > 10.0
    stream.feed("- more\n")
    assert stream.render(10.0) is None
    assert stream.render(stream.ready_at) is not None
    stream.feed("\nA paragraph ends the list.\n")
    update = stream.render(stream.ready_at - 1e-9)
    assert update is not None
    assert update.settled.startswith("<ul>")


def test_an_open_fence_is_escaped_and_highlighted_once_at_its_close() -> None:
    stream = MarkdownStream()
    stream.feed("```python\nif a < b:\n    x = 1\n``")
    update = stream.render(0.0)
    assert update is not None
    assert update.tail.endswith('<pre tabindex="0"><code>if a &lt; b:\n    x = 1\n</code></pre></figure>\n')
    assert '<figure class="code" data-lang="python">' in update.tail
    stream.feed("`\n")
    update = stream.render(1000.0)
    assert update is not None
    assert '<span class="k">if</span>' in update.settled


def test_an_open_fence_in_a_list_is_not_highlighted_either() -> None:
    stream = MarkdownStream()
    stream.feed("- a\n  ```python\n  if a:\n")
    update = stream.render(0.0)
    assert update is not None
    assert "<code>if a:\n</code>" in update.tail


def test_half_a_definition_in_the_tail_is_forgotten() -> None:
    [*_, (_, shown)] = shown_at_each_moment(["[r]: https://a.o", "rg\n\n[r]"])
    assert shown == render("[r]: https://a.org\n\n[r]", prefix="m1")


@given(st.text(), st.text(), st.text())
def test_a_patch_makes_the_new_of_the_old_as_javascript_counts(same: str, old: str, new: str) -> None:
    kept, suffix = tail_patch(same + old, same + new)
    units = (same + old).encode("utf-16-le", "surrogatepass")
    assert units[: kept * 2].decode("utf-16-le", "surrogatepass") + suffix == same + new


def test_a_patch_splits_no_surrogate_pair() -> None:
    assert tail_patch("a😀", "a😁") == (1, "😁")
    assert tail_patch("😀a", "😀b") == (2, "b")
