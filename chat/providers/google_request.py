"""What goes to Gemini: the system prompt beside the turns, which are lists of parts, and a configuration."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from typing import Any

from chat.providers.contract import Media, Prompt, Tool, ToolCall, Turn
from chat.providers.failures import Failures
from chat.providers.options import options_for
from chat.providers.pairing import arguments_of, paired

Part = dict[str, Any]
# What a conversation begins with whose first words are the model's: the API wants a person's.
OPENING = "…"
HARMS = ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT")
# Those that think, and show it when asked; others refuse to be asked.
THINKING = re.compile(r"gemini-(?:2\.5|[3-9])")


def configuration(prompt: Prompt) -> dict[str, Any]:
    """By the names of the library's GenerateContentConfig."""
    options = options_for("google", prompt.options)
    system = [clean(turn.text) for turn in prompt.turns if turn.role == "system" and turn.text.strip()]
    sent: dict[str, Any] = {
        "temperature": prompt.temperature,
        "max_output_tokens": prompt.max_tokens,
        "automatic_function_calling": {"disable": True},
        **{name: options[name] for name in ("top_p", "top_k", "seed") if name in options},
    }
    if system:
        sent["system_instruction"] = "\n\n".join(system)
    if prompt.tools:
        sent["tools"] = [{"function_declarations": [declaration(tool) for tool in prompt.tools]}]
        if not prompt.may_call:
            sent["tool_config"] = {"function_calling_config": {"mode": "NONE"}}
    if "json_mode" in options:
        sent["response_mime_type"] = "application/json"
    if threshold := options.get("safety_threshold"):
        sent["safety_settings"] = [
            {"category": f"HARM_CATEGORY_{harm}", "threshold": threshold} for harm in HARMS
        ]
    if thinking := _thinking(prompt.model, options):
        sent["thinking_config"] = thinking
    return sent


def _thinking(model: str, options: Mapping[str, Any]) -> dict[str, Any]:
    asked: dict[str, Any] = {}
    if "thinking_budget" in options:
        asked["thinking_budget"] = options["thinking_budget"]
    if "thinking_level" in options:
        asked["thinking_level"] = str(options["thinking_level"]).upper()
    return asked | {"include_thoughts": True} if asked or THINKING.search(model) else {}


def declaration(tool: Tool) -> dict[str, Any]:
    return {
        "name": tool.name,
        "description": tool.description,
        "parameters_json_schema": dict(tool.schema),
    }


def contents(turns: Sequence[Turn], failures: Failures) -> list[dict[str, Any]]:
    """People and models by turns; one without a part would be refused. Raises ProviderError for odd files."""
    made: list[dict[str, Any]] = []
    names: dict[str, str] = {}
    for turn in paired([turn for turn in turns if turn.role != "system"]):
        names |= {call.id: call.name for call in turn.calls}
        role = "model" if turn.role == "assistant" else "user"
        parts = parts_of(turn, names, failures)
        if made and made[-1]["role"] == role:
            made[-1]["parts"] += parts
        elif parts:
            made.append({"role": role, "parts": parts})
    if made and made[0]["role"] != "user":
        made.insert(0, {"role": "user", "parts": [{"text": OPENING}]})
    return made


def parts_of(turn: Turn, names: Mapping[str, str], failures: Failures) -> list[Part]:
    if turn.role == "tool":
        outcome = {"error" if turn.is_error else "output": clean(turn.text)}
        return [{"function_response": {"name": names[turn.call_id], "response": outcome}}]
    if turn.role == "assistant":
        return model_parts(turn)
    said: list[Part] = [{"text": clean(turn.text)}] if turn.text else []
    return [*(media(one, failures) for one in turn.media), *said]


def model_parts(turn: Turn) -> list[Part]:
    """Each part with the signature that it came with; those of another provider mean nothing here."""
    signatures = turn.echo.get("google") if isinstance(turn.echo, dict) else None
    signed = signatures if isinstance(signatures, dict) else {}
    said = [_signed({"text": clean(turn.text)}, signed.get("text"))] if turn.text else []
    return [*said, *(_signed(called(call), signed.get(call.id)) for call in turn.calls)]


def called(call: ToolCall) -> Part:
    return {"function_call": {"name": call.name, "args": arguments_of(call)}}


def _signed(part: Part, signature: object) -> Part:
    try:
        return part | {"thought_signature": b64decode(signature)} if isinstance(signature, str) else part
    except NotBase64:
        return part


def media(one: Media, failures: Failures) -> Part:
    if not (one.is_picture or one.mime_type == "application/pdf"):
        raise failures.unreadable(one.name or one.mime_type)
    return {"inline_data": {"mime_type": one.mime_type, "data": one.data}}


def clean(words: str) -> str:
    """Half a surrogate pair, as a cut-off paste may hold, becomes `?` rather than a failure."""
    return words.encode("utf-8", "replace").decode()
