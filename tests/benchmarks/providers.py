"""What each provider's code costs a token, beside bare httpx that reads the same bytes of the same server."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx

from chat.providers.contract import Prompt, ProviderConfig, Text, Turn
from chat.providers.registry import build
from tests.benchmarks.measuring import Bench, Row, median

# The server's module, and how much more than the least is borne: Google's library parses each chunk anew.
KINDS = {
    "openai": ("tests.upstream", 2),
    "anthropic": ("tests.upstream_anthropic", 2),
    "google": ("tests.upstream_google", 20),
}
TOKENS = 3000
RUNS = 3
# As quickly as it goes, and each token alone.
PACES = {"at full speed": "r0", "one by one": "r1000"}
Ask = Callable[[str], Awaitable[int]]


async def measure(_bench: Bench) -> list[Row]:
    rows = []
    for kind, (module, aim) in KINDS.items():
        async with server(module) as url, reading(kind, url) as (ours, raw):
            for name, pace in PACES.items():
                model = f"n{TOKENS}-{pace}"
                a, b = await compare(ours, raw, model)
                rows += [
                    Row(f"{kind}, {name}: CPU a token", a, "µs"),
                    Row(f"{kind}, {name}: ÷ bare httpx", a / b, "×", aim if pace == "r0" else None),
                ]
    return rows


async def compare(ours: Ask, raw: Ask, model: str) -> tuple[float, float]:
    """Microseconds of CPU a token, taken in turns, so that a busy moment hits both alike."""
    costs: dict[Ask, list[float]] = {ours: [], raw: []}
    for run in range(RUNS + 1):
        for ask, found in costs.items():
            before = time.process_time()
            came = await ask(model)
            if run:
                found.append((time.process_time() - before) / TOKENS * 1e6)
            assert came == TOKENS, (came, model)
    return median(costs[ours]), median(costs[raw])


@asynccontextmanager
async def reading(kind: str, url: str) -> AsyncIterator[tuple[Ask, Ask]]:
    provider = build(ProviderConfig("bench", kind, url, "sk-bench"))

    async def ours(model: str) -> int:
        said = ""
        async for delta in provider.stream(Prompt(model, (Turn("user", "Hi"),))):
            if isinstance(delta, Text):
                said += delta.text
        return said.count("t")

    async with httpx.AsyncClient(timeout=None) as client:

        async def raw(model: str) -> int:
            return await read_raw(client, kind, url, model)

        yield ours, raw
    await provider.aclose()


async def read_raw(client: httpx.AsyncClient, kind: str, url: str, model: str) -> int:
    """The least that anybody must do: take the lines apart, and each event's JSON."""
    path, sent, headers = request(kind, model)
    count, rest = 0, b""
    async with client.stream("POST", f"{url}{path}", json=sent, headers=headers) as response:
        async for chunk in response.aiter_raw():
            *lines, rest = (rest + chunk).split(b"\n")
            for line in lines:
                if line.startswith(b"data: {"):
                    count += said_in(kind, json.loads(line[6:])).count("t")
    return count


def request(kind: str, model: str) -> tuple[str, dict[str, object], dict[str, str]]:
    turns = [{"role": "user", "content": "Hi"}]
    match kind:
        case "openai":
            return "/chat/completions", {"model": model, "messages": turns, "stream": True}, {}
        case "anthropic":
            sent = {"model": model, "messages": turns, "stream": True, "max_tokens": 9000}
            return "/v1/messages", sent, {"x-api-key": "sk-bench", "anthropic-version": "2026-10-21"}
        case _:
            contents = [{"role": "user", "parts": [{"text": "Hi"}]}]
            path = f"/v1beta/models/{model}:streamGenerateContent?alt=sse"
            return path, {"contents": contents}, {"x-goog-api-key": "sk-bench"}


def said_in(kind: str, event: dict[str, Any]) -> str:
    match kind:
        case "openai":
            return "".join(choice["delta"].get("content", "") for choice in event["choices"])
        case "anthropic":
            return str(event.get("delta", {}).get("text", ""))
        case _:
            return str(event["candidates"][0]["content"]["parts"][0]["text"])


@asynccontextmanager
async def server(module: str) -> AsyncIterator[str]:
    """In a process of its own, whose CPU is not counted."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().split()[1]
    finally:
        process.terminate()
        await process.wait()
