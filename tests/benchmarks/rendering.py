"""What streaming a reply costs against rendering it once: CPU, share of a core, bytes sent."""

from __future__ import annotations

import time
from dataclasses import dataclass

from chat.rendering import MarkdownStream, render, tail_patch
from tests.chat.rendering.corpus import reply, tokens

TICK = 0.05
TOKENS_PER_SECOND = 50
SINGLE_BLOCKS = {
    "list": ("", "- An item with **some** `code` in it and a few more words\n", 107),
    "table": ("| name | kind | size |\n|---|---|---|\n", "| some `cell` | of a **table** | 12,345 |\n", 150),
    "paragraph": (
        "",
        "A sentence with *emphasis*, `code` and [a link](https://example.org) that goes on. ",
        73,
    ),
    "code": ("```python\n", 'def f(x):\n    return {"key": x + 1}  # a comment\n', 122),
}


@dataclass(frozen=True, slots=True)
class Played:
    """One streamed reply: CPU seconds, bytes that went out, and the seconds it would have taken."""

    cpu: float
    sent: int
    duration: float


def single_block(kind: str, repeats: int) -> str:
    head, line, count = SINGLE_BLOCKS[kind]
    return head + line * count * repeats


def long_reply(count: int = 16_000) -> str:
    text = ""
    seed = 0
    while len(text) < 3 * count:
        text += reply(seed)
        seed += 1
    return text[: 3 * count]


def play(text: str) -> Played:
    """Streams the text at 50 tokens a second, rendered each 50 ms of a clock that need not be waited for."""
    pieces = tokens(text)
    stream = MarkdownStream(prefix="bench")
    now, fed, sent, tail = 0.0, 0.0, 0, ""
    started = time.process_time()
    outside = 0.0
    while int(fed) < len(pieces):
        before, fed = int(fed), fed + TOKENS_PER_SECOND * TICK
        stream.feed("".join(pieces[before : int(fed)]))
        update = stream.render(now)
        if update is not None:
            counted = time.process_time()
            _, suffix = tail_patch(tail, update.tail)
            sent += len(update.settled.encode()) + len(suffix.encode())
            tail = update.tail
            outside += time.process_time() - counted
        now += TICK
    whole, settled = render(text, prefix="bench"), stream.settled_html
    sent += len(whole.removeprefix(settled).encode())
    return Played(time.process_time() - started - outside, sent, now)


def measure_reply() -> dict[str, float]:
    """A mixed reply of 16,000 tokens."""
    render(long_reply(500))  # the libraries are loaded now
    text = long_reply()
    whole = min(_cpu_of_one_render(text) for _ in range(3))
    played = min((play(text) for _ in range(2)), key=lambda played: played.cpu)
    return {
        "whole render, 16,000 tokens, ms": whole * 1000,
        "streamed ÷ whole, 16,000 tokens": played.cpu / whole,
        "share of a core, 16,000 tokens": played.cpu / played.duration,
        "bytes ÷ text, 16,000 tokens": played.sent / len(text.encode()),
    }


def measure_block(kind: str, repeats: int = 1) -> dict[str, float]:
    """A reply that is one block of about 2,000 tokens times `repeats`."""
    block = single_block(kind, repeats)
    played = play(block)
    return {
        f"share of a core, one {kind}": played.cpu / played.duration,
        f"bytes ÷ text, one {kind}": played.sent / len(block.encode()),
    }


def measure() -> dict[str, float]:
    measured = measure_reply()
    for kind in SINGLE_BLOCKS:
        measured |= measure_block(kind, repeats=4)
    return measured


def _cpu_of_one_render(text: str) -> float:
    started = time.process_time()
    render(text)
    return time.process_time() - started


if __name__ == "__main__":
    for name, value in measure().items():
        print(f"{name:40} {value:10.3f}")
