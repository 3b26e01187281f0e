"""What loading and streaming may cost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.benchmarks.rendering import SINGLE_BLOCKS, measure_block, measure_reply


def test_importing_it_loads_none_of_the_libraries() -> None:
    heavy = "{'markdown', 'pygments', 'nh3', 'latex2mathml', 'pymdownx'} & set(sys.modules)"
    code = f"import sys, chat.rendering; assert not {heavy}, {heavy}"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_streaming_stays_within_a_small_multiple_of_rendering_once() -> None:
    measured = measure_reply()
    assert measured["streamed ÷ whole, 16,000 tokens"] <= 15
    assert measured["bytes ÷ text, 16,000 tokens"] <= 8


@pytest.mark.parametrize("kind", SINGLE_BLOCKS)
def test_a_reply_of_one_block_takes_little_of_a_core(kind: str) -> None:
    measured = measure_block(kind)
    assert measured[f"share of a core, one {kind}"] <= 0.05
