"""What goes to an OpenAI-compatible server."""

from __future__ import annotations

import json
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from chat.providers.contract import Media, Prompt, ProviderConfig, Tool, ToolCall, Turn
from chat.providers.facts import TAKING_FILES
from chat.providers.failures import Failures
from chat.providers.options import options_for
from chat.providers.pairing import paired
from chat.providers.reading import part

OFFICIAL, OPENROUTER, DEEPSEEK = "api.openai.com", "openrouter.ai", "deepseek.com"


@dataclass(frozen=True, slots=True)
class Manners:
    """What a server takes that others refuse; `kind` says whose options are sent."""

    kind: str
    host: str | None
    asks_usage: bool = True

    @property
    def is_official(self) -> bool:
        return self.host == OFFICIAL

    @property
    def takes_files(self) -> bool:
        return self.host in TAKING_FILES

    @property
    def wants_thoughts(self) -> bool:
        """It refuses a conversation in which tools were called and the thoughts beside that are left out."""
        return self.host is not None and (self.host == DEEPSEEK or self.host.endswith(f".{DEEPSEEK}"))


def completion_body(prompt: Prompt, manners: Manners, failures: Failures) -> dict[str, Any]:
    """Raises ProviderError for a file that the protocol, or this server, cannot take."""
    body: dict[str, Any] = {
        "model": prompt.model,
        "messages": [message(turn, manners, failures) for turn in paired(prompt.turns)],
        "stream": True,
    }
    if manners.asks_usage:
        body["stream_options"] = {"include_usage": True}
    if prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.max_tokens is not None:
        # OpenAI's newer models refuse the old name; other servers know only that one.
        body["max_completion_tokens" if manners.is_official else "max_tokens"] = prompt.max_tokens
    if prompt.tools:
        body["tools"] = [tool(one) for one in prompt.tools]
        if not prompt.may_call:
            body["tool_choice"] = "none"
    options = options_for(manners.kind, prompt.options)
    if options.pop("json_mode", False):
        body["response_format"] = {"type": "json_object"}
    return body | options


def message(turn: Turn, manners: Manners, failures: Failures) -> dict[str, Any]:
    if turn.role == "tool":
        return {"role": "tool", "tool_call_id": turn.call_id, "content": turn.text}
    if turn.role == "assistant":
        return assistant(turn, manners)
    if not turn.media:
        return {"role": turn.role, "content": turn.text}
    parts = [media(one, manners, failures) for one in turn.media]
    return {"role": turn.role, "content": [*parts, *said(turn.text)]}


def assistant(turn: Turn, manners: Manners) -> dict[str, Any]:
    sent: dict[str, Any] = {"role": "assistant", "content": turn.text}
    if turn.calls:
        sent |= {"content": turn.text or None, "tool_calls": [call(one) for one in turn.calls]}
    return sent | thoughts(turn, manners)


def thoughts(turn: Turn, manners: Manners) -> dict[str, Any]:
    """As the server wants them back; OpenAI itself refuses what it does not know."""
    echo = part(turn.echo, "openai")
    if manners.wants_thoughts and (turn.calls or turn.thoughts):
        return {"reasoning_content": echo.get("reasoning_content") or turn.thoughts}
    if manners.host == OPENROUTER and (details := echo.get("reasoning_details")):
        return {"reasoning_details": details}
    if turn.calls and not manners.is_official and (told := echo.get("reasoning_content")):
        return {"reasoning_content": told}
    return {}


def said(text: str) -> list[dict[str, Any]]:
    return [{"type": "text", "text": text}] if text else []


def media(one: Media, manners: Manners, failures: Failures) -> dict[str, Any]:
    url = f"data:{one.mime_type};base64,{b64encode(one.data).decode()}"
    if one.is_picture:
        return {"type": "image_url", "image_url": {"url": url}}
    if one.mime_type == "application/pdf" and manners.takes_files:
        return {"type": "file", "file": {"filename": one.name or "document.pdf", "file_data": url}}
    raise failures.unreadable(one.name or one.mime_type)


def call(one: ToolCall) -> dict[str, Any]:
    function = {"name": one.name, "arguments": one.arguments or "{}"}
    return {"id": one.id, "type": "function", "function": function}


def tool(one: Tool) -> dict[str, Any]:
    function = {"name": one.name, "description": one.description, "parameters": one.schema}
    return {"type": "function", "function": function}


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
    if key := failures.usable(config.api_key):
        sent["Authorization"] = f"Bearer {key}"
    return sent
