"""What servers tell of their models, each in its own shape. Proves B15."""

from __future__ import annotations

from typing import Any

import pytest

from chat.providers.contract import Listed, ProviderConfig
from chat.providers.openai import OpenAIProvider
from chat.providers.openai_listing import entries_of, read_entry
from tests.upstream import Asked, Connection, Upstream

OPENROUTER = {
    "id": "anthropic/claude-x",
    "name": "Anthropic: Claude X",
    "context_length": 200_000,
    "architecture": {"input_modalities": ["text", "image", "file"], "output_modalities": ["text"]},
    "top_provider": {"context_length": 200_000, "max_completion_tokens": 64_000, "is_moderated": True},
    "supported_parameters": ["tools", "temperature", "reasoning"],
}
OPENROUTER_PLAIN = OPENROUTER | {"architecture": {"input_modalities": ["text"]}, "supported_parameters": []}
VLLM = {"id": "qwen", "object": "model", "owned_by": "vllm", "max_model_len": 32_768}
GROQ = {"id": "llama", "context_window": 131_072, "max_completion_tokens": 8192, "active": True}
MISTRAL = {
    "id": "mistral-large",
    "max_context_length": 131_072,
    "capabilities": {"completion_chat": True, "function_calling": True, "vision": False},
}
LM_STUDIO = {"id": "qwen-vl", "type": "vlm", "max_context_length": 32_768, "loaded_context_length": 8192}
LLAMA_CPP = {"id": "gemma", "owned_by": "llamacpp", "meta": {"n_ctx_train": 131_072, "n_ctx": 4096}}


@pytest.mark.parametrize(
    ("entry", "listed"),
    [
        (
            OPENROUTER,
            Listed(
                "anthropic/claude-x", "Anthropic: Claude X", 200_000, 64_000, True, True, True, reasons=True
            ),
        ),
        (
            OPENROUTER_PLAIN,
            Listed(
                "anthropic/claude-x",
                "Anthropic: Claude X",
                200_000,
                64_000,
                False,
                False,
                False,
                reasons=False,
            ),
        ),
        (VLLM, Listed("qwen", "", 32_768)),
        (GROQ, Listed("llama", "", 131_072, 8192)),
        (
            MISTRAL,
            Listed("mistral-large", "", 131_072, sees_pictures=False, calls_tools=True, reasons=False),
        ),
        (LLAMA_CPP, Listed("gemma", "", 4096)),
        ({"id": "bare", "context_length": "many", "architecture": 3, "capabilities": 4}, Listed("bare")),
    ],
)
def test_each_shape_is_read_and_what_it_lacks_is_unknown(entry: dict[str, Any], listed: Listed) -> None:
    assert read_entry(entry) == listed


def test_llama_cpp_tells_what_a_model_can_do_in_a_second_list() -> None:
    answer = {
        "models": [{"name": "gemma", "capabilities": ["completion", "multimodal"]}],
        "data": [LLAMA_CPP],
    }
    (entry,) = entries_of(answer) or []
    assert read_entry(entry).sees_pictures is True


@pytest.mark.parametrize("answer", [None, 3, {"error": "x"}, {"data": 3}])
def test_what_is_no_list_is_none(answer: object) -> None:
    assert entries_of(answer) is None


class Beside(Upstream):
    """A server that tells more at addresses of its own."""

    owner = ""

    def listing(self, asked: Asked) -> object:
        return {"data": [{"id": name, "owned_by": self.owner} for name in ("a", "b")]}

    async def _respond(self, client: Connection, asked: Asked) -> None:
        match asked.path:
            case "/api/show":
                able = ["completion", "vision"] if asked.model == "a" else ["completion", "tools", "thinking"]
                body = b'{"capabilities": %b}' % str(able).replace("'", '"').encode()
                await client.answer(200, body)
            case "/api/v0/models":
                body = b'{"data": [{"id": "a", "type": "vlm", "loaded_context_length": 8192}, {"id": "b"}]}'
                await client.answer(200, body)
            case _:
                await super()._respond(client, asked)


@pytest.mark.parametrize(
    ("owner", "first", "second"),
    [
        (
            "library",
            Listed("a", sees_pictures=True, calls_tools=False, reasons=False),
            Listed("b", sees_pictures=False, calls_tools=True, reasons=True),
        ),
        ("organization_owner", Listed("a", "", 8192, sees_pictures=True), Listed("b")),
        ("somebody", Listed("a"), Listed("b")),
    ],
)
async def test_ollama_and_lm_studio_are_asked_for_more(owner: str, first: Listed, second: Listed) -> None:
    async with Beside() as up:
        up.owner = owner
        provider = OpenAIProvider(ProviderConfig("Acme", "openai", up.url))
        assert await provider.listed() == (first, second)
        await provider.aclose()
