"""What goes to an OpenAI-compatible server, and how to read its refusals."""

from __future__ import annotations

import json
from typing import Any

from chat.phrases import Phrase
from chat.providers.contract import Prompt, ProviderConfig, Turn
from chat.providers.failures import Failures


def completion_body(prompt: Prompt, *, asks_usage: bool, is_official: bool) -> dict[str, Any]:
    body: dict[str, Any] = {
        "model": prompt.model,
        "messages": [message(turn) for turn in prompt.turns],
        "stream": True,
    }
    if asks_usage:
        body["stream_options"] = {"include_usage": True}
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.max_tokens is not None:
        # OpenAI's newer models refuse the old name; other servers know only that one.
        body["max_completion_tokens" if is_official else "max_tokens"] = prompt.max_tokens
    return body


def message(turn: Turn) -> dict[str, str]:
    """A tool's result without its call would be refused, so it goes as the user's words."""
    return {"role": "user" if turn.role == "tool" else turn.role, "content": turn.text}


def encode(body: dict[str, Any]) -> bytes:
    """Half a surrogate pair, as a cut-off paste may hold, becomes `?` rather than a failure."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def headers(config: ProviderConfig, failures: Failures) -> dict[str, str]:
    sent = {
        "Accept": "text/event-stream, application/json",
        "Accept-Encoding": "identity",  # no token waits in a compressor; nothing unpacks without end
        "Content-Type": "application/json",
        "User-Agent": "Parley",
    }
    key = config.api_key.strip()
    if not (key.isascii() and key.isprintable()):
        raise failures.misconfigured(Phrase("The API key holds characters that no key has."))
    if key:
        sent["Authorization"] = f"Bearer {key}"
    return sent


def error_in(answer: object) -> object:
    """The part of an answer that says what went wrong, in any of the shapes that servers use."""
    if isinstance(answer, list) and answer:
        return error_in(answer[0])
    if isinstance(answer, dict):
        return answer.get("error") or answer.get("detail") or answer
    return answer
