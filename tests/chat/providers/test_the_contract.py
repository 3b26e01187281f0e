"""What every provider does alike, each asked over its own wire. Proves B15, A13, C5."""

from __future__ import annotations

import asyncio
import itertools
import json
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from typing import Any

import pytest

from chat.providers.contract import (
    Called,
    Media,
    Prompt,
    Reasoning,
    Text,
    Tool,
    ToolCall,
    Turn,
    Usage,
)
from tests.chat.providers.asking import Answer, ask, prompt
from tests.chat.providers.kinds import KEY, SERVERS, Bed, bed_of, soon
from tests.upstream_plan import CACHED, CALLS, FRESH, WRITTEN
from tests.upstream_replies import UNICODE, replies

PICTURE = Media("image/png", b"\x89PNG" + b"x" * 61, "cat.png")
PDF = Media("application/pdf", b"%PDF-" + b"y" * 95, "paper.pdf")
WEATHER = Tool(
    "get_weather", "How warm it is.", {"type": "object", "properties": {"city": {"type": "string"}}}
)
CLOCK = Tool("get_time", "What time it is.", {"type": "object", "properties": {}})
STOP_WITHIN = 0.2


@pytest.fixture(params=sorted(SERVERS))
async def bed(request: pytest.FixtureRequest) -> AsyncIterator[Bed]:
    async with bed_of(request.param) as made:
        yield made


@pytest.mark.parametrize("model", ["n50-r0", "md300-r0", "n20-r200", "bytes5", "crlf5"])
async def test_every_token_arrives_in_order(bed: Bed, model: str) -> None:
    answer = await ask(bed.provider, prompt(model))
    said = "".join(replies(model))
    assert answer.text == said
    assert answer.finish.reason == "stop"
    assert answer.finish.model == model
    assert answer.finish.usage == Usage(FRESH, len(replies(model)), **known(bed.kind, answer))


def known(kind: str, answer: Answer) -> dict[str, Any]:
    """Anthropic always counts what its cache did."""
    return {"cached_tokens": 0, "cache_write_tokens": 0} if kind == "anthropic" else {}


async def test_characters_cut_across_packets_arrive_whole(bed: Bed) -> None:
    assert (await ask(bed.provider, prompt("utf8split"))).text == UNICODE


async def test_what_is_odd_or_unknown_is_passed_over(bed: Bed) -> None:
    answer = await ask(bed.provider, prompt("odd"))
    assert answer.text == "abcd"
    assert answer.finish.reason == "stop"


async def test_thoughts_are_told_apart_and_counted_as_output(bed: Bed) -> None:
    answer = await ask(bed.provider, prompt("reason5"))
    assert answer.reasoning == answer.text == "t0 t1 t2 t3 t4 "
    usage = answer.finish.usage
    assert usage is not None
    assert (usage.output_tokens, usage.reasoning_tokens) == (10, 5)


async def test_what_the_cache_did_is_part_of_the_input(bed: Bed) -> None:
    usage = (await ask(bed.provider, prompt("cached5"))).finish.usage
    assert usage is not None
    assert (usage.input_tokens, usage.cached_tokens) == (FRESH + CACHED + WRITTEN, CACHED)
    assert usage.cache_write_tokens == (WRITTEN if bed.kind == "anthropic" else None)


@pytest.mark.parametrize(("model", "reason"), [("length5", "length"), ("filtered5", "content_filter")])
async def test_why_it_ended_is_told_in_the_same_words(bed: Bed, model: str, reason: str) -> None:
    assert (await ask(bed.provider, prompt(model))).finish.reason == reason


async def test_the_system_prompt_and_the_turns_arrive(bed: Bed) -> None:
    turns = (
        Turn("system", "Be brief."),
        Turn("user", "Hello"),
        Turn("assistant", "Hi"),
        Turn("assistant", "there."),
        Turn("user", "half \ud83d pair"),
    )
    answer = await ask(bed.provider, Prompt("echo", turns))
    assert answer.text.startswith("half ? pair")
    assert "Be brief." in json.dumps(bed.up.last.body)


@pytest.mark.parametrize(
    "turns",
    [
        (Turn("assistant", "I begin."), Turn("user", "Go on")),
        (Turn("user", "One"), Turn("assistant", ""), Turn("user", "Go on")),
        (Turn("user", " \n "), Turn("user", "Go on")),
        (Turn("system", " "), Turn("user", "Go on"), Turn("assistant", " ")),
        (Turn("tool", "42", call_id="gone"), Turn("user", "Go on")),
        (Turn("user", "One"), Turn("assistant", "", calls=(ToolCall("a", "f", ""),)), Turn("user", "Go on")),
    ],
)
async def test_a_conversation_with_holes_is_not_refused(bed: Bed, turns: tuple[Turn, ...]) -> None:
    assert "Go on" in (await ask(bed.provider, Prompt("echo", turns))).text


