"""What is known of a model before it is asked, and that nothing is made up. Proves B15."""

from __future__ import annotations

from datetime import date

import pytest

from chat.providers.facts import Facts, facts_of

DAY = date(2026, 11, 1)
OPENROUTER = "https://openrouter.ai/api/v1"


def abilities(kind: str, base_url: str, model: str) -> str:
    facts = facts_of(kind, base_url, model, DAY)
    able = (facts.sees_pictures, facts.reads_documents, facts.calls_tools, facts.reasons)
    return "".join(letter for letter, is_so in zip("prtT", able, strict=True) if is_so)


@pytest.mark.parametrize(
    ("kind", "base_url", "model", "able"),
    [
        ("openai", "", "gpt-5.2", "prtT"),
        ("openai", "", "gpt-4o", "prt"),
        ("openai", "", "o3-mini", "tT"),
        ("openai", "", "gpt-3.5-turbo", ""),
        ("openai", "", "gpt-4o-audio-preview", ""),
        ("openai", "", "gpt-image-1", ""),
        ("openai", "https://api.deepseek.com", "deepseek-chat", ""),
        ("openai", OPENROUTER, "anthropic/claude-sonnet-4.5", "prtT"),
        ("anthropic", "", "claude-sonnet-4-5-20250929", "prtT"),
        ("anthropic", "", "claude-opus-5-5", "prtT"),
        ("anthropic", "", "claude-3-haiku-20240307", "pt"),
        ("anthropic", "", "claude-2.1", ""),
        ("google", "", "gemini-2.0-flash", "prt"),
        ("google", "", "gemini-3-flash-preview", "prtT"),
        ("google", "", "gemini-embedding-001", ""),
    ],
)
def test_lines_of_models_do_what_their_makers_say(kind: str, base_url: str, model: str, able: str) -> None:
    assert abilities(kind, base_url, model) == able


def test_a_server_without_a_place_for_pdfs_gets_none() -> None:
    assert abilities("openai", "https://gpt.azure.com/v1", "gpt-4o") in {"", "pt"}


def test_what_nobody_has_listed_is_unknown() -> None:
    assert facts_of("openai", "http://127.0.0.1:8000/v1", "my-own", DAY) == Facts()
    assert facts_of("anthropic", "", "claude-novel-99", DAY).max_output is None
