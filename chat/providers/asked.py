"""What a request asks for beside what is said: read off the parameters that go out, so that it is true."""

from __future__ import annotations

import dataclasses
from typing import Any
from urllib.parse import urlsplit

from chat.providers import anthropic_request, google_request, openai_request
from chat.providers.contract import Prompt, ProviderConfig
from chat.providers.facts import OPENAI
from chat.providers.failures import Failures
from chat.providers.options import options_for

# What is said, what is given, and how the answer is to come: shown elsewhere, or of no concern to a person.
ELSEWHERE = {
    *("model", "messages", "stream", "stream_options", "system", "system_instruction"),
    "automatic_function_calling",
}
LIMITS = ("max_tokens", "max_completion_tokens", "max_output_tokens")


def asked_for(config: ProviderConfig, prompt: Prompt) -> dict[str, Any]:
    """By the names of the wire that `config` is asked over."""
    bare = dataclasses.replace(prompt, turns=(), tools=())
    sent = _parameters(config, bare)
    return {name: value for name, value in sent.items() if name not in ELSEWHERE and value is not None}


def limit_in(asked: dict[str, Any]) -> int | None:
    """How long the reply may be."""
    return next((asked[name] for name in LIMITS if name in asked), None)


def _parameters(config: ProviderConfig, prompt: Prompt) -> dict[str, Any]:
    match config.kind:
        case "anthropic":
            options = options_for("anthropic", prompt.options)
            caching = {name: options[name] for name in ("cache", "cache_ttl") if name in options}
            return anthropic_request.parameters(prompt, Failures(config, prompt.model)) | caching
        case "google":
            return google_request.configuration(prompt)
        case "openai" | "local":
            host = urlsplit(config.base_url or OPENAI).hostname if config.kind == "openai" else None
            manners = openai_request.Manners(config.kind, host)
            return openai_request.completion_body(prompt, manners, Failures(config, prompt.model))
        case _:
            return {"temperature": prompt.temperature, "max_tokens": prompt.max_tokens, **prompt.options}
