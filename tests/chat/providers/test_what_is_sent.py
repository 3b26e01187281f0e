"""What only one wire has: OpenAI's own server, Gemini's blocked prompts, words for “unpaid”. Proves B15."""

from __future__ import annotations

import pytest

from chat.providers.contract import Media, Prompt, ProviderConfig, Tool, ToolCall, Turn
from chat.providers.failures import Failures
from chat.providers.openai_request import Manners, completion_body
from tests.chat.providers.asking import ask, prompt
from tests.chat.providers.kinds import bed_of

FAILURES = Failures(ProviderConfig("Acme", "openai"))
OFFICIAL = Manners("openai", "api.openai.com")
OTHER = Manners("openai", "box.example", asks_usage=False)
CALL = ToolCall("a", "f", "")
DETAILS = [{"type": "reasoning.text", "text": "Hm.", "signature": "S", "index": 0}]
THOUGHTS = {"openai": {"reasoning_content": "Hm.", "reasoning_details": DETAILS}}
TURNS = (
    Turn("user", "", media=(Media("application/pdf", b"%PDF", "a.pdf"), Media("image/gif", b"GIF"))),
    Turn("assistant", "", calls=(CALL,), echo=THOUGHTS),
    Turn("tool", "42", call_id="a"),
)


def test_openai_itself_gets_files_its_own_limit_and_nothing_that_it_does_not_know() -> None:
    body = completion_body(Prompt("gpt", TURNS, max_tokens=9), OFFICIAL, FAILURES)
    assert body["messages"] == [
        {
            "role": "user",
            "content": [
                {
                    "type": "file",
                    "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="},
                },
                {"type": "image_url", "image_url": {"url": "data:image/gif;base64,R0lG"}},
            ],
        },
        {
            "role": "assistant",
            "content": None,
            "tool_calls": [{"id": "a", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
        },
        {"role": "tool", "tool_call_id": "a", "content": "42"},
    ]
    assert (body["max_completion_tokens"], body["stream_options"]) == (9, {"include_usage": True})


def test_others_get_their_thoughts_back_and_the_limit_that_they_know() -> None:
    tool = Tool("f", "Does it.", {"type": "object"})
    body = completion_body(Prompt("gpt", TURNS[1:], max_tokens=9, tools=(tool,)), OTHER, FAILURES)
    assert body["messages"][0]["reasoning_content"] == "Hm."
    assert "reasoning_details" not in body["messages"][0]
    assert (body["max_tokens"], "stream_options" in body) == (9, False)
    function = {"name": "f", "description": "Does it.", "parameters": {"type": "object"}}
    assert body["tools"] == [{"type": "function", "function": function}]


def test_openrouter_gets_its_blocks_of_thoughts_back_as_they_were() -> None:
    body = completion_body(Prompt("m", TURNS[1:]), Manners("openai", "openrouter.ai"), FAILURES)
    assert body["messages"][0]["reasoning_details"] == DETAILS
    assert "reasoning_content" not in body["messages"][0]


@pytest.mark.parametrize("host", ["api.deepseek.com", "notdeepseek.com"])
def test_deepseek_gets_thoughts_wherever_tools_were_called_and_nowhere_else(host: str) -> None:
    turns = (
        Turn("assistant", "", calls=(CALL,), thoughts="Look it up."),
        Turn("tool", "42", call_id="a"),
        Turn("assistant", "It is 42.", thoughts="That is it."),
        Turn("user", "And?"),
        Turn("assistant", "", calls=(ToolCall("b", "f", ""),)),
        Turn("tool", "43", call_id="b"),
        Turn("assistant", "No."),
    )
    body = completion_body(Prompt("m", turns), Manners("openai", host), FAILURES)
    sent = [one.get("reasoning_content") for one in body["messages"] if one["role"] == "assistant"]
    is_deepseek = host == "api.deepseek.com"
    assert sent == (["Look it up.", "That is it.", "", None] if is_deepseek else [None] * 4)


async def test_a_prompt_that_gemini_blocks_is_told_as_such() -> None:
    async with bed_of("google") as bed:
        answer = await ask(bed.provider, prompt("blocked"))
        assert "filter held the reply back" in str(answer.error)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (402, {"message": "Payment required"}),
        (429, {"message": "You exceeded your current quota", "code": "insufficient_quota"}),
        (429, {"type": "rate_limit_error", "details": {"error_code": "enforced_spend_limit_reached"}}),
        (400, {"message": "Your credit balance is too low to access the Anthropic API."}),
        (400, {"message": "You have reached your specified API usage limits."}),
    ],
)
def test_an_account_without_money_is_told_from_a_limit(status: int, error: object) -> None:
    assert "wants to be paid" in str(FAILURES.status(status, error, None))


def test_a_quota_of_the_minute_is_waited_for() -> None:
    failure = FAILURES.status(429, {"message": "You exceeded your current quota"}, "7")
    assert (failure.retryable, failure.retry_after) == (True, 7)
