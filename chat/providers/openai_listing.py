"""What OpenAI-compatible servers tell of their models, each in its own shape; what none tells is unknown."""

from __future__ import annotations

from typing import Any

from chat.providers.contract import Listed
from chat.providers.reading import count, part, words

Entry = dict[str, Any]
# vLLM, OpenRouter and Together, Groq, Mistral, LM Studio (a model that is loaded), llama.cpp (in `meta`).
WINDOWS = (
    "max_model_len",
    "context_length",
    "context_window",
    "max_context_length",
    "loaded_context_length",
    "n_ctx",
)
OUTPUTS = ("max_completion_tokens", "max_output_tokens")
SEEING = {"vision", "multimodal", "image"}
CALLING = {"tools", "tool_use", "function_calling"}
REASONING = {"reasoning", "thinking"}
LM_STUDIO = {"organization_owner", "organization-owner"}
OLLAMA = {"library"}


def entries_of(answer: object) -> list[Entry] | None:
    """None where the answer is no list of models."""
    data = answer.get("data") if isinstance(answer, dict) else answer
    if not isinstance(data, list):
        return None
    beside = _beside(answer)
    entries = (entry for entry in data if isinstance(entry, dict) and words(entry.get("id")))
    return [beside.get(entry["id"], {}) | entry for entry in entries]


def _beside(answer: object) -> dict[str, Entry]:
    """llama.cpp tells what a model can do in a second list."""
    models = answer.get("models") if isinstance(answer, dict) else None
    entries = models if isinstance(models, list) else []
    return {
        words(entry.get("name")): {"capabilities": entry.get("capabilities")}
        for entry in entries
        if isinstance(entry, dict)
    }


def is_lm_studio(entries: list[Entry]) -> bool:
    return any(entry.get("owned_by") in LM_STUDIO for entry in entries)


def is_ollama(entries: list[Entry]) -> bool:
    return any(entry.get("owned_by") in OLLAMA for entry in entries)


def read_entry(entry: Entry) -> Listed:
    able = _capabilities(entry)
    modalities = _names(part(entry, "architecture").get("input_modalities"))
    parameters = _names(entry.get("supported_parameters"))
    is_seeing = _known(able, SEEING, otherwise=_is_seeing(entry))
    return Listed(
        words(entry.get("id")),
        label=words(entry.get("name")) or words(entry.get("display_name")),
        context_window=_first(entry, WINDOWS) or _first(part(entry, "meta"), WINDOWS),
        max_output=_first(part(entry, "top_provider"), OUTPUTS) or _first(entry, OUTPUTS),
        sees_pictures=_known(modalities, {"image"}, otherwise=is_seeing),
        reads_documents=_known(modalities, {"file"}),
        calls_tools=_known(parameters, {"tools"}, otherwise=_known(able, CALLING)),
        reasons=_known(parameters, {"reasoning"}, otherwise=_known(able, REASONING)),
    )


def _capabilities(entry: Entry) -> set[str] | None:
    """A list of names, or an object of which each is true or false."""
    able = entry.get("capabilities")
    return {name for name, is_so in able.items() if is_so} if isinstance(able, dict) else _names(able)


def _is_seeing(entry: Entry) -> bool | None:
    """LM Studio's kinds of models: `vlm` see, `llm` do not."""
    return {"vlm": True, "llm": False}.get(words(entry.get("type")))


def _names(value: object) -> set[str] | None:
    return {name for name in value if isinstance(name, str)} if isinstance(value, list) else None


def _known(names: set[str] | None, wanted: set[str], *, otherwise: bool | None = None) -> bool | None:
    """A list that says anything says all; where there is none, something else may."""
    return otherwise if names is None else bool(names & wanted)


def _first(entry: Entry, names: tuple[str, ...]) -> int | None:
    return next((number for name in names if (number := count(entry.get(name)))), None)
