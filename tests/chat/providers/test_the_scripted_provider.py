"""The provider that other tests lean on does what its script says."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from chat.providers.contract import (
    Called,
    Finish,
    Media,
    Prompt,
    ProviderConfig,
    ProviderError,
    Reasoning,
    Text,
    Tool,
    ToolCall,
    Turn,
    Usage,
)
from chat.providers.scripted import ScriptedProvider
from tests.chat.providers.asking import ask, prompt


@pytest.fixture
def scripted() -> Iterator[ScriptedProvider]:
    yield ScriptedProvider(ProviderConfig("Script", "scripted"))
    ScriptedProvider.reset()


async def test_it_plays_its_script_and_keeps_the_prompt(scripted: ScriptedProvider) -> None:
    failure = ProviderError("No", "Not now.", retryable=True)
    scripted.script("sad", [Text("a"), 0.01, Text("b"), failure])
    answer = await ask(scripted, prompt("sad"))
    assert (answer.text, answer.error) == ("ab", failure)
    assert scripted.prompts == [prompt("sad")]
    assert await scripted.models() == ("default", "sad")


async def test_by_default_it_echoes_word_by_word(scripted: ScriptedProvider) -> None:
    answer = await ask(scripted, prompt("default", "  two\n\nwords "))
    assert answer.text == "  two\n\nwords "
    assert len(answer.deltas) == 4
    assert answer.finish.reason == "stop"


async def test_it_waits_for_the_test_and_knows_when_it_was_stopped(scripted: ScriptedProvider) -> None:
    gate = asyncio.Event()
    scripted.script("slow", [Text("a"), gate, Text("b"), Finish("stop", None)])
    stream = scripted.stream(prompt("slow"))
    await anext(stream)
    held = asyncio.create_task(anext(stream))
    await asyncio.sleep(0.01)
    assert not held.done()
    gate.set()
    assert await held == Text("b")
    await stream.aclose()
    assert scripted.abandoned == [prompt("slow")]


async def test_it_plays_calls_and_what_is_given_back_and_keeps_all_that_it_was_asked(
    scripted: ScriptedProvider,
) -> None:
    called = Called(ToolCall("a", "get_time", "{}"))
    finish = Finish("tool_calls", Usage(9, 3, 4, 2, 1), "tool-user", {"scripted": ["signed"]})
    scripted.script("tools", [Reasoning("Hm."), called, finish])
    asked = Prompt(
        "tools",
        (Turn("user", "Look", media=(Media("image/png", b"x"),)),),
        options={"seed": 7},
        tools=(Tool("get_time", "What time it is.", {"type": "object"}),),
    )
    answer = await ask(scripted, asked)
    assert answer.deltas == [Reasoning("Hm."), called, finish]
    assert scripted.prompts == [asked]
    assert (scripted.prompts[0].options, scripted.prompts[0].tools) == ({"seed": 7}, asked.tools)
    assert scripted.prompts[0].turns[0].media[0].data == b"x"


async def test_a_script_that_nobody_wrote_is_an_error(scripted: ScriptedProvider) -> None:
    assert "No such script" in str((await ask(scripted, prompt("unknown"))).error)