@pytest.mark.parametrize("model", ["tools", "ponder"])
async def test_calls_and_their_results_make_the_round(bed: Bed, model: str) -> None:
    """With its thoughts, where it thought: a server that signed them refuses the results without."""
    provider, question = bed.provider, Turn("user", "How warm is it?")
    answer = await ask(provider, Prompt(model, (question,), tools=(WEATHER, CLOCK)))
    calls = [delta.call for delta in answer.deltas if isinstance(delta, Called)]
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [
        (name, json.loads(arguments)) for name, arguments in CALLS
    ]
    assert len({call.id for call in calls}) == 2
    assert all(call.id for call in calls)
    assert answer.text == "Let me see."
    assert answer.finish.reason == "tool_calls"
    turns = (
        question,
        Turn("assistant", answer.text, calls=tuple(calls), echo=json.loads(json.dumps(answer.finish.echo))),
        Turn("tool", "half past nine", call_id=calls[1].id),
        Turn("tool", "no such city", call_id=calls[0].id, is_error=True),
    )
    second = await ask(provider, Prompt(model, turns, tools=(WEATHER, CLOCK)))
    assert second.text == "no such city; half past nine"
    assert second.finish.reason == "stop"


async def test_thoughts_that_another_provider_signed_are_left_out(bed: Bed) -> None:
    echo = {"somebody": [{"type": "thinking"}], "openai": 3, "anthropic": {"a": 1}, "google": ["x"]}
    turns = (Turn("user", "A"), Turn("assistant", "B", echo=echo), Turn("user", "C"))
    assert "C" in (await ask(bed.provider, Prompt("echo", turns))).text


async def test_a_reply_that_is_only_calls_is_a_reply(bed: Bed) -> None:
    answer = await ask(bed.provider, Prompt("tools", (Turn("user", "Now"),), tools=(WEATHER,)))
    assert sum(isinstance(delta, Called) for delta in answer.deltas) == 2


async def test_pictures_arrive_whole(bed: Bed) -> None:
    answer = await ask(bed.provider, Prompt("see", (Turn("user", "Look", media=(PICTURE, PICTURE)),)))
    assert answer.text == "image/png 65, image/png 65"


async def test_a_pdf_arrives_whole_or_is_said_not_to_be_taken(bed: Bed) -> None:
    answer = await ask(bed.provider, Prompt("see", (Turn("user", "Read", media=(PDF,)),)))
    if bed.kind == "openai":  # this server is not OpenAI's own
        assert "does not read paper.pdf" in str(answer.error)
        assert not bed.up.requests
    else:
        assert answer.text == "application/pdf 100"


async def test_a_file_that_no_model_reads_is_said_not_to_be_taken(bed: Bed) -> None:
    odd = Media("application/x-odd", b"z", "odd.bin")
    answer = await ask(bed.provider, Prompt("see", (Turn("user", "Read", media=(odd,)),)))
    assert "does not read odd.bin" in str(answer.error)


OPTIONS: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    (
        "openai",
        {"reasoning_effort": "low", "seed": 7, "json_mode": True, "verbosity": "high", "top_p": 0.5},
        {
            "reasoning_effort": "low",
            "seed": 7,
            "response_format": {"type": "json_object"},
            "verbosity": "high",
            "top_p": 0.5,
        },
    ),
    (
        "anthropic",
        {"thinking_budget": 2000, "effort": "high"},
        {
            "thinking": {"type": "enabled", "budget_tokens": 2000},
            "output_config": {"effort": "high"},
            "max_tokens": 2100,
        },
    ),
    ("anthropic", {"thinking": "adaptive"}, {"thinking": {"type": "adaptive", "display": "summarized"}}),
    ("anthropic", {"thinking": "disabled"}, {"thinking": {"type": "disabled"}}),
    (
        "google",
        {"top_k": 3, "seed": 7, "json_mode": True, "thinking_budget": 0},
        {
            "generationConfig": {
                "temperature": 0.5,
                "maxOutputTokens": 100,
                "topK": 3,
                "seed": 7,
                "responseMimeType": "application/json",
                "thinkingConfig": {"includeThoughts": True, "thinkingBudget": 0},
            }
        },
    ),
]


