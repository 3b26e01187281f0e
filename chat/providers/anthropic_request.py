"""What goes to Anthropic's Messages API: the system prompt beside the turns, which are lists of blocks."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from chat.providers.contract import Media, Prompt, Turn
from chat.providers.failures import Failures
from chat.providers.options import options_for
from chat.providers.pairing import arguments_of, paired

Block = dict[str, Any]
# What a conversation begins with whose first words are the model's: the API wants a person's.
OPENING = "…"
# The API wants a limit; so much all models can write.
MAX_TOKENS = 8192


def parameters(prompt: Prompt, failures: Failures) -> dict[str, Any]:
    """Raises ProviderError for a file that it cannot take. There is no temperature any more."""
    options = options_for("anthropic", prompt.options)
    system = [text(turn.text) for turn in prompt.turns if turn.role == "system" and turn.text.strip()]
    sent: dict[str, Any] = {
        "model": prompt.model,
        "max_tokens": prompt.max_tokens or prompt.max_output or MAX_TOKENS,
        "messages": messages(prompt, failures),
    }
    if system:
        sent["system"] = system
    if prompt.tools:
        sent["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": dict(tool.schema)}
            for tool in prompt.tools
        ]
        if not prompt.may_call:
            sent["tool_choice"] = {"type": "none"}
    if effort := options.get("effort"):
        sent["output_config"] = {"effort": effort}
    think(sent, options)
    mark(sent, options)
    return sent


def think(sent: dict[str, Any], options: dict[str, Any]) -> None:
    """A budget is a part of the limit, so the limit grows by it: what a person sets is for the answer."""
    if budget := options.get("thinking_budget"):
        sent["thinking"] = {"type": "enabled", "budget_tokens": budget}
        sent["max_tokens"] += budget
    elif options.get("thinking") == "adaptive":
        # Newer models keep their thoughts to themselves unless they are asked.
        sent["thinking"] = {"type": "adaptive", "display": "summarized"}
    elif options.get("thinking") == "disabled":
        sent["thinking"] = {"type": "disabled"}


def mark(sent: dict[str, Any], options: dict[str, Any]) -> None:
    """Up to each mark the prompt is kept in the cache: the tools, the system prompt, and the last words."""
    if "cache" not in options:
        return
    control = {"type": "ephemeral"} | ({"ttl": options["cache_ttl"]} if "cache_ttl" in options else {})
    ends = [sent.get("tools"), sent.get("system")]
    if options["cache"] == "conversation":
        ends.append(sent["messages"][-1]["content"] if sent["messages"] else None)
    for blocks in ends:
        if blocks:
            blocks[-1]["cache_control"] = control


def messages(prompt: Prompt, failures: Failures) -> list[dict[str, Any]]:
    """People and models by turns; a message without anything in it would be refused."""
    made: list[dict[str, Any]] = []
    for turn in paired([turn for turn in prompt.turns if turn.role != "system"]):
        role = "assistant" if turn.role == "assistant" else "user"
        blocks = blocks_of(turn, failures)
        if made and made[-1]["role"] == role:
            made[-1]["content"] += blocks
        elif blocks:
            made.append({"role": role, "content": blocks})
    if made and made[0]["role"] != "user":
        made.insert(0, {"role": "user", "content": [text(OPENING)]})
    return made


def blocks_of(turn: Turn, failures: Failures) -> list[Block]:
    said = [text(turn.text)] if turn.text.strip() else []
    if turn.role == "tool":
        result: Block = {"type": "tool_result", "tool_use_id": turn.call_id, "content": said}
        return [result | {"is_error": True} if turn.is_error else result]
    if turn.role == "assistant":
        return [*thoughts(turn), *said, *calls(turn)]
    return [*(media(one, failures) for one in turn.media), *said]


def thoughts(turn: Turn) -> list[Block]:
    """As they were signed; those of another provider mean nothing here."""
    echo = turn.echo.get("anthropic") if isinstance(turn.echo, dict) else None
    return list(echo) if isinstance(echo, list) else []


def calls(turn: Turn) -> list[Block]:
    return [
        {"type": "tool_use", "id": call.id, "name": call.name, "input": arguments_of(call)}
        for call in turn.calls
    ]


def text(words: str) -> Block:
    """Half a surrogate pair, as a cut-off paste may hold, becomes `?` rather than a failure."""
    return {"type": "text", "text": words.encode("utf-8", "replace").decode()}


def media(one: Media, failures: Failures) -> Block:
    source = {"type": "base64", "media_type": one.mime_type, "data": b64encode(one.data).decode()}
    if one.is_picture:
        return {"type": "image", "source": source}
    if one.mime_type != "application/pdf":
        raise failures.unreadable(one.name or one.mime_type)
    document: Block = {"type": "document", "source": source}
    return document | {"title": one.name} if one.name else document
