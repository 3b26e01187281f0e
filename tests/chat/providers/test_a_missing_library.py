"""A small installation has no library for Claude and Gemini, and says so. Proves B15."""

from __future__ import annotations

import sys

import pytest

from chat.providers.contract import ProviderConfig, ProviderError
from chat.providers.registry import build
from tests.chat.providers.asking import ask, prompt


@pytest.mark.parametrize(("kind", "package"), [("anthropic", "anthropic"), ("google", "google.genai")])
async def test_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, kind: str, package: str) -> None:
    for name in [name for name in sys.modules if name.startswith(f"chat.providers.{kind}")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, package, None)
    provider = build(ProviderConfig("Acme", kind, api_key="k"))
    answer = await ask(provider, prompt("any"))
    assert "Acme cannot be used" in str(answer.error)
    assert f"The package {package} is not installed" in str(answer.error)
    assert "pip install '.[providers]'" in str(answer.error)
    with pytest.raises(ProviderError, match="not installed"):
        await provider.listed()
    await provider.aclose()