@pytest.mark.parametrize(("kind", "options", "sent"), OPTIONS)
async def test_options_reach_the_wire(kind: str, options: dict[str, Any], sent: dict[str, Any]) -> None:
    asked = Prompt("n1", (Turn("user", "Hi"),), temperature=0.5, max_tokens=100, options=options)
    async with bed_of(kind) as bed:
        await ask(bed.provider, asked)
        assert {name: bed.up.last.body.get(name) for name in sent} == sent


async def test_what_is_meant_for_another_provider_stays_here(bed: Bed) -> None:
    options = {"repeat_penalty": 1.1, "novel": "x", "seed": "seven", "effort": 3}
    answer = await ask(bed.provider, Prompt("n1", (Turn("user", "Hi"),), options=options))
    assert answer.text == "t0 "
    assert not options.keys() & bed.up.last.body.keys()


async def test_safety_is_set_for_every_harm() -> None:
    async with bed_of("google") as bed:
        options = {"safety_threshold": "BLOCK_ONLY_HIGH", "thinking_level": "low"}
        await ask(bed.provider, Prompt("n1", (Turn("user", "Hi"),), options=options))
        settings = bed.up.last.body["safetySettings"]
        assert len({one["category"] for one in settings}) == 4
        assert {one["threshold"] for one in settings} == {"BLOCK_ONLY_HIGH"}
        assert bed.up.last.body["generationConfig"]["thinkingConfig"]["thinkingLevel"] == "LOW"


@pytest.mark.parametrize(("cache", "marks"), [("instructions", 2), ("conversation", 3)])
async def test_the_cache_is_marked_where_what_stays_the_same_ends(cache: str, marks: int) -> None:
    async with bed_of("anthropic") as bed:
        turns = (Turn("system", "Be brief."), Turn("user", "A"), Turn("assistant", "B"), Turn("user", "C"))
        options = {"cache": cache, "cache_ttl": "1h"}
        answer = await ask(bed.provider, Prompt("n1", turns, options=options, tools=(WEATHER, CLOCK)))
        assert answer.text == "t0 "
        body = bed.up.last.body
        ends = [body["tools"][-1], body["system"][-1], body["messages"][-1]["content"][-1]]
        control = {"type": "ephemeral", "ttl": "1h"}
        assert [end.get("cache_control") for end in ends[:marks]] == [control] * marks
        assert json.dumps(body).count("cache_control") == marks


async def test_a_provider_lists_its_models_with_what_they_can_do(bed: Bed) -> None:
    provider = bed.provider
    listed = await provider.listed()
    assert await provider.models() == tuple(one.name for one in listed)
    expected = {"openai": ("echo", 4096), "anthropic": ("claude-haiku-4-5-20251001", 200_000)}
    name, window = expected.get(bed.kind, ("gemini-2.5-flash", 1_048_576))
    assert {one.name: one.context_window for one in listed}[name] == window
    assert provider.context_window(name) == window
    assert "text-embedding-004" not in {one.name for one in listed}


@pytest.mark.parametrize("model", ["hang", "hang5", "n2000-r50", "pings5"])
async def test_a_stop_closes_the_request_upstream_at_once(bed: Bed, model: str) -> None:
    task = asyncio.create_task(ask(bed.provider, prompt(model)))
    await soon(lambda: bool(bed.up.requests))
    await asyncio.sleep(0.1)
    stopped = time.monotonic()
    task.cancel()
    await soon(lambda: bed.up.last.gone_at is not None)
    assert bed.up.last.gone_at is not None
    assert bed.up.last.gone_at - stopped < STOP_WITHIN
    assert bed.up.last.done_at is None


async def test_leaving_a_stream_closes_the_request_upstream_at_once(bed: Bed) -> None:
    async with aclosing(bed.provider.stream(prompt("n2000-r50"))) as stream:
        await anext(stream)
        stopped = time.monotonic()
    await soon(lambda: bed.up.last.gone_at is not None)
    assert bed.up.last.gone_at is not None
    assert bed.up.last.gone_at - stopped < STOP_WITHIN


async def test_a_stop_between_two_replies_of_one_task_closes_the_right_one(bed: Bed) -> None:
    first, second = (bed.provider.stream(prompt(model)) for model in ("n2000-r50", "n2000-r51"))
    await anext(first)
    await anext(second)
    await anext(first)
    await second.aclose()
    await soon(lambda: any(asked.gone_at for asked in bed.up.requests))
    assert [asked.model for asked in bed.up.requests if asked.gone_at] == ["n2000-r51"]
    assert isinstance(await anext(first), Text)
    await first.aclose()


async def test_a_hundred_replies_run_at_once(bed: Bed) -> None:
    provider = bed.provider
    answers = await asyncio.gather(*(ask(provider, prompt("n10-r100")) for _ in range(100)))
    assert all(answer.text == "".join(replies("n10-r100")) for answer in answers)


