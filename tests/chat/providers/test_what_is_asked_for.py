"""What is shown of a request's settings is what the request has. Proves B15 and B17."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers.asked import asked_for, limit_in
from chat.providers.contract import Prompt, ProviderConfig, Turn
from chat.providers.facts import facts_of
from tests.chat.providers.asking import ask
from tests.chat.providers.kinds import SERVERS, bed_of
from tests.chat.providers.test_facts import DAY

OPTIONS: dict[str, dict[str, Any]] = {
    "openai": {"reasoning_effort": "low", "json_mode": True},
    "anthropic": {"thinking_budget": 2000, "effort": "high"},
    "google": {"seed": 7},
}


@pytest.mark.parametrize("kind", sorted(SERVERS))
async def test_nothing_is_told_that_was_not_sent_and_nothing_sent_is_left_out(kind: str) -> None:
    asked_of = Prompt("n3-r0", (Turn("user", "Hello"),), 0.5, 900, OPTIONS[kind])
    async with bed_of(kind) as bed:
        provider = bed.provider
        assert (await ask(provider, asked_of)).error is None
        body = dict(bed.up.last.body)
        told = asked_for(provider.config, asked_of)
    if kind == "google":
        sent = body["generationConfig"]
        assert (sent["temperature"], sent["maxOutputTokens"], sent["seed"]) == (0.5, 900, 7)
        assert told == {"temperature": 0.5, "max_output_tokens": 900, "seed": 7}
    else:
        said = {"model", "messages", "stream", "stream_options"}
        assert told == {name: value for name, value in body.items() if name not in said}
        assert ("temperature" in told) == (kind == "openai")
    assert limit_in(told) == (2900 if kind == "anthropic" else 900)


def test_claude_has_a_limit_in_any_case_which_is_told() -> None:
    config = ProviderConfig("claude", "anthropic")
    prompt = Prompt("claude-novel-99", ())
    assert limit_in(asked_for(config, prompt)) == 8192
    assert limit_in(asked_for(config, Prompt("claude-novel-99", (), max_output=64_000))) == 64_000


@pytest.mark.parametrize(
    ("kind", "model", "longest"),
    [
        ("anthropic", "claude-opus-4-5", 64_000),
        ("anthropic", "claude-3-opus-20240229", 4096),
        ("google", "gemini-2.5-flash", 65_536),
        ("openai", "gpt-4o-mini", 16_384),
        ("openai", "gpt-5-mini", 128_000),
        ("anthropic", "claude-novel-99", None),
    ],
)
def test_how_long_a_reply_can_be_is_known_without_a_list(kind: str, model: str, longest: int | None) -> None:
    assert facts_of(kind, "", model, DAY).max_output == longest
