"""Tokens in every way in which servers count them, told in one. Proves B15."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers.anthropic_reply import read_usage as read_anthropic
from chat.providers.contract import Usage
from chat.providers.openai_reply import read_usage

OPENAI = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_tokens_details": {"cached_tokens": 60, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 12},
}
OPENROUTER = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "prompt_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 90},
    "cost": 0.1,
}
DEEPSEEK = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "prompt_cache_hit_tokens": 64,
    "prompt_cache_miss_tokens": 36,
}
XAI = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 132,
    "completion_tokens_details": {"reasoning_tokens": 12},
}


@pytest.mark.parametrize(
    ("said", "usage"),
    [
        (OPENAI, Usage(100, 20, cached_tokens=60, reasoning_tokens=12)),
        (OPENROUTER, Usage(100, 20, cached_tokens=0, cache_write_tokens=90)),
        (DEEPSEEK, Usage(100, 20, cached_tokens=64)),
        (XAI, Usage(100, 32, reasoning_tokens=12)),
        ({"prompt_tokens": -1, "completion_tokens": True}, Usage(None, None)),
        ({"prompt_tokens": 2**40, "prompt_tokens_details": 3}, Usage(None, None)),
        ([], None),
    ],
)
def test_openai_and_those_who_speak_like_it(said: Any, usage: Usage | None) -> None:
    assert read_usage(said) == usage


def test_what_anthropic_counts_beside_the_input_is_part_of_ours() -> None:
    said = {
        "input_tokens": 10,
        "cache_read_input_tokens": 60,
        "cache_creation_input_tokens": 30,
        "output_tokens": 20,
        "output_tokens_details": {"thinking_tokens": 12},
    }
    assert read_anthropic(said) == Usage(100, 20, 60, 30, 12)
    assert read_anthropic({"output_tokens": 3}) == Usage(None, 3)