async def test_one_connection_serves_one_reply_after_another(bed: Bed) -> None:
    provider = bed.provider
    for _ in range(3):
        await ask(provider, prompt("n5"))
    assert (bed.up.connections, len(bed.up.requests)) == (1, 3)


@pytest.mark.parametrize("model", ["n3", "e401", "e500", "err3", "redirect", "html", "shout"])
async def test_no_key_and_no_address_in_anything_that_is_written(
    bed: Bed, model: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("anthropic", "httpx", "httpx2", "httpcore", "google_genai"):
        assert logging.getLogger(name).getEffectiveLevel() >= logging.WARNING or name == "httpcore"
    provider = bed.provider
    answer = await ask(provider, prompt(model, f"my key is {KEY}"))
    written = "".join(record.getMessage() for record in caplog.records if record.name != "asyncio")
    error = answer.error
    shown = [repr(provider), repr(provider.config), str(error), repr(error), written, *capfd.readouterr()]
    while error is not None:
        shown.append(str(error))
        error = error.__cause__  # type: ignore[assignment]
    assert not any(KEY in text for text in shown)
    assert "127.0.0.1" not in str(answer.error)


async def test_a_redirect_does_not_carry_the_key_away(bed: Bed) -> None:
    answer = await ask(bed.provider, prompt("redirect"))
    assert "points somewhere else" in str(answer.error)
    assert len(bed.up.requests) == 1


async def test_a_library_takes_nothing_from_the_environment(
    bed: Bed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("ANTHROPIC_API_KEY", "ANTHROPIC_AUTH_TOKEN", "GOOGLE_API_KEY", "GEMINI_API_KEY"):
        monkeypatch.setenv(name, "sk-of-the-machine")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("GOOGLE_GENAI_USE_VERTEXAI", "true")
    monkeypatch.setenv("GOOGLE_CLOUD_PROJECT", "theirs")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    assert (await ask(bed.provider, prompt("n3"))).text == "t0 t1 t2 "
    assert "sk-of-the-machine" not in str(bed.up.last.headers)
    without = await ask(bed.make(key=""), prompt("n3"))
    assert "sk-of-the-machine" not in str([asked.headers for asked in bed.up.requests])
    assert without.text or "refused the API key" in str(without.error)


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1beta/"])
async def test_an_address_may_name_the_version(ending: str) -> None:
    for kind, known in (("anthropic", {"", "/", "/v1"}), ("google", {"", "/", "/v1", "/v1beta/"})):
        if ending in known:
            async with bed_of(kind) as bed:
                answer = await ask(bed.make(url=f"{bed.up.url}{ending}"), prompt("n3"))
                assert answer.text == "t0 t1 t2 "


async def test_deltas_come_as_they_are_made(bed: Bed) -> None:
    came: list[float] = []
    async for delta in bed.provider.stream(prompt("n10-r50")):
        if isinstance(delta, (Text, Reasoning)):
            came.append(time.monotonic())
    gaps = [after - before for before, after in itertools.pairwise(came)]
    assert max(gaps) < 0.2
    assert sum(gaps) > 0.1


def test_every_kind_that_people_can_choose_is_held_to_this(bundled_kinds: Callable[[], set[str]]) -> None:
    assert bundled_kinds() == {"local", "scripted"}


@pytest.fixture
def bundled_kinds() -> Callable[[], set[str]]:
    """Those that have no server of their own wire; test_the_local_model and -scripted_provider hold them."""
    from chat.providers.registry import KINDS

    return lambda: KINDS.keys() - SERVERS.keys()


async def test_what_else_an_address_holds_goes_along(bed: Bed) -> None:
    host = bed.up.url.partition("://")[2]
    provider = bed.make(url=f"http://me:pa55@{host}?api-version=7&key=abc")
    assert (await ask(provider, prompt("n3-r0"))).text == "".join(replies("n3-r0"))
    assert {"api-version=7", "key=abc"} <= set(bed.up.last.path.partition("?")[2].split("&"))
    assert bed.up.last.headers["authorization"] == "Basic bWU6cGE1NQ=="


async def test_a_gateway_that_wants_no_key_is_asked_without_one(bed: Bed) -> None:
    bed.up.wants_key = False
    answer = await ask(bed.make(key=""), prompt("n3-r0"))
    assert answer.text == "".join(replies("n3-r0"))
    assert not {"x-api-key", "x-goog-api-key", "authorization"} & bed.up.last.headers.keys()
    assert "no-key" not in f"{bed.up.last}"
